// The chunks of CPython's data stack, in which its frames lie. With them a walk of the stack can stop early: frames below the newest chunk
// need not be looked at.
//
//   chunk    | header | first frame | frame | frame |      | header | first frame | frame |            older ones on the left
//   shadow   ...      |      p      | p + 1 | p + 2        |     p + 3       ...
//   list     | chunk, p | chunk, p + 3 | ...               the newest last; the first `seen` of them have their place in the shadow
//
// CPython takes a chunk (16 KiB) when a frame does not fit into the one before, and gives it back when the chunk's first frame is popped.
// Until then that frame stays on the stack, and all frames below it wait for the functions that they called: their instructions, codes and
// callers do not change. So a comparison of the shadow with the stack, which begins at the innermost frame, can end at the first frame of
// the newest chunk.
//
// CPython 3.15, and later releases of 3.13 and 3.14, keep one chunk whose first frame was popped, and use it again for frames that fit into
// it, without a call of the allocator (gh-142183). So the newest chunk may have been popped and pushed again, and the comparison ends at the
// one before (`keepsChunk`). A chunk for a larger frame is taken beside the one that is kept: then all older ones are forgotten.
//
// CPython gets chunks from its arena allocator. While the tracer records, chunk_malloc and chunk_free are called in place of that
// allocator. When the list is full, every second chunk is removed from it: the comparison can end at any chunk, and only takes longer if
// newer ones are unknown. The first chunk of a thread is never given back. It begins with a word that is not a frame, and counts as if it
// began with the outermost frame.
//
// Invariants: for every k, list[k].chunk has not been given back since it was entered; if k < seen, its first frame is in the shadow at the
// place list[k].place, or list[k].place is FIRST, and list[k].place < shadowEnd. settled = the place of the newest chunk that is seen,
// and not the newest of all if CPython keeps one, or FIRST. awaited = the first frame of the oldest chunk that is not seen, or 0.
// One change is not noticed: a trace function sets f_lineno of the frame that it was called for, and a chunk begins between that frame and
// the trace function's own frame.

import { CHUNKS, FIRST, Tracer, tracer } from "./tracer";

const ENTRY: usize = 8;
/** In a thread's first chunk, the first frame lies this many bytes further on than in other chunks. Every frame is longer than this. */
const FIRST_OF_THREAD: usize = 4;
/** Bytes before a chunk's first frame: `previous`, `size` and `top` of _PyStackChunk. */
const HEADER: usize = 12;
/** The bytes of a chunk, unless it is for a frame that needs more. */
const USUAL: usize = 16384;

/** The address of list[k]. list[-1] and list[-2] are there, and 0. */
@inline
function at(t: Tracer, k: u32): usize {
  return t.chunks + <usize>k * ENTRY + 2 * ENTRY;
}

/** Sets how many chunks are in the list, and how many of them, from the oldest on, have their place in the shadow. */
function become(t: Tracer, count: u32, seen: u32): void {
  t.chunkCount = count;
  t.chunksSeen = seen;
  const sure = seen - (t.keepsChunk & <u32>(seen == count));
  t.settled = max<u32>(FIRST, load<u32>(at(t, sure - 1), 4));
  t.awaited = seen == count ? 0 : load<usize>(at(t, seen)) + HEADER;
}

/** Empties the list. */
export function beginChunks(): void {
  become(tracer(), 0, 0);
}

/** The shadow has changed from a place on: chunks that begin there count as not seen. */
export function unseeFrom(t: Tracer, place: u32): void {
  let seen = t.chunksSeen;
  while (seen != 0 && load<u32>(at(t, seen - 1), 4) >= place) seen--;
  become(t, t.chunkCount, seen);
}

/** Notes a frame's place if it is the first frame of the chunk that is awaited. */
@inline
export function seeFirst(t: Tracer, place: u32, frame: usize): void {
  if (frame - t.awaited <= FIRST_OF_THREAD) see(t, frame == t.awaited ? place : FIRST);
}

function see(t: Tracer, place: u32): void {
  store<u32>(at(t, t.chunksSeen), place, 4);
  become(t, t.chunkCount, t.chunksSeen + 1);
}

/** CPython's arena allocator while the tracer records. */
export function chunk_malloc(ctx: usize, n: usize): usize {
  const t = tracer();
  const chunk = call_indirect<usize>(t.chunkMalloc, t.chunkContext, n);
  if (chunk != 0 && t.recording != 0) {
    if (t.chunkCount == <u32>CHUNKS) thin(t);
    if (n > USUAL) t.chunkCount = t.chunksSeen = 0;
    store<usize>(at(t, t.chunkCount), chunk);
    become(t, t.chunkCount + 1, t.chunksSeen);
  }
  return chunk;
}

/** Removes every second chunk from the list; `become` is called afterwards. */
function thin(t: Tracer): void {
  for (let k: u32 = 0; k < <u32>CHUNKS / 2; k++) store<u64>(at(t, k), load<u64>(at(t, 2 * k + 1)));
  t.chunkCount = <u32>CHUNKS / 2;
  t.chunksSeen /= 2;
}

/** The chunk is freed: what lies in it, and in newer chunks, is no longer on the stack. */
export function chunk_free(ctx: usize, chunk: usize, n: usize): void {
  const t = tracer();
  for (let k: u32 = t.recording == 0 ? 0 : t.chunkCount; k != 0; ) {
    if (load<usize>(at(t, --k)) != chunk) continue;
    if (k < t.chunksSeen) t.shadowEnd = load<u32>(at(t, k), 4);
    become(t, k, min(k, t.chunksSeen));
    break;
  }
  call_indirect<void>(t.chunkFree, t.chunkContext, chunk, n);
}
