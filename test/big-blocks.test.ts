// Blocks of 0.5 to 2 GiB, above and across 2 GiB: in any order, the heap stays valid, and its account is right.

import colors from "picocolors";
import { Profile } from "pprof-format";
import { describe, expect, it } from "vitest";
import * as C from "../src/core/constants.gen.js";
import type { Core } from "../src/core/core.js";
import { toAddress } from "../src/ground/address.js";
import { Heap, type HeapOptions, sumOfParts } from "../src/index.js";
import { buildPage } from "../src/page/build.js";
import { ROW, ROW_VALUES } from "../src/page/model.js";
import { Spans } from "../src/page/spans.js";
import { decodePage, encodePage } from "../src/page/wire.js";
import { type HeapProfile, heapProfile } from "../src/report/export/heapprofile.js";
import { pprof } from "../src/report/export/pprof.js";
import { traceReport } from "../src/report/trace-context.js";
import { readTrace } from "../src/trace/reader.js";
import { GIB, MIB, roomsOf, runBigBlocks } from "./big-blocks.js";
import { SEED } from "./random.js";
import { joined } from "./report-data.js";
import { Tape } from "./trace-data.js";

function alignedOf(heap: Heap) {
  const { functions: f } = (heap as unknown as { foundation: { core: Core } }).foundation.core;
  return (alignment: number, n: number) => toAddress(f.raw_memalign(C.RAW, alignment, 0, n));
}

describe("blocks that are freed next to each other", () => {
  const cases = [
    [512, 2],
    [512, 7],
    [1024, 3],
    [700, 4],
    [2047, 1],
    [1365, 2],
  ] as const;
  for (const [size, count] of cases) {
    it(`${count} of ${size} MiB`, async () => {
      for (const order of ["upwards", "downwards", "every other"]) {
        const heap = await Heap.create({ policy: false });
        const blocks = Array.from({ length: count }, () => heap.mem.malloc(size * MIB));
        const keep = heap.mem.malloc(64);
        expect(blocks.every(Boolean)).toBe(true);
        heap.check();
        if (order === "downwards") blocks.reverse();
        if (order === "every other") blocks.sort((a, b) => (blocks.indexOf(a) % 2) - (blocks.indexOf(b) % 2));
        for (const block of blocks) {
          heap.mem.free(block);
          heap.check();
          roomsOf(heap);
          const { account } = heap.stats();
          expect(sumOfParts(account)).toBe(account.platform);
        }
        heap.mem.free(keep);
      }
    });
  }

  it("leave a run of more than 2 GiB, which is given again in pieces", async () => {
    const heap = await Heap.create({ policy: false });
    const blocks = [1030, 1030, 1030].map((size) => heap.raw.malloc(size * MIB));
    const keep = heap.raw.malloc(1000);
    for (const block of blocks) heap.raw.free(block);
    expect(Math.max(...roomsOf(heap).map(({ at, end }) => end - at))).toBeGreaterThan(3 * GIB);
    const { reserved } = heap;
    const again = [2000, 900, 100].map((size) => heap.raw.malloc(size * MIB));
    heap.check();
    expect(again.every((block) => block !== 0 && block < keep)).toBe(true);
    expect(heap.reserved).toBe(reserved);
    expect(heap.raw.realloc(again[2] as (typeof again)[0], 150 * MIB)).toBe(again[2]);
    heap.check();
  });
});

describe(`random programs of large blocks (PYHEAP_SEED=${SEED})`, () => {
  const plans: readonly [string, HeapOptions, number][] = [
    ["in 4 GiB", {}, 4 * GIB],
    ["within a limit of 3 GiB", { limit: 3 * GIB }, 3 * GIB],
    ["within a limit of 4 GiB", { limit: 4 * GIB }, 4 * GIB],
    ["from 2 GiB up", { base: 2 * GIB }, 2 * GIB],
    ["from just below 2 GiB up", { base: 2 * GIB - 65536 }, 2 * GIB],
    ["from 3 GiB up", { base: 3 * GIB }, GIB],
    ["without pools", { allocator: "malloc" }, 4 * GIB],
  ];
  for (const [k, [name, options, span]] of plans.entries()) {
    it(name, async () => {
      const heap = await Heap.create({ ...options, policy: false });
      const plan = { heap, seed: SEED + k, steps: 400, span, moves: span / 8, aligned: alignedOf(heap) };
      expect(runBigBlocks(plan)).toBe(0);
    });
  }
});

