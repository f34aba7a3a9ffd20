// What is left of the events of an aggregated trace: the stacks, the accounts, and the figures of the whole.
//
//   totals = nodes, accounts, JSON of an AggregateWhole
//   nodes     count, then for each: its number less its caller's, function, line
//   accounts  count, then for each: node, domain, size class, then bytes and count of each view in the order of VIEWS
//
// Estimates of a sampled trace are rounded to whole bytes and blocks.

import { type Measure, VIEWS, type View } from "./accounts.js";
import type { Analysis, StartMeasures } from "./analysis.js";
import { BrokenContent, ByteReader, ByteWriter } from "./bytes.js";
import type { CollectionPoint } from "./collections.js";
import { EventDecoder } from "./decoder.js";
import { type Figures, NO_FIGURES } from "./figures.js";
import type { TraceCollection, TraceEnd, TraceFunction, TraceMetadata } from "./format.js";
import type { TimelinePoint } from "./timeline.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

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

/** Analyses a recording as it goes, and writes what came of it when it ends. */
export class TotalsWriter implements TraceOutput {
  readonly #writer: TraceWriter;
  readonly #decoder = new EventDecoder();
  readonly #analysis: Analysis;

  constructor(write: TraceSink, metadata: TraceMetadata, analysis: Analysis) {
    this.#writer = new TraceWriter(write, { ...metadata, aggregated: true });
    this.#analysis = analysis;
    analysis.metadata(metadata);
  }

  functions(list: readonly TraceFunction[]): void {
    for (const f of list) this.#analysis.function(f);
  }

  events(encoded: Uint8Array): void {
    this.#decoder.decode(encoded, this.#analysis);
  }

  collections(list: readonly TraceCollection[]): void {
    for (const collection of list) this.#analysis.collection(collection);
  }

  end(end: TraceEnd): void {
    this.#writer.functions(this.#analysis.tree.functions.slice(1));
    this.#writer.totals(encodeTotals(this.#analysis));
    this.#writer.end({ ...end, events: this.#decoder.events });
  }
}

function encodeTotals({
  tree,
  accounts,
  figures,
  sizes,
  timeline,
  collections,
  start,
  programTime,
}: Analysis): Uint8Array {
  const out = new ByteWriter();
  out.number(tree.length - 1);
  for (let node = 1; node < tree.length; node++) {
    out.number(node - tree.parent(node));
    out.number(tree.functionNumber(node));
    out.number(tree.line(node));
  }
  out.number(accounts.length);
  for (let account = 0; account < accounts.length; account++) {
    out.number(accounts.nodes.at(account));
    out.number(accounts.domain(account));
    out.number(accounts.sizeClass(account));
    for (const view of VIEWS) {
      const { bytes, count } = accounts.read(view, account);
      out.number(Math.max(0, Math.round(bytes)));
      out.number(Math.max(0, Math.round(count)));
    }
  }
  const whole: AggregateWhole = {
    figures,
    sizes: [...sizes],
    timeline: timeline.points,
    collections: collections.points,
    ...(programTime !== undefined && { start, programTime }),
  };
  out.text(JSON.stringify(whole));
  return out.written;
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
