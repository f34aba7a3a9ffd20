// Reads and writes the words of a linear memory, also after the memory grew or was replaced.

/** An object whose linear memory can be replaced: a heap moves to a smaller memory when it is trimmed. */
export interface InMemory {
  readonly memory: WebAssembly.Memory;
}

/** 32-bit words of a memory, by byte address. */
export class Words {
  readonly #in: InMemory;
  #view: Uint32Array;

  constructor(where: InMemory) {
    this.#in = where;
    this.#view = new Uint32Array(where.memory.buffer);
  }

  /** A view of the memory as it is now: a memory that grew has a new buffer. */
  refresh(): Uint32Array {
    const { buffer } = this.#in.memory;
    if (this.#view.buffer !== buffer) this.#view = new Uint32Array(buffer);
    return this.#view;
  }

  /** The word at a byte address, a multiple of 4. Throws RangeError if the address is outside of the memory. */
  get(address: number): number {
    const word = this.refresh()[address >>> 2];
    if (word === undefined)
      throw new RangeError(`Cannot read address 0x${address.toString(16)}: outside of the memory`);
    return word;
  }

  /** Sets the word at a byte address, a multiple of 4. Does nothing if the address is outside of the memory. */
  set(address: number, value: number): void {
    this.refresh()[address >>> 2] = value;
  }
}
