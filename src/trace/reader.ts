// Reads a trace block by block from any source of bytes, up to the first damage.

import { crc32 } from "../ground/crc32.js";
import { type BaseConsumer, readBase } from "./base.js";
import { BrokenContent, ByteReader } from "./bytes.js";
import { type EventConsumer, EventDecoder } from "./decoder.js";
import {
  BLOCK,
  BLOCK_HEADER,
  FILE_HEADER,
  MAGIC,
  MOST_BLOCK_BYTES,
  TRACE_VERSION,
  type TraceCollection,
  type TraceEnd,
  type TraceFunction,
  type TraceMetadata,
  typeFunction,
} from "./format.js";
import { MOST_SAMPLE_BYTES } from "./random.js";
import { readSums } from "./sums-content.js";
import { readTotals, type TotalsConsumer } from "./totals.js";
import { asWanted } from "./without-types.js";

/** The file is not a trace, or nothing in it can be read. */
export class TraceError extends Error {
  override readonly name = "TraceError";
}

/** Takes the content of a trace, in order. */
export interface TraceConsumer extends EventConsumer, BaseConsumer, TotalsConsumer {
  /** Whether types are to be on the stacks of what was allocated; by default, they are omitted. */
  readonly wantsTypes?: boolean;
  metadata(metadata: TraceMetadata): void;
  /** A function gets the next number; the first is 1. */
  function(f: TraceFunction): void;
  /** The cycle collector has run: after the events that came before this, and before the events that follow. */
  collection(collection: TraceCollection): void;
}

/** Takes a trace and does nothing with it, except for what a subclass does. */
export class IgnoringConsumer implements TraceConsumer {
  readonly wantsTypes: boolean = false;
  metadata(_metadata: TraceMetadata): void {}
  function(_f: TraceFunction): void {}
  collection(_collection: TraceCollection): void {}
  allocate(_address: number, _size: number, _tag: number, _node: number): void {}
  free(_address: number): void {}
  resize(_before: number, _address: number, _size: number, _tag: number, _node: number): void {}
  outgrown(_before: number): void {}
  others(_count: number): void {}
  liveNow(_bytes: number): void {}
  node(_parent: number, _functionNumber: number, _line: number): void {}
  time(_microseconds: number): void {}
  reserved(_bytes: number): void {}
  program(): void {}
  baseGone(_domain: number, _size: number, _count: number, _bytes: number, _node: number): void {}
  baseBlock(_address: number, _size: number, _tag: number, _node: number): void {}
  account(..._account: Parameters<TotalsConsumer["account"]>): void {}
  whole(_whole: Parameters<TotalsConsumer["whole"]>[0]): void {}
}

const NOT_ENDED = "The recording was not ended in order: the program was killed, or is still running";

/** Blocks that are not read any more, and in which recordings they are. */
const OLD: Readonly<Record<number, string>> = {
  [BLOCK.oldTotals]: "it was recorded with --aggregate by an older pyheap (format 1)",
  [BLOCK.oldSums]: "it was recorded with --aggregate by an older pyheap, and was not ended",
};

/** The result of reading. */
export interface TraceSummary {
  readonly metadata: TraceMetadata;
  readonly blocks: number;
  readonly events: number;
  readonly bytes: number;
  /** The content of the last block; undefined if the recording was not ended properly. */
  readonly end: TraceEnd | undefined;
  /** Why reading stopped early, in a sentence that says where; undefined if the trace is complete. */
  readonly problem: string | undefined;
}

/** Bytes that came in chunks of any size. */
class Chunks {
  #parts: Uint8Array[] = [];
  #length = 0;
  #isWhole = false;

  /** Adds the next chunk, or notes that there is none. */
  add({ value, done = false }: IteratorResult<Uint8Array>): void {
    this.#isWhole = done;
    if (done) return;
    this.#parts.push(value);
    this.#length += value.length;
  }

