// The calls of the core back to its host. The core's imports have to be there before the core, and so before the heap: so a heap connects its parts to
// them when it is made, all at once. Until then nobody allocates, and calls do nothing.

import { NULL } from "../ground/address.js";
import type { CoreImports } from "./functions.gen.js";
import { Reentrancy } from "./reentrancy.js";

/** Where the program is, as a number (alloc/faults.ts). */
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

/** Parts of a heap that the core calls. */
export interface AllocatorParts {
  readonly sites: SiteNumbers;
  readonly tracked: TrackedMemory;
  /** The debug hooks have found a fault. */
  onFault(): void;
  /** The heap has passed its watermark. */
  onWatermark(): void;
}

// What PyTraceMalloc_Track answers.
const TRACKED = 0;
const NOT_TRACING = -2;

export type Visitor = (kind: number, address: number, size: number, a: number, b: number) => void;

export class HostCalls<Parts extends AllocatorParts = AllocatorParts> implements CoreImports {
  readonly states = new Reentrancy(() => this.isCoreBusy());
  protected parts: Parts | undefined;
  /** Who looks at the heap now. */
  #visitor: Visitor | undefined;
  /** The recording that is under way. */
  tracer: Tracing | undefined;

  connect(parts: Parts): void {
    this.parts = parts;
  }

  /** Whether the core is in a state in which objects may not move. The allocators alone have none. */
  protected isCoreBusy(): boolean {
    return false;
  }

  /** The visitor gets what a walk over the heap finds. */
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
  readonly watermark = (): void => this.parts?.onWatermark();
  readonly site = (): number =>
    this.states.inOperation(() => this.states.answerOf(() => this.parts?.sites.here() ?? 0, NULL));
  readonly fault = (): void => this.states.inOperation(() => this.parts?.onFault());
  readonly traceFlush = (): void => this.states.inOperation(() => this.tracer?.emptyBuffer());
  readonly traceCode = (code: number): number => this.tracer?.code(code) ?? 0;
  readonly traceLine = (id: number, unit: number): number => this.tracer?.line(id, unit) ?? 0;
  readonly traceStack = (): number => this.tracer?.stack() ?? 0;
  readonly traceNow = (): number => this.tracer?.now() ?? performance.now() * 1000;
  readonly traceGap = (): number => this.tracer?.gap() ?? 1;
  readonly track = (domain: number, block: number, size: number): number =>
    this.parts?.tracked.track(domain >>> 0, block >>> 0, size >>> 0) ? TRACKED : NOT_TRACING;
  readonly untrack = (domain: number, block: number): number =>
    this.parts?.tracked.untrack(domain >>> 0, block >>> 0) ? TRACKED : NOT_TRACING;
}
