// The memory from the first block to the last, cut into cells of equal size: 4 KiB, a pool's size, or more if there would be
// too many. Long stretches in which nothing is live are left out.

import { lowerBound, type MapBlocks } from "./blocks.js";

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

/** The cells; `ranges` are parts of memory that are shown even where nothing is in use. */
export function cutCells(blocks: MapBlocks, kindOf: (block: number) => number, kinds: number): Cells {
  const { length, addresses, sizes } = blocks;
  if (length === 0) return { cells: [], bytes: POOL };
  const occupied = occupiedBytes(blocks);
  let bytes = POOL;
  while (occupied / bytes > MOST_CELLS) bytes *= 2;
  const cells: Cell[] = [];
  const sums = new Float64Array(kinds);
  const first = Math.floor((addresses[0] ?? 0) / bytes) * bytes;
  const end = (addresses[length - 1] ?? 0) + (sizes[length - 1] ?? 0);
  let block = 0;
  let gap = false;
  for (let at = first; at < end; at += bytes) {
    const next = addresses[block] ?? end;
    if (next >= at + bytes * (MOST_EMPTY + 1)) {
      at = Math.floor(next / bytes) * bytes;
      gap = true;
    }
    sums.fill(0);
    let used = 0;
    while (block < length && (addresses[block] ?? 0) < at + bytes) {
      const begin = Math.max(addresses[block] ?? 0, at);
      const finish = Math.min((addresses[block] ?? 0) + (sizes[block] ?? 0), at + bytes);
      const kind = kindOf(block);
      sums[kind] = (sums[kind] ?? 0) + finish - begin;
      used += finish - begin;
      if ((addresses[block] ?? 0) + (sizes[block] ?? 0) > at + bytes) break;
      block++;
    }
    cells.push({ address: at, full: used / bytes, kind: sums.indexOf(Math.max(...sums)), gap });
    gap = false;
  }
  return { cells, bytes };
}

function occupiedBytes({ addresses, sizes }: MapBlocks): number {
  let sum = 0;
  let last = addresses[0] ?? 0;
  for (let k = 0; k < addresses.length; k++) {
    const address = addresses[k] ?? 0;
    sum += Math.min(address - last, POOL * MOST_EMPTY) + (sizes[k] ?? 0);
    last = address + (sizes[k] ?? 0);
  }
  return sum;
}

/** The cell that has an address, or the one after it. */
export function cellOf(cells: readonly Cell[], address: number): number {
  const starts = Float64Array.from(cells, (cell) => cell.address);
  const at = lowerBound(starts, address + 1) - 1;
  return Math.max(0, at);
}
