// The stack on which C keeps arrays and structures. All modules of a heap share it. It grows downwards.
//
//   a memory of the heap's own:   0 <-- stack | the heap ...            below 0 there is no memory: an overrun is a trap, and does no harm
//   otherwise, or if larger:      ... | canary <-- stack | ...          a block of the domain native: an overrun is detected afterwards

import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import type { WholeFunctions } from "../../core/functions.gen.js";
import { Words } from "../../core/memory-words.js";
import { MemoryError } from "../../ground/errors.js";
import { CANARY, type GuardedStack } from "../../objects/bridge/border.js";
import { CExit } from "./environment.js";
import { explained } from "./traps.js";

const ALIGNMENT = 16;
/** The default size of a stack that is a block. */
const DEFAULT_BYTES = 256 * 1024;

export class CStack implements GuardedStack {
  readonly #core: Core<WholeFunctions>;
  /** Bytes below the heap that nothing else uses. */
  readonly #room: number;
  /** What modules import as the stack pointer. */
  readonly pointer = new WebAssembly.Global({ value: "i32", mutable: true }, 0);
  #start = 0;
  /** The size of the stack; 0 while there is none. */
  #bytes = 0;
  #isBlock = false;
  canaryAt = 0;
  /** The name in C of the function that was called last. */
  running = "";

  constructor(core: Core<WholeFunctions>, room: number) {
    this.#core = core;
    this.#room = room;
  }

  get isOpen(): boolean {
    return this.#bytes > 0;
  }

  /** Makes a stack of at least this many bytes; by default, of the bytes below the heap. Throws MemoryError. */
  open(bytes: number | undefined): void {
    const size = Math.ceil((bytes ?? (this.#room || DEFAULT_BYTES)) / ALIGNMENT) * ALIGNMENT;
    this.#isBlock = size > this.#room;
    this.#start = this.#isBlock ? this.#block(size) : 0;
    this.#bytes = size;
    this.canaryAt = this.#isBlock ? this.#start : 0;
    this.revive();
    this.empty();
  }

  #block(size: number): number {
    const { functions } = this.#core;
    const start = functions.raw_memalign(C.LIBC, ALIGNMENT, 0, size) >>> 0;
    if (start === 0) throw new MemoryError(size, "no memory is left for the stack of modules in C");
    return start;
  }

  close(): void {
    if (this.#isBlock) this.#core.functions.raw_free(C.LIBC, this.#start);
    this.#isBlock = false;
    this.#bytes = 0;
    this.canaryAt = 0;
  }

  /** Resets the stack pointer, when no function is under way. */
  empty(): void {
    this.pointer.value = this.#start + this.#bytes;
  }

  /** Writes the canary again. */
  revive(): void {
    if (this.#isBlock) new Words(this.#core).set(this.#start, CANARY);
  }

  /** Whether the stack was overrun. After a function was stopped, the stack pointer still has its last value. */
  get isOverrun(): boolean {
    const at = this.pointer.value >>> 0;
    const isDead = this.#isBlock && new Words(this.#core).get(this.#start) !== CANARY;
    return this.isOpen && (isDead || at < this.#start || at > this.#start + this.#bytes);
  }

  unwind(): void {
    if (this.isOpen) this.empty();
    this.#core.functions.unwind_calls();
  }

  isEnd(error: unknown): boolean {
    return error instanceof CExit;
  }

  explained(error: unknown): unknown {
    return explained(error);
  }

  overrun(): never {
    this.revive();
    throw new RangeError(
      `The stack of modules in C was overrun${this.running && ` in ${this.running}`}: load with a larger stackBytes`,
    );
  }
}
