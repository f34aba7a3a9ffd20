// The tracer's state: what the files of this folder share.
//
//   control block: | Tracer | the allocator that each domain had before |
//   one block of the base allocator:
//     | addresses 2048 x 8 | sites 2048 x 12 | hints 1024 x 4 | chunks 512 x 8 | Waiting | buffer 128 KiB |
//     | batch                                |                                             begin ... position ... full ... end
//
// If events are summed up, a batch of them (ground/batch.ts) is in the place of the tables of addresses and sites. Then only new nodes are
// in the buffer.
//
//   allocator <- sample <- events <- stack <- watched <- shadow <- nodes, chunks <- this file        (each may import those to its right)
//
// Invariants: begin <= position <= end; block <= batch <= block + BATCH_BYTES; a record is begun only while position < full, and none is
// longer than end - full.
// docs/trace-format.md has the format of what is in the buffer.

import { base_free, base_malloc } from "../alloc/base";
import { Allocator } from "../alloc/domains";
import { BATCH_BYTES } from "../ground/batch";
import { CONTROL, CONTROL_BYTES, TRACE_AT } from "../ground/control";
import { DOMAINS, INTERNAL } from "../ground/domains.gen";

/** The number of addresses, and of sites, that a record can refer to by a slot. */
export const SLOTS: usize = 2048;
/** A hash of 32 bits, shifted right by this, is a slot. */
export const SLOT_SHIFT: u32 = 32 - ctz(<u32>SLOTS);
export const ADDRESS_ENTRY: usize = 8;
export const SITE_ENTRY: usize = 12;
/** The number of frames whose place in the shadow is remembered. */
export const HINTS: usize = 1024;
/** The number of chunks of the interpreter's stack that are remembered; the list has two empty entries before them. */
export const CHUNKS: usize = 510;
const CHUNK_ENTRY: usize = 8;
/** The place of the outermost frame in the shadow (shadow.ts): after one entry. */
export const FIRST: u32 = 20;
const BUFFER_BYTES: usize = 128 * 1024;
/** Where the event that waits is, in the block. */
export const WAITING: usize = SLOTS * (ADDRESS_ENTRY + SITE_ENTRY) + HINTS * sizeof<u32>() + (CHUNKS + 2) * CHUNK_ENTRY;
const TABLES: usize = WAITING + offsetof<Waiting>();
/** The size of the tables and the buffer. */
export const BLOCK_BYTES: usize = TABLES + BUFFER_BYTES;
/** The longest record, rounded up. */
const LONGEST_RECORD: usize = 64;

/**
 * The host sums up the batch, from `block` to `batch`, and empties it. Then, unless `onlyBatch`, it takes the bytes from `begin` to
 * `position`.
 */
@external("host", "traceFlush")
declare function hostFlush(onlyBatch: bool): void;

/** An event that waits for its block's type (Tracer.waitingFor): the block was allocated, or resized if `before` is not 0. */
@unmanaged
export class Waiting {
  /**
   * The function that finds the type of the object in a block: core/types/types.ts. 0: types are not recorded. The host sets it after
   * trace_start.
   */
  types: u32;
  before: usize;
  size: usize;
  tag: u32;
  node: u32;
  /** The live bytes, in units of 8, that are to be recorded after the event. */
  live: u32;
}

@unmanaged
export class Tracer {
  /** The block in the picture above, with tables and the buffer; 0 while there is none. */
  block: usize;
  addresses: usize;
  sites: usize;
  begin: usize;
  position: usize;
  full: usize;
  /** 1 while events are recorded. If 0, calls are only passed on: some code may still hold the tracer's functions. */
  recording: u32;

  // The state of the encoding (events.ts).
  sequence: u32;
  lastAddress: usize;
  lastSite: u32;
  untilMark: u32;
  lastTime: f64;
  lastReserved: u32;

  // Sampling (sample.ts): the word that counts to the next stop; the bytes from the last stop to the next one, to the next sample, and to
  // the next point.
  stop: i64;
  stopBytes: u32;
  untilSample: u32;
  untilPoint: u32;
  /** Bytes between two points; 0: every event is recorded. */
  pointBytes: u32;
  /**
   * The bytes live in pools, in units of 8, counted from the beginning of the recording; and the total that was
   * recorded last.
   */
  liveSmall: u32;
  lastLive: u32;

  // The Python stack (stack.ts). All offsets come from _Py_DebugOffsets. If `interpretersAt` is 0, the host gives the stack.
  interpretersAt: usize;
  threadsOffset: usize;
  currentFrameOffset: usize;
  previousOffset: usize;
  executableOffset: usize;
  instructionOffset: usize;
  ownerOffset: usize;
  codeInstructionsOffset: usize;
  // Where asyncio's running task is in a thread state, its coroutine in a task, and the frame in a coroutine. If they are 0, no task is
  // found.
  taskOffset: usize;
  coroutineOffset: usize;
  coroutineFrameOffset: usize;
  // The chunks that frames lie in (chunks.ts): their allocator, as table indices.
  chunkContext: usize;
  chunkMalloc: u32;
  chunkFree: u32;
  /** 1 if CPython keeps a chunk whose first frame was popped. */
  keepsChunk: u32;
  /** The stack as it was seen last, up to the place `shadowEnd`; then addresses of frames on the way. There is room up to `shadowRoom`. */
  shadow: usize;
  shadowRoom: u32;
  shadowEnd: u32;
  /** Where a comparison of the shadow with the stack ended: the place of the frame that has another caller now (stack.ts). */
  broken: u32;
  /** The place at which a frame was in the shadow, by a hash of its address. */
  hints: usize;
  chunks: usize;
  chunkCount: u32;
  chunksSeen: u32;
  settled: u32;
  awaited: usize;

