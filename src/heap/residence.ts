// The memory that a heap is in: whether the heap can move to another one, and when that is worth its price. trim.ts moves
// it.

import { SWAP } from "../core/reentrancy.js";
import type { Objects } from "./objects.js";
import { leastMemory, moveCore, type Trim } from "./trim.js";

/**
 * Under pressure the heap moves only if it gives back at least this many bytes, and at least this part of its memory.
 */
const LEAST_TRIM = 2 ** 20;
const TRIM_SHARE = 1 / 4;

export class Residence {
  readonly #objects: Objects;
  /** Why the heap must stay in its memory; undefined if it can move. */
  #stays: string | undefined;

  constructor(objects: Objects) {
    this.#objects = objects;
  }

  /** Keeps the heap in its memory from now on. The first reason is the one that is reported. */
  stay(why: string): void {
    this.#stays ??= why;
  }

  /** Moves the heap to the smallest memory that it fits into. */
  trim(): Trim {
    const { core, foundation } = this.#objects;
    foundation.states.must(SWAP, "trim the heap");
    core.functions.relieve_heap();
    const before = core.memory.buffer.byteLength;
    const stays = this.#stays;
    if (stays !== undefined) return { before, after: before, gained: 0, stays };
    const after = Math.min(before, leastMemory(core));
    if (after < before) this.#moveTo(after);
    return { before, after, gained: before - after };
  }

  /**
   * As a measure against pressure, which can come in the middle of an operation: moves only if it may, and if enough
   * memory is given back.
   */
  trimIfWorth(): void {
    const { core, foundation } = this.#objects;
    if (!foundation.states.may(SWAP) || this.#stays !== undefined) return;
    core.functions.relieve_heap();
    const before = core.memory.buffer.byteLength;
    const after = leastMemory(core);
    if (before - after >= Math.max(LEAST_TRIM, before * TRIM_SHARE)) this.#moveTo(after);
  }

  #moveTo(bytes: number): void {
    moveCore(this.#objects.core, bytes);
    this.#objects.moved();
  }
}
