// A recording whose program has ended before the recording does.

import { afterEach, expect, it, vi } from "vitest";
import { Heap } from "../src/index.js";
import { Tape } from "./trace-data.js";

afterEach(() => vi.restoreAllMocks());

it("a recording lasts until its program ends, however long something else takes then", async () => {
  const heap = await Heap.create();
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write });
  heap.mem.malloc(10);
  recorder.clock.stop();
  const hour = 3_600_000;
  const now = performance.now();
  vi.spyOn(performance, "now").mockImplementation(() => now + hour);
  for (let k = 0; k < 1000; k++) heap.mem.malloc(20);
  recorder.stop();
  vi.restoreAllMocks();
  const summary = await tape.read({});
  expect(summary.problem).toBeUndefined();
  expect(summary.end?.duration).toBeLessThan(1000 * hour);
});