  // The tree of stacks (nodes.ts) and the blocks whose end matters (watched.ts).
  nodes: usize;
  nodeMask: u32;
  nodeCount: u32;
  nodeEntries: u32;
  watched: usize;
  watchedMask: u32;
  watchedCount: u32;
  /** The number of stacks that were cut because there was no memory for them. */
  cut: u32;
  /** The bytes of the first request for which there was no memory. The host sets this to 0 if it wants to be told of that request. */
  lacked: u32;
  /** 1 if events are summed up, and not written. */
  sums: u32;
  /** The end of the batch. */
  batch: usize;
  /** The block whose event waits for its type; 0 if none does. */
  waitingFor: usize;
  /** The event that waits. */
  @inline
  get waiting(): Waiting {
    return changetype<Waiting>(this.chunks + (CHUNKS + 2) * CHUNK_ENTRY);
  }

  /** Makes room for one record from `position` on. */
  @inline
  makeRoom(): void {
    if (this.position >= this.full) this.flush();
  }

  /** Has the host sum up the batch if fewer than `bytes` are free in it. */
  @inline
  makeRoomInBatch(bytes: usize): void {
    if (this.batch + bytes > this.hints) hostFlush(true);
  }

  /** Hands what was recorded to the host, and empties the buffer. */
  flush(): void {
    hostFlush(false);
    this.position = this.begin;
  }

  /** Takes the block of tables and buffer, and empties the tables. False if there is no memory. */
  takeBlock(): bool {
    if (this.block == 0) {
      const block = base_malloc(INTERNAL, BLOCK_BYTES);
      if (block == 0) return false;
      this.block = block;
      this.addresses = block;
      this.sites = block + SLOTS * ADDRESS_ENTRY;
      this.hints = this.sites + SLOTS * SITE_ENTRY;
      this.chunks = this.hints + HINTS * sizeof<u32>();
      this.begin = block + TABLES;
      this.full = this.begin + BUFFER_BYTES - LONGEST_RECORD;
    }
    memory.fill(this.block, 0, TABLES);
    this.position = this.begin;
    this.batch = this.block;
    return true;
  }

  /** Gives back all memory that the tracer took. */
  giveTables(): void {
    give(this.block);
    give(this.shadow);
    give(this.nodes);
    give(this.watched);
    this.block = this.shadow = this.nodes = this.watched = 0;
    this.position = this.begin = 0;
    this.nodeCount = this.nodeEntries = this.watchedCount = this.watchedMask = 0;
    this.stop = i64.MAX_VALUE;
    this.pointBytes = 0;
  }

  @inline
  put(byte: u32): void {
    store<u8>(this.position++, byte);
  }

  /** Writes a number, seven bits to a byte, the lowest first; the highest bit says that more bytes follow. */
  putNumber(value: u32): void {
    let at = this.position;
    while (value >= 128) {
      store<u8>(at++, value | 128);
      value >>= 7;
    }
    store<u8>(at++, value);
    this.position = at;
  }

  /** Writes a number of either sign: 0, -1, 1, -2 ... become 0, 1, 2, 3 ... */
  @inline
  putSigned(value: i32): void {
    this.putNumber((value << 1) ^ (value >> 31));
  }
}

function give(block: usize): void {
  if (block != 0) base_free(INTERNAL, block);
}

const HOOKED_OFFSET: usize = 272;

if (BATCH_BYTES != SLOTS * (ADDRESS_ENTRY + SITE_ENTRY)) ERROR("a batch must end where the hints begin");
if (offsetof<Tracer>() > HOOKED_OFFSET) ERROR("Tracer does not fit");
if (HOOKED_OFFSET + offsetof<Allocator>() * DOMAINS > CONTROL_BYTES - TRACE_AT)
  ERROR("the hooked allocators do not fit");

@inline
export function tracer(): Tracer {
  return changetype<Tracer>(CONTROL + TRACE_AT);
}

/** The allocator that a domain had before it was traced; its address is the tracing functions' ctx. */
@inline
export function traced(domain: u32): Allocator {
  return changetype<Allocator>(CONTROL + TRACE_AT + HOOKED_OFFSET + domain * offsetof<Allocator>());
}

@inline
export function domainOf(ctx: usize): u32 {
  return <u32>((ctx - (CONTROL + TRACE_AT + HOOKED_OFFSET)) / offsetof<Allocator>());
}
