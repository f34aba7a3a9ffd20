// Reads CPython's linear memory: words, and texts of str objects. It calls nothing, and allocates nothing.

/** Offsets in a compact str, the same in every version. If it is ASCII, its characters follow the header. */
const STR = { length: 8, state: 16, header: 20 } as const;
/** Characters of a string that are made at a time. */
const AT_ONCE = 4096;

export class PythonMemory {
  readonly #memory: WebAssembly.Memory;
  #view: DataView;

  constructor(memory: WebAssembly.Memory) {
    this.#memory = memory;
    this.#view = new DataView(memory.buffer);
  }

  get #data(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  u8(address: number): number {
    return this.#data.getUint8(address >>> 0);
  }

  u32(address: number): number {
    return this.#data.getUint32(address >>> 0, true);
  }

  /** The text of a compact str object. */
  text(object: number): string {
    const state = this.u32(object + STR.state);
    const length = this.u32(object + STR.length);
    const kind = (state >>> 2) & 7;
    const isAscii = (state >>> 6) & 1;
    // A str that is not ASCII has the cached UTF-8 form's length and address after this header.
    const data = object + STR.header + (isAscii ? 0 : 8);
    const { buffer } = this.#data;
    let units: Uint8Array | Uint16Array | Uint32Array;
    if (kind === 1) units = new Uint8Array(buffer, data, length);
    else units = kind === 2 ? new Uint16Array(buffer, data, length) : new Uint32Array(buffer, data, length);
    let text = "";
    for (let k = 0; k < length; k += AT_ONCE) text += String.fromCodePoint(...units.subarray(k, k + AT_ONCE));
    return text;
  }

  /** Whether the bytes at an address are this ASCII text, and then a 0. */
  isNamed(address: number, name: string): boolean {
    for (let k = 0; k < name.length; k++) if (this.u8(address + k) !== name.charCodeAt(k)) return false;
    return this.u8(address + name.length) === 0;
  }
}
