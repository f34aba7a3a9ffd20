// The moments that the heap map can show, as numbers: the highest moment and the end of each phase (phases.ts). If
// these have too many blocks, then the map shows only the highest moment and the end of each group of `stride` phases.

import { highest, type Stretch } from "./stretches.js";

export const highestOf = (phase: number): number => 2 * phase;
export const endOf = (phase: number): number => 2 * phase + 1;
export const phaseOf = (moment: number): number => moment >>> 1;

export interface Phase extends Stretch {
  readonly firstBirth: number;
  /**
   * The highest moment of what the program added: the value by which it is compared, its time, and the number of births
   * before it.
   */
  readonly peakRank: number;
  readonly peakTime: number;
  readonly peakBirths: number;
}

/** The moments at a stride, in order. The last group may have fewer phases than a stride. */
export function momentsAt(phases: readonly Phase[], stride: number): Uint32Array {
  const moments: number[] = [];
  for (let from = 0; from < phases.length; from += stride) {
    const to = Math.min(from + stride, phases.length);
    moments.push(highestOf(highest(phases, from, to, ({ peakRank }) => peakRank)), endOf(to - 1));
  }
  return Uint32Array.from(moments);
}

/**
 * For each moment up to `end`, how many of the given moments are before it. A block that lives from moment `first` to
 * `last` is shown at the given moments with the indexes [result[first], result[last + 1]).
 */
export function placesAmong(moments: Uint32Array, end: number): Uint16Array {
  const places = new Uint16Array(end + 1);
  for (const moment of moments) places[moment + 1] = 1;
  for (let moment = 1; moment <= end; moment++) {
    places[moment] = (places[moment] as number) + (places[moment - 1] as number);
  }
  return places;
}
