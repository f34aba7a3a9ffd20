// A program that is looked at while it runs: takes what its thread tells, and has a page's data of it at any moment.

import { buildPage, type ProgramFacts } from "../page/build.js";
import { type HeapShape, withShape } from "../page/heap-shape.js";
import type { PageData } from "../page/model.js";
import { withSources } from "../page/sources.js";
import { Spans } from "../page/spans.js";
import { Sources } from "../report/sources.js";
import { readTrace } from "../trace/reader.js";
import type { WorkerMessage } from "./protocol.js";

/** A live page is made again and again: it has fewer stacks, stretches of time and blocks than a report, and fewer moments for its map. */
const LIVE_SIZE = { mostNodes: 6000, mostBlocks: 500_000 };
const LIVE_SPANS = { mostDeparted: 100_000, mostBuckets: 1024, mostCells: 100_000 };

/** Chunks that come one by one, as a sequence that ends. */
class Chunks implements AsyncIterable<Uint8Array> {
  readonly #waiting: Uint8Array[] = [];
  #wake: () => void = () => undefined;
  #ended = false;

  push(chunk: Uint8Array): void {
    this.#waiting.push(chunk);
    this.#wake();
  }

  end(): void {
    this.#ended = true;
    this.#wake();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    for (;;) {
      const chunk = this.#waiting.shift();
      if (chunk) yield chunk;
      else if (this.#ended) return;
      else {
        await new Promise<void>((done) => {
          this.#wake = done;
        });
      }
    }
  }
}

export class LiveProgram {
  readonly #chunks = new Chunks();
  readonly #facts: ProgramFacts;
  readonly #sources: Sources;
  #shape: HeapShape | undefined;
  #isRunning = true;
  readonly #done: Promise<unknown>;
  /** What can be shown of the program so far. */
  readonly spans = new Spans(LIVE_SPANS);

  constructor(command: readonly string[]) {
    this.#facts = { command, started: new Date().toISOString(), python: null, sample: 0, problem: null };
    this.#sources = new Sources(this.#facts);
    this.#done = readTrace(this.#chunks, "the recording", this.spans);
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get shape(): HeapShape | undefined {
    return this.#shape;
  }

  /** Takes what the program's thread says. */
  take(message: WorkerMessage): void {
    if (message.kind === "trace") this.#chunks.push(message.bytes);
    else if (message.kind === "heap") this.#shape = message.shape;
  }

  /** Nothing more will be told. */
  async end(): Promise<void> {
    this.#chunks.end();
    await this.#done;
    this.#isRunning = false;
  }

  /** What can be shown of the program now. */
  data(): PageData {
    return withShape(buildPage(this.spans, this.#facts, LIVE_SIZE), this.#shape);
  }

  /** The same for a page, which shows lines of source as well. */
  page(): PageData {
    return withSources(this.data(), (file) => this.#sources.lines(file));
  }
}
