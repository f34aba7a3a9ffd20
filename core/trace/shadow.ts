// The shadow: the interpreter's stack as it was seen last.
//
//   | outermost | ... | innermost |   room   |  frames on the way |
//    0                 depth - 1             shadowRoom - count ...
//
//   entry: frame | instruction | code | function | node
//
// "Frames on the way" are the addresses of the frames that a walk has passed, from the end downwards.

import { base_malloc, base_realloc } from "../alloc/base";
import { INTERNAL } from "../ground/domains.gen";
import { beginChunks } from "./chunks";
import { childOf } from "./nodes";
import { HINTS, tracer } from "./tracer";

const FIRST_ROOM: u32 = 256;
/** A chain longer than this is not a stack: no interpreter allows deeper stacks. */
const MOST_FRAMES: u32 = 1 << 20;

@unmanaged
export class Seen {
  frame: usize;
  instruction: usize;
  code: usize;
  id: u32;
  node: u32;

  /** Sets the entry to where its frame is now, below the caller's node. Returns its node. */
  @inline
  moveTo(parent: u32): u32 {
    const t = tracer();
    const instruction = load<usize>(this.frame + t.instructionOffset);
    const unit = <u32>(instruction - this.code - t.codeInstructionsOffset) >> 1;
    this.instruction = instruction;
    this.node = this.id == 0 ? parent : childOf(parent, this.id, unit);
    return this.node;
  }
}

export const SEEN: u32 = offsetof<Seen>();

@inline
export function seen(index: u32): Seen {
  return changetype<Seen>(tracer().shadow + index * SEEN);
}

/**
 * The word that holds the last known index of a frame in the shadow. The index is only a guess, and has to be checked.
 */
@inline
export function hintOf(frame: usize): usize {
  return tracer().hints + <usize>(((<u32>frame >> 3) * 0x9e3779b1) >> 22) * sizeof<u32>();
}

if ((<usize>1) << (32 - 22) != HINTS) ERROR("a hash must have as many bits as there are hints");

/** Makes an empty shadow. False if there is no memory for it. */
export function beginShadow(): bool {
  const t = tracer();
  t.depth = 0;
  beginChunks();
  if (t.shadow != 0) return true;
  t.shadow = base_malloc(INTERNAL, FIRST_ROOM * SEEN);
  t.shadowRoom = FIRST_ROOM;
  return t.shadow != 0;
}

/** Doubles the room of the shadow. The `count` entries at its end stay at its end. */
export function growShadow(count: u32): bool {
  const t = tracer();
  const room = t.shadowRoom * 2;
  if (room > MOST_FRAMES) return false;
  const shadow = base_realloc(INTERNAL, t.shadow, room * SEEN);
  if (shadow == 0) return false;
  t.shadow = shadow;
  memory.copy(shadow + (room - count) * SEEN, shadow + (t.shadowRoom - count) * SEEN, count * SEEN);
  t.shadowRoom = room;
  return true;
}

/**
 * Removes the entries from the first call of a code object on, because the code object is freed: none of its calls is
 * on the stack any more.
 */
export function forgetCode(code: usize): void {
  const t = tracer();
  for (let index = t.settled; index < t.depth; index++) {
    if (seen(index).code == code) t.depth = index;
  }
}
