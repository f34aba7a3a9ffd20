// Reads CPython's linear memory: words, and texts of str objects. It calls nothing, and allocates nothing.

import { lengthOfStr, textOfStr } from "./graph/str.js";

export class PythonMemory {
  readonly #memory: WebAssembly.Memory;
  /** CPython's memory is not shared: when it grows, its buffer is replaced, and the length of an array over the former one is 0. */
  #bytes = new Uint8Array(0);
  #view = new DataView(this.#bytes.buffer);

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
  }

  /** The memory as it is now. To ask for its buffer each time takes longer than to read a word. */
  get #data(): DataView {
    if (this.#bytes.length === 0) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    return this.#view;
  }

  u8(address: number): number {
    return this.#data.getUint8(address >>> 0);
  }

  u32(address: number): number {
    return this.#data.getUint32(address >>> 0, true);
  }

  /** The text of a str object. */
  text(object: number): string {
    const { buffer } = this.#data;
    const memory = { words: new Uint32Array(buffer), bytes: new Uint8Array(buffer) };
    return textOfStr(memory, object, lengthOfStr(memory, object));
  }

  /** Whether the bytes at an address are this ASCII text, and then a 0. */
  isNamed(address: number, name: string): boolean {
    for (let k = 0; k < name.length; k++) if (this.u8(address + k) !== name.charCodeAt(k)) return false;
    return this.u8(address + name.length) === 0;
  }
}
