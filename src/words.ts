// Reading and writing linear memory from the host, valid after the memory grew.

/** 32-bit words of a memory, by byte address. */
export class Words {
  readonly #memory: WebAssembly.Memory;
  #view: Uint32Array;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new Uint32Array(memory.buffer);
  }

  /** A memory that grew has a new buffer, and the old one has length 0. */
  get #current(): Uint32Array {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new Uint32Array(this.#memory.buffer);
    return this.#view;
  }

  /** The word at a byte address, a multiple of 4. */
  get(address: number): number {
    const word = this.#current[address >>> 2];
    if (word === undefined)
      throw new RangeError(`Cannot read address 0x${address.toString(16)}: outside of the memory`);
    return word;
  }

  set(address: number, value: number): void {
    this.#current[address >>> 2] = value;
  }
}
