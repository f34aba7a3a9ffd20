// The shadow: the interpreter's stack as it was seen last.
//
//   | 0 | outermost | ... | innermost |   room   |  frames on the way |
//    0   FIRST                         shadowEnd                       shadowRoom
//
//   entry: frame | instruction | code | id of the function, 0 if it is not shown | node
//
// A place is the distance of an entry from the beginning, in bytes. The entry at place 0 is the caller of the outermost frame: it has
// no frame.
// "Frames on the way" are the addresses of the frames that a walk has passed, from the end downwards.

import { base_malloc, base_realloc } from "../alloc/base";
import { INTERNAL } from "../ground/domains.gen";
import { beginChunks } from "./chunks";
import { childOf } from "./nodes";
import { FIRST, HINTS, tracer } from "./tracer";

@unmanaged
export class Seen {
  frame: usize;
  instruction: usize;
  code: usize;
  id: u32;
  node: u32;

  /** Sets the entry to where its frame is now. `parent` is the caller's node. Returns the entry's node. */
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
if (SEEN != FIRST) ERROR("the outermost frame comes after one entry");

const FIRST_ROOM: u32 = 256 * SEEN;
/** A chain of more than a million frames is not a stack: no interpreter allows deeper stacks. */
const MOST_ROOM: u32 = SEEN << 20;

/** The entry at a place. */
@inline
export function seen(place: u32): Seen {
  return changetype<Seen>(tracer().shadow + place);
}

/**
 * The word that holds the last known place of a frame in the shadow. The place has to be checked, because several frames share a word.
 */
@inline
export function hintOf(frame: usize): usize {
  return tracer().hints + <usize>(((<u32>frame >> 3) * 0x9e3779b1) >> 22) * sizeof<u32>();
}

if ((<usize>1) << (32 - 22) != HINTS) ERROR("a hash must have as many values as there are hints");

/** Makes the shadow empty, and gives it room if it has none. False if there is no memory for that. */
export function beginShadow(): bool {
  const t = tracer();
  t.shadowEnd = FIRST;
  beginChunks();
  if (t.shadow == 0) {
    t.shadow = base_malloc(INTERNAL, FIRST_ROOM);
    if (t.shadow == 0) return false;
    t.shadowRoom = FIRST_ROOM;
  }
  memory.fill(t.shadow, 0, FIRST);
  return true;
}

/**
 * Doubles the room of the shadow, when it is full. What comes after `shadowEnd` is then at the end again. False if there is no memory, or if
 * the stack is too deep.
 */
export function growShadow(): bool {
  const t = tracer();
  const room = t.shadowRoom;
  if (room > MOST_ROOM / 2) return false;
  const shadow = base_realloc(INTERNAL, t.shadow, room * 2);
  if (shadow == 0) return false;
  t.shadow = shadow;
  t.shadowRoom = room * 2;
  const end = shadow + t.shadowEnd;
  memory.copy(end + room, end, room - t.shadowEnd);
  return true;
}

/**
 * Removes the entries from the first call of a code object on, because the code object is freed: none of its calls is
 * on the stack any more. Entries before the place `settled` are still on the stack, so they can't be such calls.
 */
export function forgetCode(code: usize): void {
  const t = tracer();
  for (let place = t.settled; place < t.shadowEnd; place += SEEN) {
    if (seen(place).code == code) t.shadowEnd = place;
  }
}
