// The memory from the first block to the last, cut into cells of equal size: 4 KiB, a pool's size, or more if there would be
// too many. Long stretches in which nothing is live are left out.

import { lowerBound } from "../sorted.js";
import type { MapBlocks } from "./blocks.js";

const POOL = 4096;
const MOST_CELLS = 24_576;
/** So many empty cells in a row are shown; of more, none. */
const MOST_EMPTY = 32;

export interface Cell {
  readonly address: number;
  /** Share of the cell that is in use, from 0 to 1. */
  readonly full: number;
  /** The class that most of its bytes are in. */
  readonly kind: number;
  /** A stretch of memory was left out before it. */
  readonly gap: boolean;
}

export interface Cells {
  readonly cells: readonly Cell[];
  readonly bytes: number;
}

/** Where the cells are: the same at every moment, so that one can watch a place. */
export interface Grid {
  readonly starts: readonly number[];
  /** Cells before which a stretch of memory was left out. */
  readonly gaps: ReadonlySet<number>;
  readonly bytes: number;
}

/** A stretch of memory without a byte that no block ever had. */
interface Stretch {
  readonly begin: number;
  readonly end: number;
}

/** Stretches that blocks cover, which are sorted by address and may lie over each other. */
function stretchesOf({ addresses, sizes }: Pick<MapBlocks, "addresses" | "sizes">): Stretch[] {
  const stretches: Stretch[] = [];
  let [begin, end] = [addresses[0] ?? 0, addresses[0] ?? 0];
  for (let k = 0; k < addresses.length; k++) {
    const address = addresses[k] as number;
    if (address > end + POOL) {
      stretches.push({ begin, end });
      begin = address;
    }
    end = Math.max(end, address + (sizes[k] as number));
  }
  if (addresses.length > 0) stretches.push({ begin, end });
  return stretches;
}

/** Cuts the memory that the blocks of all moments lie in. */
export function cutGrid(blocks: Pick<MapBlocks, "addresses" | "sizes">): Grid {
  const stretches = stretchesOf(blocks);
  const shown = stretches.reduce((sum, { begin, end }, k) => {
    const before = begin - (stretches[k - 1]?.end ?? begin);
    return sum + end - begin + Math.min(before, POOL * MOST_EMPTY);
  }, 0);
  let bytes = POOL;
  while (shown / bytes > MOST_CELLS) bytes *= 2;
  const starts: number[] = [];
  const gaps = new Set<number>();
  let next = Number.NEGATIVE_INFINITY;
  for (const { begin, end } of stretches) {
    const first = Math.floor(begin / bytes) * bytes;
    if (first - next > bytes * MOST_EMPTY) {
      if (starts.length > 0) gaps.add(starts.length);
      next = first;
    }
    for (; next < end; next += bytes) starts.push(next);
  }
  return { starts, gaps, bytes };
}

export interface Filling {
  /** The class of a block, and how many there are. */
  readonly kindOf: (block: number) => number;
  readonly kinds: number;
  /** So many blocks are there for one that is given. */
  readonly weight: number;
}

/** What is in the cells of a grid at the moment of the blocks. */
export function fillCells({ starts, gaps, bytes }: Grid, blocks: MapBlocks, { kindOf, kinds, weight }: Filling): Cells {
  const { length, addresses, sizes } = blocks;
  const sums = new Float64Array(kinds);
  let block = 0;
  const cells = starts.map((at, k): Cell => {
    sums.fill(0);
    let used = 0;
    while (block < length && (addresses[block] as number) < at + bytes) {
      const end = (addresses[block] as number) + (sizes[block] as number);
      const inCell = Math.min(end, at + bytes) - Math.max(addresses[block] as number, at);
      const kind = kindOf(block);
      sums[kind] = (sums[kind] ?? 0) + inCell;
      used += inCell;
      if (end > at + bytes) break;
      block++;
    }
    return {
      address: at,
      full: Math.min(1, (used * weight) / bytes),
      kind: sums.indexOf(Math.max(...sums)),
      gap: gaps.has(k),
    };
  });
  return { cells, bytes };
}

/** The cell that has an address, or the one after it. */
export function cellOf(cells: readonly Cell[], address: number): number {
  const starts = Float64Array.from(cells, (cell) => cell.address);
  const at = lowerBound(starts, address + 1) - 1;
  return Math.max(0, at);
}
