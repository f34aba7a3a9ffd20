// The calls of the core back to its host, which belong to a heap that is made after the core: what they do is filled in then.
//
// While one is under way, the core waits in the middle of something: so who may throw, or do what, is counted here.

import { NULL } from "../ground/address.js";
import type { CoreImports } from "./functions.gen.js";

/** Where the program is, as a number (alloc/debug-hooks.ts). */
export interface SiteNumbers {
  here(): number;
}

/** What the tracer asks a recording (trace/recorder.ts) for. */
export interface Tracing {
  emptyBuffer(): void;
  code(address: number): number;
  line(id: number, unit: number): number;
  stack(): number;
  now(): number;
  gap(): number;
}

/** Memory that the heap did not give, which a module wants to be traced. Both answer whether memory is traced. */
export interface TrackedMemory {
  track(domain: number, block: number, size: number): boolean;
  untrack(domain: number, block: number): boolean;
}

// What PyTraceMalloc_Track answers.
const TRACKED = 0;
const NOT_TRACING = -2;

export type Visitor = (kind: number, address: number, size: number, a: number, b: number) => void;

/** The calls of the core back to its host, which belong to a heap that is made after the core. */
export class HostCalls implements CoreImports {
  visitor: Visitor | undefined;
  sites: SiteNumbers | undefined;
  onFault: (() => void) | undefined;
  tracer: Tracing | undefined;
  tracked: TrackedMemory | undefined;
  onWatermark: (() => void) | undefined;
  /** How many calls of the core to code of the program are under way that it makes in the middle of an operation: nothing may move or go. */
  outside = 0;

  /** How many calls of the core to code of the program are under way: its instance can't be replaced meanwhile. */
  nested = 0;

  /** Runs code of the program's in the middle of an operation: an allocator, a visitor, what says where the program is. */
  amid<T>(run: () => T): T {
    this.outside++;
    try {
      return run();
    } finally {
      this.outside--;
    }
  }

  /** Runs code of the program's that the core waits for. */
  nest<T>(run: () => T): T {
    this.nested++;
    try {
      return run();
    } finally {
      this.nested--;
    }
  }

  /** Reports that wait for the end of what can't be left half done; undefined: nothing of the kind is under way. */
  #waiting: (() => void)[] | undefined;

  /** Runs what can't be left half done: what may throw meanwhile, and is put off, comes when it is over. */
  uninterrupted<T>(run: () => T): T {
    const outer = this.#waiting;
    this.#waiting = [];
    try {
      return run();
    } finally {
      const reports = this.settle();
      this.#waiting = outer;
      for (const report of reports) report();
    }
  }

  /** From now on reports are put off, until somebody settles. False if they are already: that is somebody else's, then. */
  protected hold(): boolean {
    if (this.#waiting) return false;
    this.#waiting = [];
    return true;
  }

  /** What was put off is the caller's to report. */
  protected settle(): readonly (() => void)[] {
    const waiting = this.#waiting ?? [];
    this.#waiting = undefined;
    return waiting;
  }

  /** Runs code of the program's, in which nothing is put off, in the middle of what can't be left. */
  protected apart<T>(run: () => T): T {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    try {
      return run();
    } finally {
      this.#waiting = waiting;
    }
  }

  /** False if nothing is under way that can't be left: then the caller reports at once. */
  putOff(report: () => void): boolean {
    this.#waiting?.push(report);
    return this.#waiting !== undefined;
  }

  /** What the program's code answers; NULL if it throws where nothing may be thrown: that is put off. */
  answerOf(run: () => number | undefined): number | undefined {
    try {
      return run();
    } catch (error) {
      const isPutOff = this.putOff(() => {
        throw error;
      });
      if (!isPutOff) throw error;
      return NULL;
    }
  }

  readonly visit: Visitor = (kind, address, size, a, b) => this.visitor?.(kind, address, size, a, b);
  readonly watermark = (): void => this.onWatermark?.();
  readonly site = (): number => this.amid(() => this.answerOf(() => this.sites?.here()) ?? 0);
  readonly fault = (): void => this.amid(() => this.onFault?.());
  readonly traceFlush = (): void => this.amid(() => this.tracer?.emptyBuffer());
  readonly traceCode = (code: number): number => this.tracer?.code(code) ?? 0;
  readonly traceLine = (id: number, unit: number): number => this.tracer?.line(id, unit) ?? 0;
  readonly traceStack = (): number => this.tracer?.stack() ?? 0;
  readonly traceNow = (): number => this.tracer?.now() ?? performance.now() * 1000;
  readonly traceGap = (): number => this.tracer?.gap() ?? 1;
  readonly track = (domain: number, block: number, size: number): number =>
    this.tracked?.track(domain >>> 0, block >>> 0, size >>> 0) ? TRACKED : NOT_TRACING;
  readonly untrack = (domain: number, block: number): number =>
    this.tracked?.untrack(domain >>> 0, block >>> 0) ? TRACKED : NOT_TRACING;
}
