// What a heap does about pressure: the measures, when they run, and in which order.
//
//   cheap   freeLists      free the blocks that types keep for reuse, and shrink tables to their content
//     |     release        give empty pools, empty arenas and the top back to the platform
//     |     collectYoung   collect garbage among objects that were made recently
//     |     collect        collect all garbage
//     |     compact        move objects together
//   costly  trim           move the heap to a smaller memory: nothing else gives memory back to the system
//
// A policy chooses the measures; ladder.ts runs them, and reports what they gained.

export const MEASURES = ["freeLists", "release", "collectYoung", "collect", "compact", "trim"] as const;
export type MeasureName = (typeof MEASURES)[number];

/**
 * Why measures run: the heap has taken more from the platform than its soft limit; an allocation found no memory; much
 * of the heap is not in use; or the program asked (`heap.relieve`).
 */
export type Reason = "soft limit" | "no memory" | "fragmentation" | "asked";

/** The state of a heap that is under pressure; sizes are in bytes. */
export interface Pressure {
  readonly reason: Reason;
  /** What the heap has from the platform. */
  readonly reserved: number;
  /** Bytes in use: large blocks, and pools with at least one block in use. */
  readonly allocated: number;
  /** NO_LIMIT if there is none. */
  readonly softLimit: number;
  readonly limit: number;
}

export interface Policy {
  /**
   * The share of the heap that may be unused, from 0 to 1. It is checked each time the heap has doubled; if more is
   * unused, measures run. 1: never.
   */
  readonly fragmentation: number;
  /** The soft limit of a heap with this hard limit, unless one was set; NO_LIMIT for none. */
  softLimit(limit: number): number;
  /** The measures to try, in order. They stop as soon as enough is gained. */
  measures(pressure: Pressure): Iterable<MeasureName>;
}

/** No limit: as much as a 32-bit memory can hold. */
export const NO_LIMIT = 0xffff_ffff;

/** Collecting garbage does not help against holes. */
const AGAINST_HOLES: readonly MeasureName[] = ["freeLists", "release", "compact"];

/**
 * All measures, the cheap ones first; a soft limit at seven eighths of the hard one; measures against holes when half
 * of the heap is holes.
 */
export const DEFAULT_POLICY: Policy = {
  fragmentation: 0.5,
  softLimit: (limit) => (limit === NO_LIMIT ? NO_LIMIT : limit - Math.floor(limit / 8)),
  measures: ({ reason }) => (reason === "fragmentation" ? AGAINST_HOLES : MEASURES),
};

/** Throws TypeError if the value is not a policy. */
export function checkPolicy(policy: Policy): void {
  const cannot = (why: string) => new TypeError(`Cannot use this policy: ${why}`);
  if (typeof policy !== "object") throw cannot(`it is a ${typeof policy}`);
  for (const name of ["softLimit", "measures"] as const) {
    if (typeof policy[name] !== "function") throw cannot(`its ${name} is not a function`);
  }
  const { fragmentation } = policy;
  if (!(fragmentation >= 0 && fragmentation <= 1)) throw cannot(`its fragmentation is ${fragmentation}, not 0 to 1`);
}

/** Throws RangeError if no heap has such a measure. */
export function checkMeasure(name: MeasureName): void {
  if (MEASURES.includes(name)) return;
  throw new RangeError(`Cannot run the measure "${name}": the measures are ${MEASURES.join(", ")}`);
}

/** The soft limit of a policy. Throws if the policy is not valid. */
export function softLimitOf(policy: Policy | undefined, limit: number): number {
  if (!policy) return NO_LIMIT;
  checkPolicy(policy);
  const bytes = policy.softLimit(limit);
  if (!(bytes >= 0)) throw new RangeError(`Cannot use the policy's soft limit ${bytes}: not a number of bytes`);
  return Math.min(Math.floor(bytes), NO_LIMIT);
}

/** The names, unless they are not iterable: then it throws TypeError. */
export function namesIn(names: Iterable<MeasureName>): Iterable<MeasureName> {
  if (typeof names?.[Symbol.iterator] === "function") return names;
  throw new TypeError(`Cannot run measures: their names are not iterable: ${names}`);
}
