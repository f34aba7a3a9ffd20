// The totals of an aggregated trace: the stacks, the figures of the whole, and the accounts.
//
//   totals   = unit, nodes, JSON of figures and start, sizes, timeline, collections, accounts
//   nodes      count, then for each: its number minus its caller's, function, line
//   sizes ...  count, then records of numbers, each minus the one before, of either sign
//   accounts   count, then for each: node, domain, size class, then bytes and count of each view in the order of VIEWS
//
// Estimates of a sampled trace have fractions: bytes and counts are in units of 1/256, other numbers in units of 1.
// Accounts whose counts are all 0 are omitted, and so are the stacks and functions that only they use.

import { type Measure, type StartMeasures, VIEWS, type View } from "./accounts.js";
import { BrokenContent, ByteReader } from "./bytes.js";
import type { CollectionPoint } from "./collections.js";
import { type Figures, NO_FIGURES } from "./figures.js";
import { COLLECTION, POINT, readNamed, readRecords } from "./records.js";
import type { TimelinePoint } from "./timeline.js";

/** The parts of a trace that are not by stack. */
export interface AggregateWhole {
  readonly figures: Figures;
  readonly sizes: readonly (readonly [size: number, count: number])[];
  readonly timeline: readonly TimelinePoint[];
  readonly collections: readonly CollectionPoint[];
  /**
   * What was allocated before the program, for each view; and when the program began, in microseconds. Absent if the
   * recording began with the program.
   */
  readonly start?: StartMeasures;
  readonly programTime?: number;
}

/** Takes the content of totals. */
export interface TotalsConsumer {
  node(parent: number, functionNumber: number, line: number): void;
  account(node: number, domain: number, sizeClass: number, measures: Readonly<Record<View, Measure>>): void;
  whole(whole: AggregateWhole): void;
}

/** The number of units in a whole, for estimates. */
export const FRACTIONS = 256;

/** Passes the content of totals to `to`: stacks, the whole, accounts. Throws BrokenContent for impossible values. */
export function readTotals(content: Uint8Array, to: TotalsConsumer): void {
  const from = new ByteReader(content);
  const unit = from.number();
  if (unit !== 1 && unit !== FRACTIONS) throw new BrokenContent("its numbers are in no known unit");
  const nodes = from.number();
  for (let node = 1; node <= nodes; node++) {
    const parent = node - from.number();
    if (parent < 0 || parent >= node) throw new BrokenContent("a stack has a caller that is not there");
    to.node(parent, from.number(), from.number());
  }
  const facts = checkFacts(from.json());
  const sizes = readRecords(from, 2).map(([size = 0, count = 0]) => [size, count / unit] as const);
  const timeline = readNamed(from, POINT);
  to.whole({ ...facts, sizes, timeline, collections: readNamed(from, COLLECTION) });
  for (let left = from.number(); left > 0; left--) {
    const [node, domain, sizeClass] = [from.number(), from.number(), from.number()];
    if (node > nodes) throw new BrokenContent("an account has a stack that is not there");
    const measures = Object.fromEntries(
      VIEWS.map((view) => [view, { bytes: from.number() / unit, count: from.number() / unit }]),
    ) as Record<View, Measure>;
    to.account(node, domain, sizeClass, measures);
  }
}

/** Whether a value is an object that has numbers under these names. */
function hasNumbers(value: unknown, names: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  return names.every((name) => typeof (value as Record<string, unknown>)[name] === "number");
}

/** Throws BrokenContent if a field is not there. */
export function checkFacts(value: unknown): Pick<AggregateWhole, "figures" | "start" | "programTime"> {
  const facts = (value ?? {}) as Partial<AggregateWhole>;
  const { figures, start, programTime = 0 } = facts;
  const isWhole =
    hasNumbers(figures, Object.keys(NO_FIGURES)) &&
    (start === undefined || VIEWS.every((view) => hasNumbers(start[view], ["bytes", "count"]))) &&
    typeof programTime === "number";
  if (!isWhole) throw new BrokenContent("its totals lack a field");
  return facts as AggregateWhole;
}
