// The squares of the heap map: their places, and how full they are.

import { describe, expect, it } from "vitest";
import type { MapBlocks } from "../viewer/map/blocks.js";
import { cutGrid, fillCells } from "../viewer/map/cells.js";
import { lowerBound } from "../viewer/sorted.js";
import { randomIntegers } from "./random.js";

/** Blocks with these addresses and sizes. */
const blocksOf = (...blocks: readonly (readonly [address: number, size: number])[]) =>
  ({
    length: blocks.length,
    addresses: Float64Array.from(blocks, ([address]) => address),
    sizes: Uint32Array.from(blocks, ([, size]) => size),
  }) as unknown as MapBlocks;

const CELL = 4096;
const one = { kindOf: () => 0, kinds: 1, weight: 1 };

describe("the squares of the heap map", () => {
  it("cover what blocks of any moment cover, without long empty stretches", () => {
    const far = 1000 * CELL;
    const grid = cutGrid(blocksOf([CELL + 8, 16], [CELL + 8, 2 * CELL], [CELL + 100, 8], [far, 8]));
    expect(grid.bytes).toBe(CELL);
    expect(grid.starts).toEqual([CELL, 2 * CELL, 3 * CELL, far]);
    expect([...grid.gaps]).toEqual([3]);
    expect(cutGrid(blocksOf()).starts).toEqual([]);
  });

  it("show short empty stretches", () => {
    expect(cutGrid(blocksOf([CELL, 8], [4 * CELL, 8])).starts).toEqual([CELL, 2 * CELL, 3 * CELL, 4 * CELL]);
  });

  it("are larger if there would be too many", () => {
    const grid = cutGrid(blocksOf([0, 2 ** 28]));
    expect(grid.bytes).toBe(4 * CELL);
    expect(grid.starts.length * grid.bytes).toBe(2 ** 28);
  });

  it("are filled as far as blocks are in them, each with the class that has most", () => {
    const grid = cutGrid(blocksOf([0, 3 * CELL]));
    const blocks = blocksOf([0, 1024], [1024, 2 * CELL]);
    const { cells } = fillCells(grid, blocks, { ...one, kindOf: (block) => block, kinds: 2 });
    expect(cells.map(({ full, kind }) => [full, kind])).toEqual([
      [1, 1],
      [1, 1],
      [0.25, 1],
    ]);
    expect(fillCells(grid, blocksOf(), one).cells.map(({ full }) => full)).toEqual([0, 0, 0]);
  });

  it("are right for blocks of up to 2 GiB, anywhere in 4 GiB", () => {
    for (let seed = 0; seed < 40; seed++) {
      const random = randomIntegers(seed);
      const blocks: [number, number][] = [];
      for (let at = 8 * random(2 ** 28); at < 2 ** 32 - 16; ) {
        const most = Math.min(2 ** 31, 2 ** 32 - at);
        const size = 1 + random(random(3) === 0 ? most : Math.min(most, 2 ** random(22)));
        blocks.push([at, size]);
        at = 8 * Math.ceil((at + size) / 8) + 8 * random(2 ** random(26));
      }
      const all = blocksOf(...blocks);
      const grid = cutGrid(all);
      const { cells, bytes } = fillCells(grid, all, one);
      const starts = Float64Array.from(cells, ({ address }) => address);
      // Every byte is in one square, and no square has more than it has room for.
      const whole = blocks.reduce((sum, [, size]) => sum + size, 0);
      expect(cells.reduce((sum, { full }) => sum + full * bytes, 0) / whole).toBeCloseTo(1, 6);
      expect(cells.every(({ full }) => full >= 0 && full <= 1)).toBe(true);
      expect(grid.starts.every((start, k) => k === 0 || start >= (grid.starts[k - 1] as number) + bytes)).toBe(true);
      expect(cells.length).toBeLessThanOrEqual(2 * 24_576);
      for (const [at, size] of blocks) {
        for (const byte of [at, at + size - 1]) {
          const start = starts[lowerBound(starts, byte + 1) - 1] ?? Number.NaN;
          expect(byte - start).toBeLessThan(bytes);
          expect(byte).toBeGreaterThanOrEqual(start);
        }
      }
    }
  });

  it("count a sampled block as many times as the blocks that it stands for", () => {
    const { cells } = fillCells(cutGrid(blocksOf([0, CELL])), blocksOf([0, 1024]), { ...one, weight: 3 });
    expect(cells[0]?.full).toBe(0.75);
  });
});
