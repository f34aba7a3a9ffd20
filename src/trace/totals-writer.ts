// The aggregated recording of samples: it is summed up while it runs, and written as totals (totals.ts) when it ends.

import { VIEWS } from "./accounts.js";
import { Analysis } from "./analysis.js";
import { readBase } from "./base.js";
import { ByteWriter } from "./bytes.js";
import { EventDecoder } from "./decoder.js";
import type { TraceCollection, TraceEnd, TraceFunction, TraceMetadata } from "./format.js";
import { COLLECTION, POINT, writeNamed, writeRecords } from "./records.js";
import { FRACTIONS } from "./totals.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

export class TotalsWriter implements TraceOutput {
  readonly #writer: TraceWriter;
  readonly #decoder = new EventDecoder();
  readonly #analysis = new Analysis({ byType: true });

  constructor(write: TraceSink, metadata: TraceMetadata) {
    this.#writer = totalsWriter(write, metadata);
    this.#analysis.metadata(metadata);
  }

  functions(list: readonly TraceFunction[]): void {
    for (const f of list) this.#analysis.function(f);
  }

  events(encoded: Uint8Array): void {
    this.#decoder.decode(encoded, this.#analysis);
  }

  base(encoded: Uint8Array): void {
    readBase(encoded, this.#analysis);
  }

  collections(list: readonly TraceCollection[]): void {
    for (const collection of list) this.#analysis.collection(collection);
  }

  end(end: TraceEnd): void {
    writeTotals(this.#writer, this.#analysis);
    this.#writer.end({ ...end, events: this.#decoder.events });
  }
}

/** A writer of a trace that has totals. */
export function totalsWriter(write: TraceSink, metadata: TraceMetadata): TraceWriter {
  return new TraceWriter(write, { ...metadata, aggregated: true });
}

/** Writes a recording's totals so far. */
export function writeTotals(writer: TraceWriter, source: Analysis): void {
  const kept = new Kept(source);
  writer.functions(kept.functions);
  writer.totals(encodeTotals(source, kept));
}

/**
 * What totals keep: the accounts (accounts.ts) that are not 0 in every view, the nodes of their stacks, and the functions of
 * those. Nodes and functions get new numbers.
 */
class Kept {
  readonly accounts: number[] = [];
  /** The nodes of the recording, by their new numbers. */
  readonly nodes: number[] = [0];
  readonly functions: TraceFunction[] = [];
  readonly #nodeOf: Uint32Array;
  readonly #functionOf: Uint32Array;

  constructor({ accounts, tree }: Analysis) {
    this.#nodeOf = new Uint32Array(tree.length);
    this.#functionOf = new Uint32Array(tree.functions.length);
    const isNeeded = new Uint8Array(tree.length);
    for (let account = 0; account < accounts.length; account++) {
      if (!VIEWS.some((view) => accounts.read(view, account).count !== 0)) continue;
      this.accounts.push(account);
      for (let node = accounts.nodes.at(account); node !== 0 && !isNeeded[node]; node = tree.parent(node))
        isNeeded[node] = 1;
    }
    for (let node = 1; node < tree.length; node++) {
      if (!isNeeded[node]) continue;
      this.#nodeOf[node] = this.nodes.push(node) - 1;
      const number = tree.functionNumber(node);
      this.#functionOf[number] ||= this.functions.push(tree.functions[number] as TraceFunction);
    }
  }

  nodeOf(node: number): number {
    return this.#nodeOf[node] as number;
  }

  functionOf(number: number): number {
    return this.#functionOf[number] as number;
  }
}

function encodeTotals(source: Analysis, kept: Kept): Uint8Array {
  const { tree, accounts, figures, sizes, timeline, collections, start, programTime, sample } = source;
  const unit = sample > 0 ? FRACTIONS : 1;
  const out = new ByteWriter();
  const estimate = (value: number) => out.number(Math.max(0, Math.round(value * unit)));
  out.number(unit);
  out.number(kept.nodes.length - 1);
  kept.nodes.forEach((node, number) => {
    if (number === 0) return;
    out.number(number - kept.nodeOf(tree.parent(node)));
    out.number(kept.functionOf(tree.functionNumber(node)));
    out.number(tree.line(node));
  });
  out.text(JSON.stringify({ figures, ...(programTime !== undefined && { start, programTime }) }));
  writeRecords(out, [...sizes], ([size, count]) => [size, Math.round(count * unit)]);
  writeNamed(out, POINT, timeline.points);
  writeNamed(out, COLLECTION, collections.points);
  out.number(kept.accounts.length);
  for (const account of kept.accounts) {
    out.number(kept.nodeOf(accounts.nodes.at(account)));
    out.number(accounts.domain(account));
    out.number(accounts.sizeClass(account));
    for (const view of VIEWS) {
      const { bytes, count } = accounts.read(view, account);
      estimate(bytes);
      estimate(count);
    }
  }
  return out.written;
}