  /** The next `count` bytes, or fewer at the end; undefined if the next chunk is needed first. */
  take(count: number): Uint8Array | undefined {
    if (this.#length < count && !this.#isWhole) return undefined;
    const taken = Math.min(count, this.#length);
    const [first] = this.#parts;
    this.#length -= taken;
    if (first !== undefined && first.length >= taken) {
      this.#parts[0] = first.subarray(taken);
      return first.subarray(0, taken);
    }
    const whole = new Uint8Array(taken);
    let at = 0;
    while (at < taken) {
      const part = this.#parts.shift() as Uint8Array;
      const used = Math.min(part.length, taken - at);
      whole.set(part.subarray(0, used), at);
      at += used;
      if (used < part.length) this.#parts.unshift(part.subarray(used));
    }
    return whole;
  }
}

/** Reads something: yields how many bytes it needs next, and gets them, or fewer at the end of the file. */
type Reading<T> = Generator<number, T, Uint8Array>;

interface Block {
  readonly kind: number;
  readonly content: Uint8Array;
}

/** The file ends in the middle of a block. */
class CutFile extends BrokenContent {
  constructor() {
    super("the file ends in the middle of it");
  }
}

/** The next block; undefined at the end of the file. Throws BrokenContent if it is damaged or incomplete. */
function* nextBlock(): Reading<Block | undefined> {
  const header = yield BLOCK_HEADER;
  if (header.length === 0) return undefined;
  if (header.length < BLOCK_HEADER) throw new CutFile();
  const view = new DataView(header.buffer, header.byteOffset);
  const kind = view.getUint8(0);
  const length = view.getUint32(4, true);
  if (length > MOST_BLOCK_BYTES) throw new BrokenContent("its length is damaged");
  const expected = view.getUint32(8, true);
  const before = crc32(header.subarray(0, 8));
  const content = yield length;
  if (content.length < length) throw new CutFile();
  if (crc32(content, before) !== expected) throw new BrokenContent("its checksum is wrong");
  return { kind, content };
}

/** Passes the functions in a block's content to `to`. */
export function readFunctions(content: Uint8Array, to: Pick<TraceConsumer, "function">): void {
  const reader = new ByteReader(content);
  while (!reader.atEnd) to.function({ name: reader.text(), file: reader.text(), firstLine: reader.number() });
}

/** Passes the types in a block's content to `to`. */
export function readTypes(content: Uint8Array, to: Pick<TraceConsumer, "function">): void {
  const reader = new ByteReader(content);
  while (!reader.atEnd) to.function(typeFunction(reader.text()));
}

/** Passes the collections in a block's content to `to`. */
export function readCollections(content: Uint8Array, to: Pick<TraceConsumer, "collection">): void {
  const from = new ByteReader(content);
  while (!from.atEnd) {
    const [time, generation, duration] = [from.number(), from.number(), from.number()];
    to.collection({ time, generation, duration, collected: from.number() });
  }
}

function readJson<T>(content: Uint8Array): T {
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(content));
    if (typeof value === "object" && value !== null) return value as T;
  } catch {
    // The problem is reported below.
  }
  throw new BrokenContent("its JSON is damaged");
}

/** The metadata, and the length of their block in the file. */
function* begin(name: string): Reading<{ metadata: TraceMetadata; length: number }> {
  const header = yield FILE_HEADER;
  if (header.length === 0) throw new TraceError(`Cannot read ${name}: it is empty: the recording never began`);
  if (header.length < FILE_HEADER || MAGIC.some((byte, k) => header[k] !== byte)) {
    throw new TraceError(`Cannot read ${name}: it is not a trace of pyheap`);
  }
  const version = new DataView(header.buffer, header.byteOffset).getUint32(MAGIC.length, true);
  if (version === 0 || version > TRACE_VERSION) {
    throw new TraceError(
      `Cannot read ${name}: its format is version ${version}, this pyheap reads 1 to ${TRACE_VERSION}`,
    );
  }
  try {
    const block = yield* nextBlock();
    if (block?.kind === BLOCK.metadata) {
      const metadata = checkMetadata(readJson<TraceMetadata>(block.content));
      return { metadata, length: BLOCK_HEADER + block.content.length };
    }
  } catch (error) {
    if (!(error instanceof BrokenContent)) throw error;
    throw new TraceError(`Cannot read ${name}: its first block, at byte ${FILE_HEADER}, is broken: ${error.message}`);
  }
  throw new TraceError(`Cannot read ${name}: it does not begin with metadata`);
}

