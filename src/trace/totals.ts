// What is left of the events of an aggregated trace: the stacks, the accounts, and the figures of the whole.
//
//   totals = nodes, accounts, JSON of an AggregateWhole
//   nodes     count, then for each: its number less its caller's, function, line
//   accounts  count, then for each: node, domain, size class, then bytes and count of each view in the order of VIEWS
//
// Estimates of a sampled trace are rounded to whole bytes and blocks.

import { type Measure, type StartMeasures, VIEWS, type View } from "./accounts.js";
import { BrokenContent, ByteReader } from "./bytes.js";
import type { CollectionPoint } from "./collections.js";
import { type Figures, NO_FIGURES } from "./figures.js";
import type { TimelinePoint } from "./timeline.js";

/** What of a trace is not by stack. */
export interface AggregateWhole {
  readonly figures: Figures;
  readonly sizes: readonly (readonly [size: number, count: number])[];
  readonly timeline: readonly TimelinePoint[];
  /** Absent in files of before collections were recorded. */
  readonly collections?: readonly CollectionPoint[];
  /** What of each view is of before the program, and when that began, in microseconds. Absent where the recording began with it. */
  readonly start?: StartMeasures;
  readonly programTime?: number;
}

/** Takes what is in totals. */
export interface TotalsConsumer {
  node(parent: number, functionNumber: number, line: number): void;
  account(node: number, domain: number, sizeClass: number, measures: Readonly<Record<View, Measure>>): void;
  whole(whole: AggregateWhole): void;
}

/** Hands what is in totals to `to`. Throws BrokenContent for what can't be. */
export function readTotals(content: Uint8Array, to: TotalsConsumer): void {
  const from = new ByteReader(content);
  const nodes = from.number();
  for (let node = 1; node <= nodes; node++) {
    const parent = node - from.number();
    if (parent < 0 || parent >= node) throw new BrokenContent("a stack has a caller that is not there");
    to.node(parent, from.number(), from.number());
  }
  for (let left = from.number(); left > 0; left--) {
    const [node, domain, sizeClass] = [from.number(), from.number(), from.number()];
    if (node > nodes) throw new BrokenContent("an account has a stack that is not there");
    const measures = Object.fromEntries(
      VIEWS.map((view) => [view, { bytes: from.number(), count: from.number() }]),
    ) as Record<View, Measure>;
    to.account(node, domain, sizeClass, measures);
  }
  to.whole(checkWhole(from.json()));
}

/** Whether a value is an object that has numbers under these names. */
function hasNumbers(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "number");
}

const COLLECTION: readonly (keyof CollectionPoint)[] = ["time", "generation", "duration", "collected", "count"];
const POINT: readonly (keyof TimelinePoint)[] = ["time", "live", "blocks", "reserved"];

function checkWhole(value: unknown): AggregateWhole {
  const whole = (value ?? {}) as Partial<AggregateWhole>;
  const { figures, sizes, timeline, collections = [], start, programTime = 0 } = whole;
  const isWhole =
    hasNumbers(figures, Object.keys(NO_FIGURES)) &&
    Array.isArray(sizes) &&
    sizes.every((pair) => Array.isArray(pair) && hasNumbers(pair, ["0", "1"])) &&
    Array.isArray(timeline) &&
    timeline.every((point) => hasNumbers(point, POINT)) &&
    Array.isArray(collections) &&
    collections.every((point) => hasNumbers(point, COLLECTION)) &&
    (start === undefined || VIEWS.every((view) => hasNumbers(start[view], ["bytes", "count"]))) &&
    typeof programTime === "number";
  if (!isWhole) throw new BrokenContent("its totals lack a field");
  return whole as AggregateWhole;
}
