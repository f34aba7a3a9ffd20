// The sums of a recording while it runs, for a reader in another thread (feed.ts): stacks and collections as a trace has
// them, and from time to time the sums so far.

import type { TraceCollection, TraceEnd, TraceFunction, TraceMetadata } from "./format.js";
import type { Sums } from "./sums.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

/** After sums that took long to copy, the pause is this many times as long. */
const PAUSE = 20;

export class SumsWriter implements TraceOutput {
  readonly sums: Sums;
  readonly #writer: TraceWriter;
  #next = 0;

  constructor(write: TraceSink, metadata: TraceMetadata, sums: Sums) {
    this.sums = sums;
    this.#writer = new TraceWriter(write, metadata);
  }

  functions(list: readonly TraceFunction[]): void {
    this.#writer.functions(list);
  }

  events(encoded: Uint8Array): void {
    this.#writer.events(encoded);
    if (performance.now() >= this.#next) this.complete();
  }

  /** The sums contain the base. */
  base(): void {}

  collections(list: readonly TraceCollection[]): void {
    this.#writer.collections(list);
  }

  complete(): void {
    const begun = performance.now();
    this.#writer.sumsSoFar(this.sums.content());
    const ended = performance.now();
    this.#next = ended + PAUSE * (ended - begun);
  }

  end(end: TraceEnd): void {
    this.complete();
    this.#writer.end(end);
  }
}
