// The type of the object in a block of an interpreter, found in memory with any content.

import { expect, it } from "vitest";
import { ObjectTypes } from "./object-types.js";
import type { PyodideExports } from "./pyodide-module.js";

const [TYPE, META, BLOCK, VERSION] = [0x1000, 0x2000, 0x3000, 0x4000];
const [FLAGS, READY, TYPE_SUBCLASS, HAVE_GC] = [84, 0x1000, 0x80000000, 0x4000];

it("finds the type in a block, whatever numbers the block has", () => {
  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table({ initial: 1, element: "anyfunc" });
  const words = new Uint32Array(memory.buffer);
  const write = (address: number, ...values: number[]) => words.set(values, address / 4);
  write(VERSION, 0x030d0000);
  write(TYPE + FLAGS, READY);
  write(TYPE + 4, META);
  write(META + FLAGS, TYPE_SUBCLASS);
  const python = { memory, __indirect_function_table: table, data: { Py_Version: VERSION } };
  const types = ObjectTypes.of(python as unknown as PyodideExports);
  const find = table.get(types?.finder ?? 0) as (block: number, size: number) => number;
  const typeIn = (...values: number[]) => {
    write(BLOCK, ...values, ...Array<number>(8 - values.length).fill(0));
    return find(BLOCK, 32);
  };
  expect(typeIn(1, TYPE)).toBe(TYPE);
  expect(typeIn(0, 0, 1, TYPE)).toBe(0);
  // Neither the first number nor the second one is an address, though each plus the bytes of a type would be one.
  for (const last of [0xfffffffc, 0xffffff40, 0xffffffa8]) {
    expect(typeIn(last, TYPE)).toBe(0);
    expect(typeIn(1, last)).toBe(0);
  }
  write(TYPE + FLAGS, READY | HAVE_GC);
  expect(typeIn(1, TYPE)).toBe(0);
  expect(typeIn(0, 0, 1, TYPE)).toBe(TYPE);
  expect(find(BLOCK, 8)).toBe(0);
});
