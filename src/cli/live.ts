// A program that is shown while it runs: takes the messages of its thread, and makes the data of a page at any moment.

import { Arrivals } from "../ground/arrivals.js";
import { buildPage, type ProgramFacts } from "../page/build.js";
import { type HeapShape, withShape } from "../page/heap-shape.js";
import { LIVE_SIZE, LIVE_SPANS } from "../page/live-size.js";
import type { PageData } from "../page/model.js";
import { withSources } from "../page/sources.js";
import { Spans } from "../page/spans.js";
import { Sources } from "../report/sources.js";
import { readTrace } from "../trace/reader.js";
import type { WorkerMessage } from "./protocol.js";
import { sourceFiles } from "./system/source-files.js";

export class LiveProgram {
  readonly #chunks = new Arrivals<Uint8Array>();
  readonly #facts: ProgramFacts;
  readonly #sources: Sources;
  #shape: HeapShape | undefined;
  #isRunning = true;
  readonly #done: Promise<unknown>;
  /** The heap snapshots that were taken while the program ran: how many, the last one's file, and the last problem. */
  readonly snapshots: { count: number; last: string | undefined; problem: string | undefined } = {
    ...{ count: 0, last: undefined, problem: undefined },
  };
  /** The recording so far, summed up. */
  readonly spans = new Spans(LIVE_SPANS);

  constructor(command: readonly string[]) {
    this.#facts = { command, started: new Date().toISOString(), python: null, sample: 0, problem: null };
    this.#sources = new Sources(this.#facts, sourceFiles());
    this.#done = readTrace(this.#chunks, "the recording", this.spans);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  /** Whether the program has begun. Until then, the interpreter starts, and there are no figures of the program. */
  get hasBegun(): boolean {
    return this.spans.hasBegun;
  }

  get shape(): HeapShape | undefined {
    return this.#shape;
  }

  /** Takes a message of the program's thread. */
  take(message: WorkerMessage): void {
    if (message.kind === "trace") this.#chunks.push(message.bytes);
    else if (message.kind === "heap") this.#shape = message.shape;
    else if (message.kind === "snapshot") this.#noteSnapshot(message);
  }

  #noteSnapshot({ file, problem }: { readonly file: string; readonly problem?: string }): void {
    const { snapshots } = this;
    snapshots.problem = problem;
    if (problem !== undefined) return;
    snapshots.count++;
    snapshots.last = file;
  }

  /** Ends the data: there will be no more messages. */
  async end(): Promise<void> {
    this.#chunks.end();
    await this.#done;
    this.#isRunning = false;
  }

  /** The data for a view of the program as it is now. */
  data(): PageData {
    return withShape(buildPage(this.spans, this.#facts, LIVE_SIZE), this.#shape);
  }

  /** The data for a page, which also has lines of source code. */
  page(): PageData {
    return withSources(this.data(), (file) => this.#sources.lines(file));
  }
}
