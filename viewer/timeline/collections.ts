// Runs of the cycle collector on the timeline: a mark at the bottom for each, or for several that are close together,
// higher for an older generation; and their results in words.

import type uPlot from "uplot";
import type { CollectionPoint } from "../../src/trace/collections.js";
import type { Colors } from "../theme.js";
import { count, time as timeWords } from "../words.js";

const MICROSECONDS = 1e6;
/** The height of a mark by generation, in pixels. */
const HEIGHTS = [5, 9, 14];

/** Draws the marks over the plot. */
export function drawCollections(plot: uPlot, points: readonly CollectionPoint[], colors: Colors): void {
  const { ctx } = plot;
  const { top, height } = plot.bbox;
  const scale = devicePixelRatio;
  ctx.save();
  ctx.fillStyle = colors.get("collection");
  for (const { time: at, generation } of points) {
    const x = plot.valToPos(at / MICROSECONDS, "x", true);
    if (x < plot.bbox.left) continue;
    const mark = (HEIGHTS[generation] ?? Math.max(...HEIGHTS)) * scale;
    ctx.globalAlpha = generation === 0 ? 0.55 : 1;
    ctx.fillRect(Math.round(x - scale / 2), top + height - mark, Math.max(1, Math.round(1.5 * scale)), mark);
  }
  ctx.restore();
}

interface Sums {
  readonly count: number;
  readonly duration: number;
  readonly collected: number;
}

function sumUp(points: readonly CollectionPoint[]): Sums {
  const sum = (field: keyof Sums) => points.reduce((total, point) => total + point[field], 0);
  return { count: sum("count"), duration: sum("duration"), collected: sum("collected") };
}

const some = (n: number, what: string) => `${count(n)} ${what}${n === 1 ? "" : "s"}`;

/** The collections in a stretch of time, in words: "58 garbage collections, 12.3 ms". */
export function collectionWords(points: readonly CollectionPoint[], from: number, to: number): string {
  const { count: runs, duration } = sumUp(points.filter(({ time: at }) => at >= from && at <= to));
  return runs === 0 ? "no garbage collections" : `${some(runs, "garbage collection")}, ${timeWords(duration)}`;
}

/** The collections at a time, or at most `reach` away from it, in words; "" if there were none. */
export function collectionAt(points: readonly CollectionPoint[], time: number, reach: number): string {
  const near = points.filter(({ time: at }) => Math.abs(at - time) <= reach);
  if (near.length === 0) return "";
  const { count: runs, duration, collected } = sumUp(near);
  const oldest = Math.max(...near.map(({ generation }) => generation));
  const what = runs === 1 ? `generation ${oldest} collected` : `${count(runs)} collections, up to generation ${oldest}`;
  return ` · ${what} in ${timeWords(duration)}, ${some(collected, "object")} found`;
}
