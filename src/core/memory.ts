// WebAssembly memories for heaps: as large as needed at first, with the limit of wasm32.

import { MemoryError } from "../ground/errors.js";

export const WASM_PAGE = 65536;
export const MOST_PAGES = 65536;

/** A memory of at least this many bytes that threads share. Throws Error if it can't be shared here, and MemoryError if the engine can't make one. */
export function sharedMemoryFor(bytes: number): WebAssembly.Memory {
  mustBeSharable();
  try {
    const initial = Math.ceil(bytes / WASM_PAGE);
    return new WebAssembly.Memory({ initial, maximum: MOST_PAGES, shared: true });
  } catch {
    throw new MemoryError(bytes, "the engine has no room for another memory");
  }
}

/** Throws if memory can't be shared between workers here, or if this thread must not wait for others. */
export function mustBeSharable(): void {
  if (typeof SharedArrayBuffer === "undefined") {
    throw new Error(
      "Cannot share a heap: this page is not cross-origin isolated. Its server has to send Cross-Origin-Opener-Policy: same-origin, and Cross-Origin-Embedder-Policy: require-corp",
    );
  }
  try {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 0);
  } catch {
    throw new Error(
      "Cannot share a heap: this thread must not wait for others, as a page's own must not. Use it in workers",
    );
  }
}

/** A memory of at least this many bytes. Throws MemoryError if the engine can't make one. */
export function memoryFor(bytes: number): WebAssembly.Memory {
  try {
    return new WebAssembly.Memory({ initial: Math.ceil(bytes / WASM_PAGE), maximum: MOST_PAGES });
  } catch {
    throw new MemoryError(bytes, "the engine has no room for another memory");
  }
}
