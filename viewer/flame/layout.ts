// The places of the frames of a flame graph: in rows from the top, a frame above its callees. A frame is as wide as its
// share of the zoomed frame.

import type { FlameTree } from "./tree.js";

/** Frames narrower than this, in pixels, are not drawn. */
const LEAST_WIDTH = 0.6;
/** The most levels that are laid out below the zoomed frame. Zooming in shows the levels below. */
export const MOST_LEVELS = 2000;
export const ROW_HEIGHT = 24;

export interface Box {
  readonly frame: number;
  readonly x: number;
  readonly width: number;
  readonly row: number;
}

/**
 * The boxes, by rows. Frames with less than `least`, and frames more than MOST_LEVELS below the zoomed frame, are
 * omitted. Frames above the zoomed frame are as wide as the graph.
 */
export function layOut(tree: FlameTree, zoom: number, width: number, least: number): Box[][] {
  const rows: Box[][] = [];
  const put = (frame: number, x: number, w: number) => {
    const { depth } = tree.at(frame);
    const row = rows[depth] ?? [];
    rows[depth] = row;
    row.push({ frame, x, width: w, row: depth });
  };
  put(0, 0, width);
  for (const frame of tree.path(zoom)) put(frame, 0, width);
  const whole = tree.at(zoom).total || 1;
  const top = tree.at(zoom).depth;
  for (let depth = top; depth < top + MOST_LEVELS; depth++) {
    for (const box of rows[depth] ?? []) {
      let x = box.x;
      for (const child of tree.childrenOf(box.frame)) {
        const { total } = tree.at(child);
        const w = (total / whole) * width;
        if (w < LEAST_WIDTH || total < least) break;
        put(child, x, w);
        x += w;
      }
    }
    if (!rows[depth + 1]) break;
  }
  return rows;
}

/** The box at a place; undefined if there is none. */
export function boxAt(rows: readonly Box[][], x: number, y: number): Box | undefined {
  const row = rows[Math.floor(y / ROW_HEIGHT)] ?? [];
  let low = 0;
  let high = row.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((row[middle]?.x ?? 0) <= x) low = middle + 1;
    else high = middle;
  }
  const box = row[low - 1];
  return box && x < box.x + box.width ? box : undefined;
}
