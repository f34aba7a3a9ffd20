// Trimming: a WebAssembly memory never shrinks, so the heap moves to a smaller one, and the old one is dropped.
//
//   old memory   |  | state | heap ........... brk |      not used any more       |
//   new memory   |  | state | heap ........... brk |                                the same addresses and table indices
//
// All of a heap's state is in its memory, so nothing has to be translated: a new instance over the new memory continues
// where the old one stopped. Its functions have the same places in a new table, which is otherwise a copy of the old one.
// JavaScript keeps the old memory until its own collector finds that nothing refers to it.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import { memoryFor, WASM_PAGE } from "../core/memory.js";
import { Words } from "../core/memory-words.js";

/** What a trim did; sizes in bytes. */
export interface Trim {
  /** The memory's size, before and after. */
  readonly before: number;
  readonly after: number;
  /** The bytes that the process no longer needs, once JavaScript's collector has freed the old memory. */
  readonly gained: number;
  /** Why the heap stays in its memory; then only free memory at its top went back to the platform. */
  readonly stays?: string;
}

/** The size, in bytes, of the smallest memory that can hold everything that the heap has from the platform. */
export function leastMemory(core: Core): number {
  const reserved = new Words(core).get(core.control + C.RESERVED_AT);
  return Math.ceil((core.control + reserved) / WASM_PAGE) * WASM_PAGE;
}

/**
 * Moves the core to a memory of `bytes` bytes, which must be enough. Throws MemoryError if there is none; nothing has
 * changed then.
 */
export function moveCore(core: Core, bytes: number): void {
  const { control } = core;
  const memory = memoryFor(bytes);
  new Uint8Array(memory.buffer).set(new Uint8Array(core.memory.buffer, control, bytes - control), control);
  core.moveTo(memory);
}
