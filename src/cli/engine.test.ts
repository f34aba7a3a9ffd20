// Large modules whose functions are validated when they are called first: they work, and nothing else changes.

import { expect, test } from "vitest";
import { validateLater } from "./engine.js";

/** The bytes of a module with a function `f` with this body, which returns an i32, and a custom section of some size. */
function module(body: readonly number[], padding = 0): Uint8Array<ArrayBuffer> {
  const head = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 1, 5, 1, 0x60, 0, 1, 0x7f, 3, 2, 1, 0, 7, 5, 1, 1, 0x66, 0, 0];
  const code = [10, body.length + 4, 1, body.length + 2, 0, ...body, 0x0b];
  const size = padding + 1;
  const custom = [0, (size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, ((size >> 14) & 0x7f) | 0x80, size >> 21, 0];
  return new Uint8Array([...head, ...code, ...custom, ...new Uint8Array(padding)]);
}

const SEVEN = [0x41, 7];
/** A body that is not valid: an i64, where the function's type says i32. */
const NOT_VALID = [0x42, 7];

test("a large module works as if it had been validated", async () => {
  const { instance, module: made } = await validateLater(() => WebAssembly.instantiate(module(SEVEN, 2 ** 20)));
  expect((instance.exports as { f(): number }).f()).toBe(7);
  expect(made).toBeInstanceOf(WebAssembly.Module);
});

test("other modules are validated as always, also after a large one", async () => {
  await validateLater(async () => {
    await WebAssembly.instantiate(module(SEVEN, 2 ** 20));
    expect(() => new WebAssembly.Module(module(NOT_VALID))).toThrow(WebAssembly.CompileError);
    expect(WebAssembly.validate(module(NOT_VALID))).toBe(false);
    await expect(WebAssembly.instantiate(module(NOT_VALID))).rejects.toThrow(WebAssembly.CompileError);
  });
});

test("a large module that is cut off is refused", async () => {
  const cut = module(SEVEN, 2 ** 20 + 1000).subarray(0, 2 ** 20 + 500);
  await expect(validateLater(() => WebAssembly.instantiate(cut))).rejects.toThrow(WebAssembly.CompileError);
});

test("afterwards WebAssembly.instantiate is what it was, also if the load has failed", async () => {
  const { instantiate } = WebAssembly;
  await validateLater(async () => expect(WebAssembly.instantiate).not.toBe(instantiate));
  expect(WebAssembly.instantiate).toBe(instantiate);
  await expect(validateLater(() => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(WebAssembly.instantiate).toBe(instantiate);
});
