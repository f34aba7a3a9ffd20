// Where Python is, as a node: read from the interpreter's memory, frame by frame. Nothing is written there. (CPython's frames
// have a byte in which a walk could mark them, but CPython's collector uses it.)
//
//   thread state -> current_frame -> previous -> ...                the interpreter's frames, innermost first
//   shadow (shadow.ts), as it was seen last
//
// The shadow is compared with the frames at every event, and only frames that differ are looked up anew. A stack is identified by the
// code and the instruction of each frame, so two calls that look the same in all frames have the same node. A comparison costs four
// independent loads a frame; a look-up costs about forty, and two hashes. In a deep stack only the frames of the newest chunk are
// compared (chunks.ts), so the price of an event does not grow with the depth.
//
// Frames without a function (CPython's own, between native code and Python) have function 0, and their caller's node.
// When a code object is freed, the shadow is cut before it. So every code in the shadow is still alive.
//
// Invariants: shadow[k].frame's caller was shadow[k - 1].frame when the shadow was made, where shadow[0].frame is 0;
// shadow[k].node = the node below shadow[k - 1].node for its instruction; the entries before the place `settled` are as the stack is.

import { beginChunks, seeFirst, unseeFrom } from "./chunks";
import { growShadow, hintOf, Seen, SEEN, seen } from "./shadow";
import { FIRST, tracer } from "./tracer";
import { functionOf } from "./watched";

/**
 * Adds, as nodes below `node`, the part of the stack that the core can't read, and returns the last node. For a heap without an
 * interpreter, that is the whole stack. For a heap with one, it is the tasks that wait for the running task, each with its frames, and the
 * running task's name.
 */
@external("host", "traceStack")
declare function hostStack(node: u32): u32;

/**
 * Frames with an owner up to this belong to a Python function: FRAME_OWNED_BY_THREAD (0), _GENERATOR, _FRAME_OBJECT.
 */
const LAST_PYTHON_OWNER: u32 = 2;
/** The lowest bits of a stack reference are tags. */
const TAGS: usize = 3;

/** The node for where Python is; 0 while it runs no code. */
export function currentStack(): u32 {
  const t = tracer();
  if (t.interpretersAt == 0) return hostStack(0);
  const interpreter = load<usize>(t.interpretersAt);
  if (interpreter == 0) return 0;
  const thread = load<usize>(interpreter + t.threadsOffset);
  if (thread == 0) return 0;
  const frame = load<usize>(thread + t.currentFrameOffset);
  if (frame == 0) return 0;
  const end = t.shadow + t.shadowEnd;
  if (changetype<Seen>(end - SEEN).frame == frame) {
    const from = compare(end - SEEN);
    if (from != 0) return renew(from, end);
  }
  return walk(frame, thread);
}

/**
 * Compares the frames of the entry at an address, and of those before it, with the stack. The frames before the place `settled` are known
 * to be unchanged, and are not compared. Returns the first of these entries whose frame is at another instruction, or the entry's end if
 * there is none. If a frame has another caller now, returns 0, and sets `broken` to its place.
 */
function compare(at: usize): usize {
  const t = tracer();
  const base = t.shadow;
  const settled = base + t.settled;
  const last = at < settled ? base : settled - SEEN;
  const instructionOffset = t.instructionOffset;
  const previousOffset = t.previousOffset;
  let changed = at + SEEN;
  let frame = load<usize>(at);
  do {
    if (load<usize>(frame + instructionOffset) != load<usize>(at, 4)) changed = at;
    const caller = load<usize>(frame + previousOffset);
    at -= SEEN;
    frame = load<usize>(at);
    if (frame != caller) {
      t.broken = <u32>(at - base) + SEEN;
      return 0;
    }
    // Two frames at a time, as long as both are as they were.
    while (at - last >= 2 * SEEN) {
      const next = load<usize>(at - SEEN);
      const caller = load<usize>(at - 2 * SEEN);
      const differ =
        (load<usize>(frame + instructionOffset) ^ load<usize>(at, 4)) |
        (load<usize>(frame + previousOffset) ^ next) |
        (load<usize>(next + instructionOffset) ^ load<usize>(at - SEEN, 4)) |
        (load<usize>(next + previousOffset) ^ caller);
      if (differ != 0) break;
      at -= 2 * SEEN;
      frame = caller;
    }
  } while (at != last);
  return changed;
}

/** Brings the entries from the address `at` to `end` up to date with their frames. Returns the node of the last one. */
function renew(at: usize, end: usize): u32 {
  let node = changetype<Seen>(at - SEEN).node;
  for (; at != end; at += SEEN) {
    const entry = changetype<Seen>(at);
    const code = codeOf(entry.frame);
    if (code != entry.code) become(entry, entry.frame, code);
    node = entry.moveTo(node);
  }
  return node;
}

@inline
function codeOf(frame: usize): usize {
  return load<usize>(frame + tracer().executableOffset) & ~TAGS;
}

/** Sets the entry to a frame and its code. The instruction and the node are not known yet. */
function become(entry: Seen, frame: usize, code: usize): void {
  const isFunction = load<u8>(frame + tracer().ownerOffset) <= LAST_PYTHON_OWNER && code != 0;
  entry.frame = frame;
  entry.code = code;
  entry.id = isFunction ? functionOf(code) : 0;
}

/** The node of the innermost frame. All frames that have changed are looked up on the way. */
function walk(innermost: usize, thread: usize): u32 {
  const t = tracer();
  const task = load<usize>(thread + t.taskOffset);
  const stepFrame = load<usize>(task + t.coroutineOffset) + t.coroutineFrameOffset;
  /** The entries from this place on are not used: they are off the stack, or are entered anew. */
  let limit = t.shadowEnd;
  /** The last entry that stays; 0 if none does. */
  let base: u32 = 0;
  let changed: usize = 0;
  /** The address of the newest frame on the way is at this place. */
  let fresh = t.shadowRoom;
  let frame = innermost;
  while (frame != 0) {
    const place = load<u32>(hintOf(frame));
    if (place < limit && seen(place).frame == frame) {
      changed = compare(changetype<usize>(seen(place)));
      if (changed != 0) {
        base = place;
        break;
      }
      // The frames from t.broken on are on the stack, but the first of them has another caller now. So they are entered anew.
      limit = t.broken;
    }
    if (fresh == t.shadowEnd) {
      fresh += t.shadowRoom;
      if (!growShadow()) return noStack();
    }
    fresh -= SEEN;
    seen(fresh).frame = frame;
    frame = load<usize>(frame + t.previousOffset);
  }
  let place = base + SEEN;
  unseeFrom(t, place);
  seen(0).node = 0;
  // The base is renewed in any case. If a task's first frame came after it, its node was replaced by one that includes the task
  // (hostStack).
  let node = base == 0 ? 0 : renew(min(changed, t.shadow + base), t.shadow + place);
  for (; fresh != t.shadowRoom; fresh += SEEN) {
    frame = seen(fresh).frame;
    const entry = seen(place);
    become(entry, frame, codeOf(frame));
    if (frame == stepFrame) seen(place - SEEN).node = node = hostStack(node);
    node = entry.moveTo(node);
    seeFirst(t, place, frame);
    store<u32>(hintOf(frame), place);
    place += SEEN;
  }
  t.shadowEnd = place;
  return node;
}

/** The result when there is no memory for a stack: nothing is known of the stack any more, nor of its chunks. */
function noStack(): u32 {
  const t = tracer();
  t.cut++;
  t.shadowEnd = FIRST;
  beginChunks();
  return 0;
}
