// An aggregated recording: its stacks as a trace has them, and its sums.

import { Collections } from "./collections.js";
import {
  TRACE_VERSION,
  type TraceCollection,
  type TraceEnd,
  type TraceFunction,
  type TraceMetadata,
} from "./format.js";
import type { Sums } from "./sums.js";
import { encodeSums } from "./sums-content.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "./writer.js";

/** The pause after the sums were written is this many times as long as writing them took. */
const PAUSE = 20;

/**
 * Writes the sums when the recording ends. With `isContinuous`, it also writes the sums so far from time to time, for a reader
 * that keeps only the newest ones.
 */
export class SumsWriter implements TraceOutput {
  readonly sums: Sums;
  readonly #writer: TraceWriter;
  readonly #isContinuous: boolean;
  readonly #collections = new Collections();
  #next = 0;

  constructor(write: TraceSink, metadata: TraceMetadata, sums: Sums, isContinuous: boolean) {
    this.sums = sums;
    this.#isContinuous = isContinuous;
    this.#writer = new TraceWriter(write, { ...metadata, aggregated: true }, TRACE_VERSION);
  }

  functions(list: readonly TraceFunction[]): void {
    this.#writer.functions(list);
  }

  events(encoded: Uint8Array): void {
    if (encoded.length > 0) this.#writer.events(encoded);
    if (performance.now() >= this.#next) this.complete();
  }

  /** The sums contain the base. */
  base(): void {}

  collections(list: readonly TraceCollection[]): void {
    for (const collection of list) this.#collections.add(collection);
  }

  complete(): void {
    if (!this.#isContinuous) return;
    const begun = performance.now();
    this.#writeSums();
    const ended = performance.now();
    this.#next = ended + PAUSE * (ended - begun);
  }

  #writeSums(): void {
    this.#writer.writeSums(encodeSums(this.sums.content(), this.#collections.points));
  }

  end(end: TraceEnd): void {
    this.#writeSums();
    this.#writer.end({ ...end, events: this.sums.events });
  }
}
