// The parts of every heap, wherever its memory is, and the differences between heaps.

import { type FaultHandler, type Locator, Sites, throwFault } from "../alloc/debug-hooks.js";
import { Domains } from "../alloc/domains.js";
import { AllocatorHooks } from "../alloc/hooks.js";
import { stackLocator } from "../alloc/locator.js";
import type { HeapStats, HostFigures } from "../alloc/stats.js";
import { Survey } from "../alloc/survey.js";
import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { AllocatorParts, HostCalls } from "../core/host-calls.js";
import { Words } from "../core/memory-words.js";
import { MEASURE, RELEASE, type Reentrancy } from "../core/reentrancy.js";
import type { Clock } from "../pressure/books.js";
import { Events } from "../pressure/events.js";
import { Ladder } from "../pressure/ladder.js";
import { DEFAULT_POLICY, type MeasureName, type Policy } from "../pressure/policy.js";
import type { Relievable } from "../pressure/relief.js";
import { Recordings, type TracedSide } from "./recordings.js";

export interface CoreHeapOptions {
  /** What to do about a misuse of memory that the heap notices; the default throws a HeapFault. */
  readonly onFault?: FaultHandler | undefined;
  /** Tells where the program is, for the debug hooks' reports. */
  readonly locate?: Locator | undefined;
  /** What to do about pressure. With false, no measure runs by itself. The default runs the measures, the cheap ones first. */
  readonly policy?: Policy | false | undefined;
  /**
   * Measures run when the heap has taken more than this many bytes from the platform; the default depends on the
   * policy.
   */
  readonly softLimit?: number | undefined;
  /** A clock in milliseconds that times the measures; the default is performance.now. */
  readonly clock?: Clock | undefined;
}

/** The differences between heaps. */
export interface HeapSide {
  /** Figures of a host's malloc; null if the memory is the heap's own. */
  hostFigures(): HostFigures | null;
  /** Whether a request that finds no memory fails at once, before measures can run. They then have to run earlier. */
  readonly isHelpless: boolean;
  /** Whether measures can run now. */
  canMeasure(): boolean;
  /** Handles an error that can't be thrown where it happened. */
  unraisable(error: unknown): void;
  /** Frees the blocks that types of objects keep for reuse, and shrinks tables to their content. */
  emptyFreeLists(): void;
  readonly traced: TracedSide;
}

const systemClock: Clock = () => performance.now();

export class Foundation {
  readonly core: Core;
  readonly words: Words;
  readonly states: Reentrancy;
  readonly side: HeapSide;
  readonly domains: Domains;
  readonly hooks: AllocatorHooks;
  readonly survey: Survey;
  readonly recordings: Recordings;
  readonly events: Events;
  /** The measures that this heap has against pressure. */
  readonly measures = new Map<MeasureName, () => void>();
  readonly ladder: Ladder;
  /** The parts that the core calls, except those that depend on the kind of heap. */
  readonly parts: Omit<AllocatorParts, "onWatermark">;

  constructor(core: Core, calls: HostCalls, options: CoreHeapOptions, side: HeapSide) {
    const { onFault = throwFault, locate, policy = DEFAULT_POLICY, softLimit, clock = systemClock } = options;
    this.core = core;
    this.words = new Words(core);
    this.states = calls.states;
    this.side = side;
    this.domains = new Domains(core);
    this.hooks = new AllocatorHooks(core, this.words, calls.states);
    const sites = new Sites(locate ?? stackLocator);
    this.survey = new Survey(core, this.words, calls, sites, onFault);
    this.recordings = new Recordings(core, this.words, calls, this.hooks, side.traced);
    this.events = new Events((error) => side.unraisable(error));
    this.ladder = new Ladder(this.#relievable(), this.events, policy || undefined, clock);
    this.measures.set("release", () => core.functions.relieve_heap());
    if (softLimit !== undefined) this.ladder.softLimit = softLimit;
    this.parts = { sites, tracked: this.recordings.tracemalloc, onFault: () => this.survey.fault() };
  }

  /** A word of the control block. */
  word(offset: number): number {
    return this.words.get(this.core.control + offset);
  }

  setWord(offset: number, value: number): void {
    this.words.set(this.core.control + offset, value);
  }

  /** Bytes that the heap has from the platform now. */
  get reserved(): number {
    return this.word(C.RESERVED_AT);
  }

  stats(): HeapStats {
    return this.survey.stats(this.side.hostFigures());
  }

  /** Gives empty memory back to the platform. Returns the bytes given back. */
  release(): number {
    this.states.must(RELEASE, "release memory");
    this.side.emptyFreeLists();
    return this.core.functions.relieve_heap() >>> 0;
  }

  /** To be called when the core has moved to another memory, with the same content at the same addresses. */
  moved(): void {
    this.domains.moved();
    this.words.refresh();
  }

  #relievable(): Relievable {
    const foundation = this;
    const { core, side } = this;
    return {
      get reserved() {
        return foundation.reserved;
      },
      get limit() {
        return foundation.word(C.LIMIT_AT);
      },
      get memoryBytes() {
        return core.memory.buffer.byteLength;
      },
      measures: this.measures,
      allocated: () =>
        this.word(C.LARGE_AT) - this.word(C.LARGE_BYTES_AT + 4 * C.INTERNAL) + this.word(C.POOLS_AT) * C.POOL_SIZE,
      live: () => {
        const { live, native, escaped } = this.stats().account;
        return live.raw + live.mem + live.object + native + escaped;
      },
      isHelpless: side.isHelpless,
      setMarks: (watermark: number, lowMark: number) => {
        this.setWord(C.WATERMARK_AT, watermark);
        this.setWord(C.LOW_MARK_AT, lowMark);
      },
      isBusy: () => !this.states.may(MEASURE) || !side.canMeasure(),
      report: (error: unknown) => side.unraisable(error),
    };
  }
}
