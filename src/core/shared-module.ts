// The core's whole module over a memory that workers share. The code is the same: only one worker at a time runs it, so it needs no atomic
// operation. But WebAssembly wants a module to say that the memory it imports is shared. So its bytes are changed in this one place.

import { Remembered } from "../ground/remembered.js";
import { bytesOfBase64 } from "./base64.js";
import { MOST_PAGES } from "./memory.js";
import { WHOLE_BASE64 } from "./whole.generated.js";

const HEADER_BYTES = 8;
const IMPORTS = 2;
/** The kinds of imports, and the bits of limits (WebAssembly's binary format, "Modules"). */
const [FUNCTION, TABLE, MEMORY, GLOBAL] = [0, 1, 2, 3];
const HAS_MAXIMUM = 1;
const IS_SHARED = 2;

const compiled = new Remembered<string, WebAssembly.Module>();

/** The whole module, for a shared memory. */
export function sharedWholeModule(): Promise<WebAssembly.Module> {
  return compiled.get(WHOLE_BASE64, () => WebAssembly.compile(withSharedMemory(bytesOfBase64(WHOLE_BASE64))));
}

/** Reads a module's bytes in order. */
class Cursor {
  constructor(
    readonly bytes: Uint8Array,
    public at: number,
  ) {}

  byte(): number {
    return this.bytes[this.at++] as number;
  }

  /** An unsigned number in LEB128. */
  number(): number {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }

  skip(bytes: number): void {
    this.at += bytes;
  }

  skipName(): void {
    this.skip(this.number());
  }

  skipLimits(): void {
    const flags = this.byte();
    this.number();
    if (flags & HAS_MAXIMUM) this.number();
  }
}

function leb128(value: number): number[] {
  const bytes: number[] = [];
  for (; value >= 0x80; value >>>= 7) bytes.push((value & 0x7f) | 0x80);
  return [...bytes, value];
}

function joined(parts: readonly ArrayLike<number>[]): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The same module, with an imported memory that is shared. */
export function withSharedMemory(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  const cursor = new Cursor(bytes, HEADER_BYTES);
  for (;;) {
    const start = cursor.at;
    const id = cursor.byte();
    const size = cursor.number();
    const content = cursor.at;
    if (id !== IMPORTS) {
      cursor.skip(size);
      continue;
    }
    const { from, to, initial } = memoryLimits(cursor);
    const limits = [HAS_MAXIMUM | IS_SHARED, ...leb128(initial), ...leb128(MOST_PAGES)];
    const head = [IMPORTS, ...leb128(size - (to - from) + limits.length)];
    return joined([bytes.subarray(0, start), head, bytes.subarray(content, from), limits, bytes.subarray(to)]);
  }
}

/** Where the limits of the imported memory are, and its initial size in pages. The cursor is at the content of the section of imports. */
function memoryLimits(cursor: Cursor): { from: number; to: number; initial: number } {
  for (let left = cursor.number(); left > 0; left--) {
    cursor.skipName();
    cursor.skipName();
    const kind = cursor.byte();
    if (kind === MEMORY) {
      const from = cursor.at;
      const flags = cursor.byte();
      const initial = cursor.number();
      if (flags & HAS_MAXIMUM) cursor.number();
      return { from, to: cursor.at, initial };
    }
    if (kind === FUNCTION) cursor.number();
    else if (kind === TABLE) {
      cursor.byte();
      cursor.skipLimits();
    } else if (kind === GLOBAL) cursor.skip(2);
    else throw new TypeError(`Cannot read the core's module: an import of kind ${kind}`);
  }
  throw new TypeError("Cannot read the core's module: it imports no memory");
}
