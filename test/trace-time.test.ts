// The times of events: what was live at a moment at which nothing happened is known exactly, whatever the program
// waited for.

import { describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { Tape } from "./trace-data.js";

const WAIT = 30;
const sleep = (ms: number) => new Promise((done) => setTimeout(done, ms));
const compute = (ms: number) => {
  for (const end = performance.now() + ms; performance.now() < end; );
};

interface Wait {
  readonly what: string;
  /** The size of each block that is live while the program waits. */
  readonly size: number;
  readonly wait: (noteTime: () => void) => void | Promise<void>;
}

describe("a recording", () => {
  it.each<Wait>([
    { what: "the event loop runs", size: 100, wait: () => sleep(WAIT) },
    { what: "it computes, of large blocks", size: 10_000, wait: () => compute(WAIT) },
    {
      what: "its host waits, and says so",
      size: 100,
      wait: (noteTime) => {
        noteTime();
        compute(WAIT);
      },
    },
  ])("knows what was live while $what", async ({ size, wait }) => {
    const heap = await Heap.create();
    const tape = new Tape();
    const begun = performance.now();
    const recorder = heap.trace({ write: tape.write });
    const moments: { moment: number; live: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const blocks = Array.from({ length: 10 }, () => heap.malloc(size));
      // The moment is between two waits, so it does not matter how late the recording noticed the first one.
      await wait(() => recorder.noteTime());
      moments.push({ moment: (performance.now() - begun) * 1000, live: 10 * size });
      await wait(() => recorder.noteTime());
      for (const block of blocks) heap.free(block);
      compute(1);
    }
    recorder.stop();
    for (const { moment, live } of moments) {
      const { figures, gaps } = (await tape.analyse({ to: moment })).analysis;
      expect({ live: figures.liveBytes, gaps }).toEqual({ live, gaps: [] });
    }
    heap.check();
  });

  it("says between which times small blocks came and went, if it can't know more", async () => {
    const heap = await Heap.create();
    const tape = new Tape();
    const begun = performance.now();
    const recorder = heap.trace({ write: tape.write });
    const block = heap.malloc(100);
    heap.malloc(10);
    compute(WAIT);
    const moment = (performance.now() - begun - WAIT / 2) * 1000;
    heap.free(block);
    recorder.stop();
    const { gaps } = (await tape.analyse({ to: moment })).analysis;
    expect(gaps).toMatchObject([{ moment, events: 2, leastBytes: 10, mostBytes: 110 }]);
    expect(gaps[0]?.from).toBeLessThan(moment);
    expect(gaps[0]?.to).toBeGreaterThan(moment);
  });
});
