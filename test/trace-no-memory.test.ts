// A recording is told, once, of the first allocation that finds no memory, in whatever way it is asked for.

import { describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { Tape } from "./trace-data.js";

const LIMIT = 2 ** 20;

const WAYS: readonly (readonly [string, (heap: Heap) => number])[] = [
  ["malloc", ({ mem }) => mem.malloc(LIMIT)],
  ["calloc", ({ mem }) => mem.calloc(LIMIT / 8, 8)],
  ["realloc of NULL", ({ mem }) => mem.realloc(0 as never, LIMIT)],
  ["realloc", ({ mem }) => mem.realloc(mem.malloc(10), LIMIT)],
  ["malloc of the raw domain", ({ raw }) => raw.malloc(LIMIT)],
  ["malloc of the object domain", ({ object }) => object.malloc(LIMIT)],
  [
    "malloc of a small block",
    ({ object }) => {
      let block: number;
      do block = object.malloc(500);
      while (block !== 0);
      return block;
    },
  ],
];

describe.each([undefined, 1, 4096])("a recording with the option sample: %s", (sample) => {
  it.each(WAYS)("is told of %s, once", async (_name, allocate) => {
    const heap = await Heap.create({ policy: false });
    const tape = new Tape();
    const told: number[] = [];
    let recorded = 0;
    const onNoMemory = (bytes: number) => {
      told.push(bytes);
      recorded = tape.bytes.length;
    };
    const recorder = heap.trace({ write: tape.write, sample, onNoMemory });
    heap.mem.malloc(5000);
    heap.limit = heap.stats().account.platform + LIMIT / 2;
    expect(told).toEqual([]);
    expect(allocate(heap)).toBe(0);
    expect(told).toEqual([expect.any(Number)]);
    expect([500, LIMIT]).toContain(told[0]);
    expect(allocate(heap)).toBe(0);
    expect(told.length).toBe(1);
    heap.check();
    recorder.stop();
    expect(heap.mem.malloc(LIMIT)).toBe(0);
    expect(told.length).toBe(1);
    // What was recorded until then had been written.
    const part = new Tape();
    part.write(tape.bytes.subarray(0, recorded));
    let events = 0;
    await part.read({ allocate: () => void events++ });
    expect(events).toBeGreaterThan(sample === 4096 ? -1 : 0);
  });
});

it("a recording that did not ask is not told", async () => {
  const heap = await Heap.create({ policy: false, limit: LIMIT });
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write });
  const before = tape.bytes.length;
  for (let k = 0; k < 100; k++) expect(heap.mem.malloc(LIMIT)).toBe(0);
  expect(tape.bytes.length).toBe(before);
  recorder.stop();
});