describe("a recording of large blocks, from 1 GiB up to 4 GiB", () => {
  const SIZES = [0x7fff_ffe7, 600 * MIB, 400 * MIB, 0];
  const LIVE = SIZES.reduce((sum, size) => sum + size, 0);

  async function recorded(aggregate: boolean) {
    const heap = await Heap.create({ base: GIB / 2, policy: false });
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, aggregate });
    const blocks = SIZES.map((size) => heap.raw.malloc(size));
    // More than 2^32 bytes in total.
    for (let k = 0; k < 3; k++) heap.raw.free(heap.raw.malloc(500 * MIB));
    expect(blocks.every(Boolean)).toBe(true);
    expect(Math.max(...blocks)).toBeGreaterThan(2 ** 31);
    recorder.stop();
    return { tape, blocks };
  }

  it("has their sizes and sums, with all events and without", async () => {
    for (const aggregate of [false, true]) {
      const { tape } = await recorded(aggregate);
      const { analysis, summary } = await tape.analyse();
      expect(summary.problem).toBeUndefined();
      const { allocatedBytes, liveBytes, peakBytes, reservedPeak } = analysis.figures;
      expect([liveBytes, peakBytes, allocatedBytes]).toEqual([LIVE, LIVE + 500 * MIB, LIVE + 1500 * MIB]);
      expect(reservedPeak).toBeGreaterThan(3 * GIB);
      const report = traceReport({ analysis, summary, view: "end", colors: colors.createColors(false) });
      const samples = Profile.decode(joined(pprof(report))).sample;
      expect(samples.reduce((sum, { value }) => sum + Number(value[1]), 0)).toBe(LIVE);
      const profile = JSON.parse(joined(heapProfile(report)).toString()) as HeapProfile;
      expect(profile.samples.reduce((sum, { size }) => sum + size, 0)).toBe(LIVE);
    }
  });

  it("has them on its page, where they lay", async () => {
    const { tape, blocks } = await recorded(false);
    const spans = new Spans();
    await readTrace([tape.bytes], "t", spans);
    const facts = { command: [], started: "", python: null, sample: 0, problem: null };
    const page = decodePage(encodePage(buildPage(spans, facts)));
    const shown = [...page.blocks.addresses].map((address, k) => [address, page.blocks.sizes[k]]);
    for (const [k, block] of blocks.entries()) expect(shown).toContainEqual([block, SIZES[k]]);
    let net = 0;
    for (let at = ROW.net; at < page.rows.values.length; at += ROW_VALUES) net += page.rows.values[at] as number;
    expect(net).toBe(LIVE);
  });
});

it("objects above 2 GiB move together, and the heap to a smaller memory; an image has them as well", async () => {
  for (const base of [2 * GIB, 3 * GIB]) {
    const heap = await Heap.create({ base, policy: false });
    const model = Array.from({ length: 20_000 }, (_, k) => [k, `text ${k}`]);
    const fill = heap.from(model) as unknown as { release(): void };
    heap.roots.set("list", heap.from(model));
    heap.raw.free(heap.raw.malloc(700 * MIB));
    fill.release();
    heap.compact();
    heap.check();
    expect(heap.trim().after).toBeLessThan(base + 16 * MIB);
    const loaded = await Heap.load(await heap.save(), { verify: true });
    for (const one of [heap, loaded]) {
      expect(one.toJS(one.roots.get("list"))).toEqual(model);
      one.check();
    }
  }
});
