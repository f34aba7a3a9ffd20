// The memory from the first block to the last, cut into cells of equal size: 4 KiB, a pool's size, or more if there
// would be too many. Long stretches without blocks at any moment are omitted.

import { lowerBound } from "../sorted.js";
import type { MapBlocks } from "./blocks.js";

const POOL = 4096;
const MOST_CELLS = 24_576;
/** A run of more empty cells than this is omitted; a shorter one is shown. */
const MOST_EMPTY = 32;

export interface Cell {
  readonly address: number;
  /** The share of the cell that is in use, from 0 to 1. */
  readonly full: number;
  /** The class of most of its bytes. */
  readonly kind: number;
  /** Whether a stretch of memory before it was omitted. */
  readonly gap: boolean;
}

export interface Cells {
  readonly cells: readonly Cell[];
  readonly bytes: number;
}

/** The places of the cells. They are the same at every moment, so that a place can be watched. */
export interface Grid {
  readonly starts: readonly number[];
  /** The cells before which a stretch of memory was omitted. */
  readonly gaps: ReadonlySet<number>;
  readonly bytes: number;
}

/** A stretch of memory with blocks, which are at most POOL bytes apart. */
interface Stretch {
  readonly begin: number;
  readonly end: number;
}

/** The stretches in which there are blocks. The blocks are sorted by address, and may overlap. */
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

/** Cuts the memory that contains the blocks of all moments into cells. */
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
  /** The class of a block, and the number of classes. */
  readonly kindOf: (block: number) => number;
  readonly kinds: number;
  /** The number of blocks that each given block represents. */
  readonly weight: number;
}

/** Computes the content of a grid's cells at the moment of the blocks. */
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

/** The cell that contains an address; if none does, the last cell before the address, or else the first cell. */
export function cellOf(cells: readonly Cell[], address: number): number {
  const starts = Float64Array.from(cells, (cell) => cell.address);
  const at = lowerBound(starts, address + 1) - 1;
  return Math.max(0, at);
}
