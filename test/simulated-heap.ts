// A heap that consists only of numbers, with a clock that its program and its measures move, so that a ladder's
// behaviour depends on nothing else.

import { Events } from "../src/pressure/events.js";
import { Ladder } from "../src/pressure/ladder.js";
import { DEFAULT_POLICY, type MeasureName, NO_LIMIT, type Policy } from "../src/pressure/policy.js";
import type { Relievable } from "../src/pressure/relief.js";

/** The price of measures in a heap, in milliseconds: for each run, and for each MiB of the heap. */
export type Costs = Readonly<Partial<Record<MeasureName, readonly [fixed: number, perMiB: number]>>>;

export interface SimulatedOptions {
  readonly limit?: number;
  readonly softLimit?: number;
  /** As in CPython: nobody asks for help when an allocation fails, and there are fewer measures. */
  readonly isHelpless?: boolean;
  readonly costs?: Costs;
  readonly policy?: Policy;
  /** A factor by which a run takes longer or shorter than its price. */
  readonly jitter?: () => number;
  /** Milliseconds for which the machine does other work during a run. */
  readonly interruption?: () => number;
}

/** The parts of the heap. */
export type Kind = "live" | "young" | "garbage" | "holes" | "empty";

const MIB = 2 ** 20;
/** What the heap needs for itself. */
const OWN = 100_000;

export class SimulatedHeap implements Relievable {
  readonly limit: number;
  readonly isHelpless: boolean;
  readonly measures = new Map<MeasureName, () => void>();
  readonly ladder: Ladder;
  readonly errors: unknown[] = [];
  readonly events = new Events((error) => this.errors.push(error));
  readonly bytes: Record<Kind, number> = { live: 0, young: 0, garbage: 0, holes: 0, empty: 0 };
  memoryBytes = 0;
  now = 0;
  /** Milliseconds of measures, and of the program's failed attempts. */
  spent = 0;
  failures = 0;
  /** The longest run of each measure. */
  readonly dearest = new Map<MeasureName, number>();
  /** Milliseconds of runs that gained almost nothing: less than 1/64 of the heap. */
  worthless = 0;
  /** The number of runs that gained half of the heap. */
  halves = 0;
  readonly runs = new Map<MeasureName, number>();
  #watermark = NO_LIMIT;
  #lowMark = 0;
  #isPassed = false;

  constructor(options: SimulatedOptions = {}) {
    const { limit = NO_LIMIT, softLimit, isHelpless = false, costs = {}, policy = DEFAULT_POLICY } = options;
    const { jitter = () => 1, interruption = () => 0 } = options;
    this.limit = limit;
    this.isHelpless = isHelpless;
    const effects: Readonly<Partial<Record<MeasureName, () => void>>> = {
      ...(isHelpless ? {} : { freeLists: () => {}, collectYoung: () => this.#free("young") }),
      release: () => this.#set("empty", 0),
      collect: () => {
        this.#free("young");
        this.#free("garbage");
      },
      ...(isHelpless ? {} : { compact: () => this.#set("holes", 0) }),
      trim: () => {
        this.memoryBytes = this.reserved;
      },
    };
    for (const [name, act] of Object.entries(effects) as [MeasureName, () => void][]) {
      const [fixed, perMiB] = costs[name] ?? [0.01, 0];
      this.measures.set(name, () => {
        const [before, memory] = [this.reserved, this.memoryBytes];
        const ms = (fixed + (perMiB * before) / MIB) * jitter() + interruption();
        act();
        this.now += ms;
        this.spent += ms;
        this.runs.set(name, (this.runs.get(name) ?? 0) + 1);
        this.dearest.set(name, Math.max(ms, this.dearest.get(name) ?? 0));
        const gained = before - this.reserved;
        if (gained < before / 64 && memory - this.memoryBytes < before / 64) this.worthless += ms;
        if (gained >= before / 2) this.halves++;
      });
    }
    this.ladder = new Ladder(this, this.events, policy, () => this.now);
    if (softLimit !== undefined) this.ladder.softLimit = softLimit;
  }

  get reserved(): number {
    const { live, young, garbage, holes, empty } = this.bytes;
    return OWN + live + young + garbage + holes + empty;
  }

  allocated(): number {
    return this.reserved - this.bytes.empty;
  }

  live(): number {
    return this.allocated() - this.bytes.holes - OWN;
  }

  setMarks(watermark: number, lowMark: number): void {
    this.#watermark = watermark;
    this.#lowMark = lowMark;
  }

  isBusy(): boolean {
    return false;
  }

  report(error: unknown): void {
    this.errors.push(error);
  }

  #set(kind: Kind, bytes: number): void {
    this.bytes[kind] = Math.max(0, bytes);
    this.memoryBytes = Math.max(this.memoryBytes, this.reserved);
    if (this.reserved <= this.#watermark && this.reserved >= this.#lowMark) return;
    this.#pass();
  }

  #pass(): void {
    this.#watermark = NO_LIMIT;
    this.#lowMark = 0;
    this.#isPassed = true;
  }

  #free(kind: "young" | "garbage"): void {
    this.#set(kind, 0);
  }

  // ---- the program ----

  /** The program works for this long. */
  work(ms: number): void {
    this.now += ms;
  }

  free(kind: Kind, bytes: number): void {
    this.#set(kind, this.bytes[kind] - bytes);
    this.#safePoint();
  }

  /** An operation that takes this long, and then requests this many bytes. False: MemoryError. */
  allocate(kind: Kind, bytes: number, ms = 0): boolean {
    const attempt = () => {
      this.now += ms;
      if (this.reserved + bytes > this.limit) return undefined;
      this.#set(kind, this.bytes[kind] + bytes);
      return true;
    };
    let done = attempt();
    if (!done) {
      this.failures++;
      if (this.isHelpless && this.#watermark !== NO_LIMIT) {
        this.ladder.noteShortage();
        this.#pass();
      } else if (!this.isHelpless) {
        done = this.ladder.rescue(() => {
          const again = attempt();
          if (!again) this.spent += ms;
          return again;
        }, bytes);
      }
    }
    this.#safePoint();
    return done ?? false;
  }

  #safePoint(): void {
    if (!this.#isPassed) return;
    this.#isPassed = false;
    this.ladder.passed();
  }
}
