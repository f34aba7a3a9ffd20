// A block of the host's malloc that is held back while a heap has a limit.
//
// CPython can't collect garbage in the middle of an operation, so when an allocation finds no memory, it is too late to collect. A watermark
// comes before that, but only if malloc's free memory can be used: some of it lies in holes that are too small, and nobody knows how much.
// So some memory is set aside: an allocation that finds none gets this, and garbage is collected between the next two bytecodes.
//
// While the block is held, it serves the first allocation that finds nothing, also if that is an arena. Otherwise it would serve the one
// that is about to fail, often a large list that grows, and small objects would then fill up what that list could not use: the handler of the
// MemoryError, and what follows the program, would have nothing left.
//
// Invariants: if a block is held, the host's footprint was at least the part FROM of the limit when it was taken. Below that,
// malloc can still take as much from the platform. The core's `heldBack` has the block's bytes.

import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import { NO_LIMIT } from "../../pressure/policy.js";
import type { PyodideExports } from "./pyodide-module.js";

const FROM = 1 / 2;
/** The block's size, as a part of the limit; and the largest one. */
const PART = 1 / 64;
const LARGEST = 2 ** 22;

export class SpareBlock {
  readonly #python: PyodideExports;
  readonly #core: Core;
  readonly #words: Words;
  #block = 0;
  #bytes = 0;

  constructor(python: PyodideExports, core: Core) {
    this.#python = python;
    this.#core = core;
    this.#words = new Words(core);
  }

  /** The block's address; 0 if none is held. */
  get address(): number {
    return this.#block;
  }

  /** The bytes that are held back. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes the block, unless it is held, or the host has no memory for it within the limit. */
  take(limit: number): void {
    const python = this.#python;
    if (this.#block !== 0 || limit === NO_LIMIT || python.malloc_footprint() >>> 0 < limit * FROM) return;
    python.malloc_set_footprint_limit(limit);
    const block = python.malloc(Math.min(limit * PART, LARGEST)) >>> 0;
    python.malloc_set_footprint_limit(-1);
    if (block !== 0) this.#hold(block, python.malloc_usable_size(block) >>> 0);
  }

  /** Frees the block. Returns whether one was held. */
  give(): boolean {
    const isHeld = this.#block !== 0;
    this.#python.free(this.#block);
    this.#hold(0, 0);
    return isHeld;
  }

  #hold(block: number, bytes: number): void {
    this.#block = block;
    this.#bytes = bytes;
    this.#words.set(this.#core.control + C.HELD_BACK_AT, bytes);
  }
}
