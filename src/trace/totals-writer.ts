// An aggregated recording: it is summed up while it runs, and written as totals (totals.ts) when it ends.

import { VIEWS } from "./accounts.js";
import { Analysis } from "./analysis.js";
import { readBase } from "./base.js";
import { ByteWriter } from "./bytes.js";
import { EventDecoder } from "./decoder.js";
import type { TraceCollection, TraceEnd, TraceFunction, TraceMetadata } from "./format.js";
import type { Sums } from "./sums.js";
import { readSums, type TotalsSource } from "./sums-content.js";
import { COLLECTION, FRACTIONS, POINT } from "./totals.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

/**
 * Sums up a recording while it runs, and writes the totals when it ends. With `sums`, these sum up the events. Without,
 * as for a sampled recording, the events are analysed.
 */
export class TotalsWriter implements TraceOutput {
  readonly sums: Sums | undefined;
  readonly #writer: TraceWriter;
  readonly #decoder = new EventDecoder();
  readonly #analysis = new Analysis();

  constructor(write: TraceSink, metadata: TraceMetadata, sums: Sums | undefined) {
    this.sums = sums;
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
    const summed = this.sums && readSums(this.sums.content(), this.#analysis);
    writeTotals(this.#writer, summed ?? this.#analysis);
    this.#writer.end({ ...end, events: summed?.events ?? this.#decoder.events });
  }
}

/** A writer of a trace that has totals. */
export function totalsWriter(write: TraceSink, metadata: TraceMetadata): TraceWriter {
  return new TraceWriter(write, { ...metadata, aggregated: true });
}

/** Writes a recording's totals so far. */
export function writeTotals(writer: TraceWriter, source: TotalsSource): void {
  const kept = new Kept(source);
  writer.functions(kept.functions);
  writer.totals(encodeTotals(source, kept));
}

/** The parts of a recording's sums that are not 0: accounts, their stacks, and the functions of these, with new numbers. */
class Kept {
  readonly accounts: number[] = [];
  /** The nodes of the recording, by their new numbers. */
  readonly nodes: number[] = [0];
  readonly functions: TraceFunction[] = [];
  readonly #nodeOf: Uint32Array;
  readonly #functionOf: Uint32Array;

  constructor({ accounts, tree }: TotalsSource) {
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

function encodeTotals(source: TotalsSource, kept: Kept): Uint8Array {
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
  writeRecords(out, timeline.points, (point) => POINT.map((field) => Math.round(point[field])));
  writeRecords(out, collections.points, (point) => COLLECTION.map((field) => Math.round(point[field])));
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

/** Writes records of numbers, each number as its difference from the one in the record before. */
function writeRecords<T>(out: ByteWriter, records: readonly T[], numbers: (record: T) => readonly number[]): void {
  out.number(records.length);
  let before: readonly number[] = [];
  for (const record of records) {
    const now = numbers(record);
    now.forEach((value, k) => {
      out.signed(value - (before[k] ?? 0));
    });
    before = now;
  }
}
