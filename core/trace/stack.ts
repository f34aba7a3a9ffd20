// Where Python is, as a node: read from the interpreter's memory, frame by frame. Nothing is written there: CPython's
// frames have a byte for walks, but it belongs to its collector.
//
//   thread state -> current_frame -> previous -> ...                the interpreter's frames, innermost first
//   shadow (shadow.ts), as it was seen last
//
// The shadow is compared with the frames at every event, and only frames that differ are looked up anew. A stack is identified by the
// code and the instruction of each frame, so two calls that look the same in all frames have the same node. A comparison costs five
// independent loads a frame; a look-up costs about forty, and two hashes. In a deep stack only the frames of the newest chunk are
// compared (chunks.ts), so the price of an event does not grow with the depth.
//
// Frames without a function (CPython's own, between native code and Python) have function 0, and their caller's node.
// When a code object is freed, the shadow is cut before it. So every code in the shadow is still alive.
//
// Invariants: shadow[k].frame's caller was shadow[k - 1].frame when the shadow was made, and shadow[0].frame had none;
// shadow[k].node = the node below shadow[k - 1].node for its instruction; shadow[0 .. settled) is as the stack is.

import { seeFirst, unseeFrom } from "./chunks";
import { growShadow, hintOf, Seen, SEEN, seen } from "./shadow";
import { tracer } from "./tracer";
import { functionOf } from "./watched";

/**
 * Adds the part of the stack that the core can't read below `node`, and returns the last node. For a heap without an interpreter, that is the
 * whole stack. For a heap with one, it is the tasks that wait for the running task, each with its frames, and the running task's name.
 */
@external("host", "traceStack")
declare function hostStack(node: u32): u32;

/**
 * Frames with an owner up to this belong to a Python function: FRAME_OWNED_BY_THREAD (0), _GENERATOR, _FRAME_OBJECT.
 */
const LAST_PYTHON_OWNER: u32 = 2;
/** The lowest bits of a stack reference are tags. */
const TAGS: usize = 3;
/** In place of an index into the shadow: the chain has ended. */
const OUTSIDE: i32 = -1;

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
  if (t.depth != 0 && seen(t.depth - 1).frame == frame && compare(t.depth - 1)) {
    return renew(t.changed, t.depth);
  }
  return walk(frame, thread);
}

/**
 * Whether the frames from shadow[index] outwards are still those in the shadow. The frames before shadow[settled] are known to be, and are
 * not compared. If true, sets `changed` to the outermost frame that is at another instruction, or to index + 1 if there is none. If false,
 * sets `broken` to the frame that has another caller now.
 */
function compare(index: u32): bool {
  const t = tracer();
  const base = t.shadow;
  const first = index < t.settled ? base : base + t.settled * SEEN;
  const instructionOffset = t.instructionOffset;
  const previousOffset = t.previousOffset;
  let at = base + index * SEEN;
  let changed = at + SEEN;
  let frame = load<usize>(at);
  for (;;) {
    if (load<usize>(frame + instructionOffset) != load<usize>(at, 4)) changed = at;
    const previous = load<usize>(frame + previousOffset);
    if (at == first) {
      if (at == base && previous != 0) break;
      t.changed = <u32>((changed - base) / SEEN);
      return true;
    }
    frame = load<usize>((at -= SEEN));
    if (frame != previous) {
      at += SEEN;
      break;
    }
  }
  t.broken = <u32>((at - base) / SEEN);
  return false;
}

/** Brings the entries shadow[from .. to) up to date with their frames. Returns the node of the last one. */
function renew(from: u32, to: u32): u32 {
  let node: u32 = from == 0 ? 0 : seen(from - 1).node;
  for (let index = from; index < to; index++) {
    const entry = seen(index);
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
  let count: u32 = 0;
  /** Entries of the shadow from here on are known to be off the stack. */
  let limit = t.depth;
  let base: i32 = OUTSIDE;
  let frame = innermost;
  // Addresses of new frames go after the shadow: entry room - 1 first, downwards.
  while (frame != 0) {
    const index = load<u32>(hintOf(frame));
    if (index < limit && seen(index).frame == frame) {
      if (compare(index)) {
        base = <i32>index;
        break;
      }
      // These entries are on the stack, but have another caller now.
      limit = t.broken;
    }
    if (!remember(frame, count++)) return noStack();
    frame = load<usize>(frame + t.previousOffset);
  }
  let depth = <u32>(base + 1);
  unseeFrom(t, depth);
  // The base is renewed in any case: if it has no function, it may have been where a task began.
  let node = renew(min(t.changed, <u32>max(base, 0)), depth);
  for (; count != 0; count--) {
    const fresh = seen(t.shadowRoom - count).frame;
    const entry = seen(depth);
    become(entry, fresh, codeOf(fresh));
    if (fresh == stepFrame) seen(depth - 1).node = node = hostStack(node);
    node = entry.moveTo(node);
    seeFirst(t, depth, fresh);
    store<u32>(hintOf(fresh), depth++);
  }
  t.depth = depth;
  return node;
}

/** Stores a frame after the shadow, after `count` others. False if there is no memory for it. */
@inline
function remember(frame: usize, count: u32): bool {
  const t = tracer();
  if (t.depth + count >= t.shadowRoom && !growShadow(count)) return false;
  seen(t.shadowRoom - count - 1).frame = frame;
  return true;
}

/** The result when there is no memory for a stack. */
function noStack(): u32 {
  const t = tracer();
  t.cut++;
  t.depth = 0;
  unseeFrom(t, 0);
  return 0;
}
