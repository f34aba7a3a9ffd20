// The constructor that compiles small modules of the same bytes once.

import { expect, test } from "vitest";
import { keepSmallModules } from "./small-modules.js";

const HEAD = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
/** The bytes of a module with a custom section of some size. */
const bytes = (size: number, fill = 0) => Uint8Array.of(...HEAD, 0, size + 1, 0, ...Array<number>(size).fill(fill));

test("modules of the same few bytes are compiled once", () => {
  const Module = keepSmallModules(WebAssembly.Module);
  const module = new Module(bytes(8));
  expect(new Module(bytes(8))).toBe(module);
  expect(new Module(bytes(8, 1))).not.toBe(module);
  expect(module).toBeInstanceOf(WebAssembly.Module);
  expect(module).toBeInstanceOf(Module);
});

test("a piece of a buffer is compiled, and not the buffer", () => {
  const Module = keepSmallModules(WebAssembly.Module);
  const buffer = new Uint8Array([...bytes(8), ...bytes(9)]);
  const module = new Module(buffer.subarray(0, bytes(8).length));
  expect(new Module(bytes(8))).toBe(module);
  expect(new Module(buffer.subarray(bytes(8).length))).not.toBe(module);
});

test("large modules are not kept, and neither are sources whose bytes may be shared", () => {
  const Module = keepSmallModules(WebAssembly.Module);
  for (const make of [() => bytes(120), () => bytes(8).buffer]) expect(new Module(make())).not.toBe(new Module(make()));
});

test("bytes that are no module are refused each time", () => {
  const Module = keepSmallModules(WebAssembly.Module);
  for (let k = 0; k < 2; k++) expect(() => new Module(Uint8Array.of(1, 2, 3))).toThrow(WebAssembly.CompileError);
});
