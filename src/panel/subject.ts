// A heap, as a panel looks at it. All answers are promises, because the heap may be in another thread (remote.ts).

import type { HeapStats } from "../alloc/stats.js";
import type { CoreHeap } from "../heap/core-heap.js";
import { buildPage } from "../page/build.js";
import { DOMAIN_NUMBERS, heapShape, withShape } from "../page/heap-shape.js";
import type { PageData } from "../page/model.js";
import { Spans } from "../page/spans.js";
import { NO_LIMIT } from "../pressure/policy.js";
import type { SnapshotOptions, SnapshotSummary } from "../snapshot/take.js";
import type { Recorder } from "../trace/recorder.js";

/** What the panel needs of a heap: a `Heap`, or a `PythonHeap`, has it. */
export interface PanelHeap extends Pick<CoreHeap, "stats" | "walk" | "trace" | "limit"> {
  get softLimit(): number;
  set softLimit(bytes: number | undefined);
  snapshot(options: SnapshotOptions): SnapshotSummary;
}

/** The heap's figures at a moment. */
export interface Look {
  readonly stats: HeapStats;
  readonly limit: number;
  readonly softLimit: number;
}

export type Limits = Partial<Record<"limit" | "softLimit", number | undefined>>;
export type Pieces = Uint8Array<ArrayBuffer>[];

export interface Subject {
  look(): Promise<Look>;
  /** Its arenas, pools, and blocks in pools. */
  layout(): Promise<PageData>;
  /**
   * Sets the limits that are named. An undefined `limit` means that there is none; if `softLimit` is undefined, the heap's policy
   * derives it from `limit`.
   */
  setLimits(limits: Limits): Promise<void>;
  /** Begins a recording, whose pieces `take` gets. Rejects if the heap is recorded already. */
  record(command: string, take: (piece: Uint8Array<ArrayBuffer>) => void): Promise<void>;
  stop(): Promise<void>;
  /** The bytes of a heap snapshot. */
  snapshot(): Promise<Pieces>;
}

const FACTS = { command: ["heap"], started: "", python: null, sample: 0, problem: null };
/** Milliseconds after which recorded events are passed on, also if nothing happens in the heap meanwhile. */
const FLUSH_EVERY = 400;

/** A heap of this thread. */
export class LocalSubject implements Subject {
  readonly #heap: PanelHeap;
  #recorder: Recorder | undefined;
  #timer: ReturnType<typeof setInterval> | undefined;

  constructor(heap: PanelHeap) {
    this.#heap = heap;
  }

  async look(): Promise<Look> {
    const { limit, softLimit } = this.#heap;
    return { stats: this.#heap.stats(), limit, softLimit };
  }

  async layout(): Promise<PageData> {
    const spans = new Spans();
    spans.function({ name: "heap", file: "", firstLine: 0 });
    spans.node(0, 1, 0);
    const shape = heapShape({
      stats: () => this.#heap.stats(),
      walk: (visit) =>
        this.#heap.walk((item) => {
          if (item.kind === "block" && item.used) {
            spans.baseBlock(item.address, item.size, DOMAIN_NUMBERS[item.domain], 1);
          }
          visit(item);
        }),
    });
    return withShape(buildPage(spans, FACTS), shape);
  }

  async setLimits(limits: Limits): Promise<void> {
    if ("limit" in limits) this.#heap.limit = limits.limit ?? NO_LIMIT;
    if ("softLimit" in limits) this.#heap.softLimit = limits.softLimit;
  }

  async record(command: string, take: (piece: Uint8Array<ArrayBuffer>) => void): Promise<void> {
    const pieces: Pieces = [];
    this.#recorder = this.#heap.trace({
      command: [command],
      flushEvery: FLUSH_EVERY,
      readBack: () => pieces,
      write: (bytes) => {
        const piece = bytes.slice();
        pieces.push(piece);
        take(piece);
      },
    });
    this.#timer = setInterval(() => this.#recorder?.flush(), FLUSH_EVERY);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const recorder = this.#recorder;
    this.#recorder = undefined;
    recorder?.stop();
  }

  async snapshot(): Promise<Pieces> {
    const pieces: Pieces = [];
    this.#heap.snapshot({ write: (bytes) => void pieces.push(bytes.slice()) });
    return pieces;
  }
}
