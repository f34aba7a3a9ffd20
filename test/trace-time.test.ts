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

/** Starts a recording. Its time begins at `begun`, or up to `late` milliseconds later. */
function record(heap: Heap, { write }: Tape) {
  const begun = performance.now();
  const recorder = heap.trace({ write });
  return { recorder, begun, late: performance.now() - begun };
}

interface Wait {
  readonly what: string;
  /** The size of each block that is live while the program waits. */
  readonly size: number;
  readonly wait: (ms: number, noteTime: () => void) => void | Promise<void>;
}

describe("a recording", () => {
  it.each<Wait>([
    { what: "the event loop runs", size: 100, wait: sleep },
    { what: "it computes, of large blocks", size: 10_000, wait: compute },
    {
      what: "its host waits, and says so",
      size: 100,
      wait: (ms, noteTime) => {
        noteTime();
        compute(ms);
      },
    },
  ])("knows what was live while $what", async ({ size, wait }) => {
    const heap = await Heap.create();
    const tape = new Tape();
    const { recorder, begun, late } = record(heap, tape);
    const moments: { moment: number; live: number }[] = [];
    for (let round = 0; round < 5; round++) {
      const blocks = Array.from({ length: 10 }, () => heap.malloc(size));
      // The moment is between two waits, so it does not matter how late the recording noticed the first one.
      await wait(WAIT + late, () => recorder.noteTime());
      moments.push({ moment: (performance.now() - begun) * 1000, live: 10 * size });
      await wait(WAIT + late, () => recorder.noteTime());
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
    const { recorder, begun, late } = record(heap, tape);
    const block = heap.malloc(100);
    heap.malloc(10);
    compute(WAIT + late);
    const moment = (performance.now() - begun) * 1000;
    compute(WAIT + late);
    heap.free(block);
    recorder.stop();
    const { gaps } = (await tape.analyse({ to: moment })).analysis;
    expect(gaps).toMatchObject([{ moment, events: 2, leastBytes: 10, mostBytes: 110 }]);
    expect(gaps[0]?.from).toBeLessThan(moment);
    expect(gaps[0]?.to).toBeGreaterThan(moment);
  });
});
