// The moments that the heap map can show, by number: of each phase (phases.ts) the highest moment and the end. Fewer, if they show too many
// blocks: of each `stride` phases the highest moment and the end.

import { highest, type Stretch } from "./stretches.js";

export const highestOf = (phase: number): number => 2 * phase;
export const endOf = (phase: number): number => 2 * phase + 1;
export const phaseOf = (moment: number): number => moment >>> 1;

export interface Phase extends Stretch {
  readonly firstBirth: number;
  /** Its highest moment of the program's own: what it is compared by, when it was, and births before that. */
  readonly peakRank: number;
  readonly peakTime: number;
  readonly peakBirths: number;
}

/** The moments that there are at a stride, in order. The last phases may be fewer than a stride. */
export function momentsAt(phases: readonly Phase[], stride: number): Uint32Array {
  const moments: number[] = [];
  for (let from = 0; from < phases.length; from += stride) {
    const to = Math.min(from + stride, phases.length);
    moments.push(highestOf(highest(phases, from, to, ({ peakRank }) => peakRank)), endOf(to - 1));
  }
  return Uint32Array.from(moments);
}

/** For each moment up to `end` how many of those given are before it: a block is live at those with indexes [of first, of last + 1). */
export function placesAmong(moments: Uint32Array, end: number): Uint16Array {
  const places = new Uint16Array(end + 1);
  for (const moment of moments) places[moment + 1] = 1;
  for (let moment = 1; moment <= end; moment++) {
    places[moment] = (places[moment] as number) + (places[moment - 1] as number);
  }
  return places;
}
