// A recording as steps that can be done again without the interpreter: malloc, realloc and free, in the program's order.
//
// Each live block has the number of a slot in place of its address. A step is one or two words, as bench/client/index.ts
// reads them.

import * as C from "../../src/core/constants.gen.js";
import { TAG } from "../../src/trace/format.js";
import { IgnoringConsumer } from "../../src/trace/reader.js";

const KIND = { allocate: 0, resize: 1, free: 2 } as const;
const SLOTS = 2 ** 30;
export const CHUNK_WORDS = 2 ** 16;

/** A part of a recording. */
export interface Part {
  readonly chunks: readonly Uint32Array[];
  /** The number of malloc, realloc and free. */
  readonly steps: number;
  /** All bytes that were asked for, also by resizes. */
  readonly bytes: number;
}

class PartWriter {
  readonly #chunks: Uint32Array[] = [];
  #chunk = new Uint32Array(CHUNK_WORDS);
  #used = 0;
  #steps = 0;
  #bytes = 0;

  step(kind: number, slot: number, size?: number): void {
    if (this.#used + 2 > CHUNK_WORDS) this.#end();
    this.#steps++;
    this.#chunk[this.#used++] = kind * SLOTS + slot;
    if (size === undefined) return;
    this.#bytes += size;
    this.#chunk[this.#used++] = size;
  }

  #end(): void {
    if (this.#used > 0) this.#chunks.push(this.#chunk.subarray(0, this.#used));
    this.#chunk = new Uint32Array(CHUNK_WORDS);
    this.#used = 0;
  }

  whole(): Part {
    this.#end();
    return { chunks: this.#chunks, steps: this.#steps, bytes: this.#bytes };
  }
}

/** Takes a recording that begins with the interpreter's first allocation. */
export class Steps extends IgnoringConsumer {
  readonly #start = new PartWriter();
  readonly #program = new PartWriter();
  #now = this.#start;
  /** The slot of each live block, by address; its size is found by the slot. */
  readonly #slots = new Map<number, number>();
  #sizes: number[] = [];
  readonly #free: number[] = [];
  #live = 0;
  /** The most bytes that were live at one time in the whole recording, counted as the program asked for them. */
  peak = 0;

  /** What the interpreter did before the program, and what the program did. */
  parts(): { readonly start: Part; readonly program: Part } {
    return { start: this.#start.whole(), program: this.#program.whole() };
  }

  /** The number of slots that the steps need. */
  get slots(): number {
    return this.#sizes.length;
  }

  override allocate(address: number, size: number, tag: number): void {
    // The C library's own malloc stays as it is, whatever Python's allocator is.
    if ((tag & TAG.domain) === C.LIBC) return;
    const slot = this.#free.pop() ?? this.#sizes.length;
    this.#slots.set(address, slot);
    this.#hold(slot, size);
    this.#now.step(KIND.allocate, slot, size);
  }

  override free(address: number): void {
    const slot = this.#slots.get(address);
    if (slot === undefined) return;
    this.#slots.delete(address);
    this.#live -= this.#sizes[slot] as number;
    this.#free.push(slot);
    this.#now.step(KIND.free, slot);
  }

  override resize(before: number, address: number, size: number, tag: number): void {
    const slot = this.#slots.get(before);
    if (slot === undefined) {
      this.allocate(address, size, tag);
      return;
    }
    this.#slots.delete(before);
    this.#slots.set(address, slot);
    this.#live -= this.#sizes[slot] as number;
    this.#hold(slot, size);
    this.#now.step(KIND.resize, slot, size);
  }

  #hold(slot: number, size: number): void {
    this.#sizes[slot] = size;
    this.#live += size;
    this.peak = Math.max(this.peak, this.#live);
  }

  override program(): void {
    this.#now = this.#program;
  }
}
