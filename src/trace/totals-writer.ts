// An aggregated recording: analysed as it goes, and written as totals (totals.ts) when it ends.

import { VIEWS } from "./accounts.js";
import type { Analysis } from "./analysis.js";
import { ByteWriter } from "./bytes.js";
import { EventDecoder } from "./decoder.js";
import type { TraceCollection, TraceEnd, TraceFunction, TraceMetadata } from "./format.js";
import type { AggregateWhole } from "./totals.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

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
