// The calls of the core back to its host. These functions must exist before the core, which imports them, and so before
// the heap. So a heap connects its parts to them when it is made, all at once. Until then nothing is allocated, and the
// calls do nothing.

import { NULL } from "../ground/address.js";
import type { CoreImports } from "./functions.gen.js";
import { Reentrancy } from "./reentrancy.js";

/** Where the program is, as a number (alloc/debug-hooks.ts). */
export interface SiteNumbers {
  here(): number;
}

/** What the tracer needs from a recording (trace/recorder.ts). */
export interface Tracing {
  emptyBuffer(): void;
  sumUp(): void;
  code(address: number): number;
  type(address: number): number;
  line(id: number, unit: number): number;
  stack(below: number): number;
  now(): number;
  gap(): number;
}

/**
 * Memory that was not allocated from the heap, and that a module wants to have traced. Both functions return whether
 * memory is traced.
 */
export interface TrackedMemory {
  track(domain: number, block: number, size: number): boolean;
  untrack(domain: number, block: number): boolean;
}

/** Parts of a heap that the core calls. */
export interface AllocatorParts {
  readonly sites: SiteNumbers;
  readonly tracked: TrackedMemory;
  /** The debug hooks, or the raw allocator, have found a fault. */
  onFault(): void;
  /** The heap has passed a mark, or has no memory for an allocation. Returns whether this made room for it. */
  onWatermark(): boolean;
}

// Results of PyTraceMalloc_Track.
const TRACKED = 0;
const NOT_TRACING = -2;

export type Visitor = (kind: number, address: number, size: number, a: number, b: number) => void;

export class HostCalls<Parts extends AllocatorParts = AllocatorParts> implements CoreImports {
  readonly states = new Reentrancy(() => this.isCoreBusy());
  protected parts: Parts | undefined;
  /** The visitor of the walk that is under way. */
  #visitor: Visitor | undefined;
  /** The recording that is under way. */
  tracer: Tracing | undefined;

  connect(parts: Parts): void {
    this.parts = parts;
  }

  /**
   * Whether the core is in a state in which objects must not move. A core with only the allocators has no such state.
   */
  protected isCoreBusy(): boolean {
    return false;
  }

  /** Runs a walk over the heap. The visitor is called with everything that the walk finds. */
  visiting(visitor: Visitor, walk: () => void): void {
    const outer = this.#visitor;
    this.#visitor = visitor;
    try {
      this.states.inOperation(walk);
    } finally {
      this.#visitor = outer;
    }
  }

  readonly visit: Visitor = (kind, address, size, a, b) => this.#visitor?.(kind, address, size, a, b);
  readonly watermark = (): number => Number(this.parts?.onWatermark() ?? false);
  readonly site = (): number =>
    this.states.inOperation(() => this.states.answerOf(() => this.parts?.sites.here() ?? 0, NULL));
  readonly fault = (): void => this.states.inOperation(() => this.parts?.onFault());
  readonly traceFlush = (onlyBatch: number): void =>
    this.states.inOperation(() => (onlyBatch !== 0 ? this.tracer?.sumUp() : this.tracer?.emptyBuffer()));
  readonly traceCode = (code: number): number => this.tracer?.code(code) ?? 0;
  readonly traceType = (type: number): number => this.tracer?.type(type) ?? 0;
  readonly traceLine = (id: number, unit: number): number => this.tracer?.line(id, unit) ?? 0;
  readonly traceStack = (node: number): number => this.tracer?.stack(node) ?? 0;
  readonly traceNow = (): number => this.tracer?.now() ?? performance.now() * 1000;
  readonly traceGap = (): number => this.tracer?.gap() ?? 1;
  readonly track = (domain: number, block: number, size: number): number =>
    this.parts?.tracked.track(domain >>> 0, block >>> 0, size >>> 0) ? TRACKED : NOT_TRACING;
  readonly untrack = (domain: number, block: number): number =>
    this.parts?.tracked.untrack(domain >>> 0, block >>> 0) ? TRACKED : NOT_TRACING;
}
