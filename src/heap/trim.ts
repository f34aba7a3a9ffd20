// Trimming: a WebAssembly memory never shrinks, so the heap moves to a smaller one, and the old one is dropped.
//
//   old memory   |  | state | heap ........... brk |      not used any more       |
//   new memory   |  | state | heap ........... brk |                                the same addresses, the same table
//
// All of a heap's state is in its memory, so nothing has to be translated: a fresh instance over the new memory goes on where the old one
// was, and takes its places in the table. JavaScript keeps the old memory until its own collector finds that nobody refers to it.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import { memoryFor, WASM_PAGE } from "../core/memory.js";
import { Words } from "../core/memory-words.js";

/** What a trim did; sizes in bytes. */
export interface Trim {
  /** The memory's size, before and after. */
  readonly before: number;
  readonly after: number;
  /** What the process needs less, once JavaScript's collector has found the old memory. */
  readonly gained: number;
  /** Why the memory stays, if the heap can't move: then what is free at its top went back to the platform only. */
  readonly stays?: string;
}

/** Bytes of the smallest memory that has room for all that the heap has from the platform. */
export function leastMemory(core: Core): number {
  const reserved = new Words(core).get(core.control + C.RESERVED_AT);
  return Math.ceil((core.control + reserved) / WASM_PAGE) * WASM_PAGE;
}

/** The core is over a memory of `bytes` bytes, which are enough. Throws MemoryError, and nothing changed, if there is none. */
export function moveCore(core: Core, bytes: number): void {
  const { control } = core;
  const memory = memoryFor(bytes);
  new Uint8Array(memory.buffer).set(new Uint8Array(core.memory.buffer, control, bytes - control), control);
  core.moveTo(memory);
}