function checkMetadata(metadata: TraceMetadata): TraceMetadata {
  const { command, started, stacks, sample, types = false } = metadata;
  const isWhole =
    Array.isArray(command) &&
    command.every((word) => typeof word === "string") &&
    typeof started === "string" &&
    typeof types === "boolean" &&
    (stacks === "python" || stacks === "javascript") &&
    (sample === 0 || (sample >= 1 && sample <= MOST_SAMPLE_BYTES));
  if (!isWhole) throw new BrokenContent("a field of its metadata is missing or wrong");
  return metadata;
}

function checkEnd(end: TraceEnd): TraceEnd {
  const { duration, cutStacks, events = 0 } = end;
  if (![duration, cutStacks, events].every((value) => Number.isSafeInteger(value) && value >= 0)) {
    throw new BrokenContent("a field of its end is missing or wrong");
  }
  return end;
}

function* reading(name: string, consumer: TraceConsumer): Reading<TraceSummary> {
  const decoder = new EventDecoder();
  const { metadata, length } = yield* begin(name);
  let blocks = 1;
  let offset = FILE_HEADER + length;
  let end: TraceEnd | undefined;
  let problem: string | undefined;
  /** The number of events of sums. */
  let summed: number | undefined;
  const to = asWanted(consumer, metadata.types);
  to.metadata(metadata);
  try {
    for (;;) {
      const block = yield* nextBlock();
      if (!block) break;
      if (block.kind === BLOCK.functions) readFunctions(block.content, to);
      else if (block.kind === BLOCK.types) readTypes(block.content, to);
      else if (block.kind === BLOCK.events) decoder.decode(block.content, to);
      else if (block.kind === BLOCK.base) readBase(block.content, to);
      else if (block.kind === BLOCK.totals) readTotals(block.content, to);
      else if (block.kind === BLOCK.sums) summed = readSums(block.content, decoder.nodes, to);
      else if (block.kind === BLOCK.collections) readCollections(block.content, to);
      else if (block.kind === BLOCK.end) end = checkEnd(readJson<TraceEnd>(block.content));
      else if (block.kind in OLD) throw new TraceError(`Cannot read ${name}: ${OLD[block.kind]}`);
      offset += BLOCK_HEADER + block.content.length;
      blocks++;
    }
    if (!end) problem = NOT_ENDED;
  } catch (error) {
    if (!(error instanceof BrokenContent)) throw error;
    const block = `block ${blocks + 1}, at byte ${offset}`;
    problem =
      error instanceof CutFile && !end
        ? `${NOT_ENDED}. The file ends in the middle of ${block}`
        : `${block.replace(/^b/, "B")}, can't be read: ${error.message}`;
  }
  return { metadata, blocks, events: end?.events ?? summed ?? decoder.events, bytes: offset, end, problem };
}

/**
 * Reads a trace, and passes everything in it to `to`. `name` is its name in errors. Throws TraceError if nothing can be
 * read, or if an older pyheap wrote it in a form that is not read any more. If the beginning can be read and the rest is
 * broken, no error is thrown: the summary has the problem.
 */
export async function readTrace(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  name: string,
  to: TraceConsumer,
): Promise<TraceSummary> {
  const from = Symbol.asyncIterator in source ? source[Symbol.asyncIterator]() : source[Symbol.iterator]();
  const chunks = new Chunks();
  const steps = reading(name, to);
  try {
    let step = steps.next();
    while (!step.done) {
      const bytes = chunks.take(step.value);
      if (bytes) step = steps.next(bytes);
      else chunks.add(await from.next());
    }
    return step.value;
  } finally {
    await from.return?.();
  }
}

/** Like readTrace, but synchronous: for bytes that are all in memory. */
export function readWholeTrace(pieces: Iterable<Uint8Array>, name: string, to: TraceConsumer): TraceSummary {
  const from = pieces[Symbol.iterator]();
  const chunks = new Chunks();
  const steps = reading(name, to);
  try {
    let step = steps.next();
    while (!step.done) {
      const bytes = chunks.take(step.value);
      if (bytes) step = steps.next(bytes);
      else chunks.add(from.next());
    }
    return step.value;
  } finally {
    from.return?.();
  }
}
