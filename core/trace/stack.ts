// Where Python is, as a node: read from the interpreter's memory, frame by frame, no further than where nothing changed.
//
//   thread state -> current_frame -> previous -> ...                the interpreter's frames, innermost first
//   shadow:  | outermost | ... | innermost |  frames on the way |   as they were seen last: frame, instruction, function, node
//
// A frame that was seen gets a mark, in the byte that CPython has behind `owner` for a collector's walk over the frames, and
// clears whenever it makes a frame. So a marked frame of a function on the thread's stack is still the same call, and so are
// those that it was called from: there the walk ends. A generator's frame moves from caller to caller: the walk
// goes on. Where the host does not know that the byte is there, no frame is marked, and the walk is always a whole one.
//
// Invariant: the frames in shadow[0 .. depth) are of one stack, each called by the one before it.
// Imports config, base, tracer, nodes, codes.

import { base_malloc, base_realloc } from "../base";
import { INTERNAL } from "../config";
import { functionOf } from "./codes";
import { childOf } from "./nodes";
import { tracer } from "./tracer";

/** The host's number for where the program is, for a heap without an interpreter: a node. */
@external("host", "traceStack")
declare function hostStack(): u32;

/** Frames of these owners belong to a Python function: FRAME_OWNED_BY_THREAD (0), _GENERATOR, _FRAME_OBJECT. */
const LAST_PYTHON_OWNER: u32 = 2;
/** The lowest bits of a stack reference are tags. */
const TAGS: usize = 3;
const FIRST_ROOM: u32 = 256;
/** No interpreter has deeper stacks; a chain that goes on is not one. */
const MOST_FRAMES: u32 = 1 << 20;

@unmanaged
class Seen {
  frame: usize;
  instruction: usize;
  id: u32;
  node: u32;
}

@inline
function seen(index: u32): Seen {
  return changetype<Seen>(tracer().shadow + <usize>index * offsetof<Seen>());
}

/** Whether a frame is as it was marked: its owner is the thread, and the byte behind has the mark. */
@inline
function isMarked(frame: usize): bool {
  return load<u16>(frame + tracer().ownerOffset) == tracer().seenMark;
}

/** The node of where Python is; 0 while it runs no code. */
export function currentStack(): u32 {
  const t = tracer();
  if (t.interpretersAt == 0) return hostStack();
  const interpreter = load<usize>(t.interpretersAt);
  if (interpreter == 0) return 0;
  const thread = load<usize>(interpreter + t.threadsOffset);
  if (thread == 0) return 0;
  const frame = load<usize>(thread + t.currentFrameOffset);
  if (t.depth != 0) {
    const top = seen(t.depth - 1);
    if (top.frame == frame && isMarked(frame)) {
      if (load<usize>(frame + t.instructionOffset) == top.instruction) return top.node;
      return moved(t.depth - 1);
    }
  }
  return walk(frame);
}

/** The node of a frame that is known, at another instruction. */
function moved(index: u32): u32 {
  const t = tracer();
  const entry = seen(index);
  const instruction = load<usize>(entry.frame + t.instructionOffset);
  if (entry.instruction == instruction) return entry.node;
  entry.instruction = instruction;
  entry.node = nodeOf(index == 0 ? 0 : seen(index - 1).node, entry.frame, instruction, entry.id);
  return entry.node;
}

@inline
function codeOf(frame: usize): usize {
  return load<usize>(frame + tracer().executableOffset) & ~TAGS;
}

@inline
function nodeOf(parent: u32, frame: usize, instruction: usize, id: u32): u32 {
  if (id == 0) return parent;
  return childOf(parent, id, <u32>(instruction - codeOf(frame) - tracer().codeInstructionsOffset) >> 1);
}

/** The index in the shadow of a marked frame, or -1. */
function indexOf(frame: usize): i32 {
  let index = <i32>tracer().depth - 1;
  while (index >= 0 && seen(<u32>index).frame != frame) index--;
  return index;
}

/** The node of the frame that is innermost, after a look at all frames that are not as they were. */
function walk(innermost: usize): u32 {
  const t = tracer();
  let count: u32 = 0;
  let known: i32 = -1;
  let frame = innermost;
  // Addresses of new frames go behind the shadow: entry room - 1 first, downwards.
  while (frame != 0) {
    if (isMarked(frame)) {
      known = indexOf(frame);
      if (known >= 0) break;
    }
    if (load<u8>(frame + t.ownerOffset) <= LAST_PYTHON_OWNER && codeOf(frame) != 0) {
      if (t.depth + ++count > t.shadowRoom && !growShadow(count - 1)) {
        t.cut++;
        t.depth = 0;
        return 0;
      }
      seen(t.shadowRoom - count).frame = frame;
    }
    frame = load<usize>(frame + t.previousOffset);
  }
  let depth = <u32>(known + 1);
  let node: u32 = known < 0 ? 0 : moved(<u32>known);
  for (; count != 0; count--) {
    const fresh = seen(t.shadowRoom - count).frame;
    const instruction = load<usize>(fresh + t.instructionOffset);
    const id = functionOf(codeOf(fresh));
    node = nodeOf(node, fresh, instruction, id);
    const entry = seen(depth++);
    entry.frame = fresh;
    entry.instruction = instruction;
    entry.id = id;
    entry.node = node;
    if (t.seenMark <= 0xffff && load<u8>(fresh + t.ownerOffset) == 0) store<u16>(fresh + t.ownerOffset, t.seenMark);
  }
  t.depth = depth;
  return node;
}

/** The shadow has twice the room; `count` entries at its end stay at its end. */
function growShadow(count: u32): bool {
  const t = tracer();
  const room = t.shadowRoom * 2;
  if (room > MOST_FRAMES) return false;
  const shadow = base_realloc(INTERNAL, t.shadow, room * offsetof<Seen>());
  if (shadow == 0) return false;
  t.shadow = shadow;
  memory.copy(
    shadow + <usize>(room - count) * offsetof<Seen>(),
    shadow + <usize>(t.shadowRoom - count) * offsetof<Seen>(),
    count * offsetof<Seen>(),
  );
  t.shadowRoom = room;
  return true;
}

/** There is a shadow, and it is empty; false if there is no memory for it. */
export function beginStack(): bool {
  const t = tracer();
  t.depth = 0;
  if (t.shadow != 0) return true;
  t.shadow = base_malloc(INTERNAL, FIRST_ROOM * offsetof<Seen>());
  t.shadowRoom = FIRST_ROOM;
  return t.shadow != 0;
}
