// WebAssembly memories for heaps: as large as needed at first, with the limit of wasm32.

import { MemoryError } from "../ground/errors.js";

export const WASM_PAGE = 65536;
const MOST_PAGES = 65536;

/** A memory of at least this many bytes. Throws MemoryError if the engine can't make one. */
export function memoryFor(bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE), maximum: MOST_PAGES });
  } catch {
    throw new MemoryError(bytes, "the engine has no room for another memory");
  }
}
