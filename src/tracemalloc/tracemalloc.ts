// heap.tracemalloc: Python's module of that name, for whatever allocates on the heap. docs/tracemalloc.md.

import type { Recorder, StackPlace } from "../trace/recorder.js";
import type { TraceOutput } from "../trace/writer.js";
import { LiveTraces } from "./live-traces.js";
import { Snapshot } from "./snapshot.js";
import type { Traceback } from "./traceback.js";

/** No stack is deeper, for the limit of a traceback. */
const MOST_FRAMES = 65535;

/** What tracing needs of a heap. */
export interface TracedHeap<Traceable> {
  record(output: TraceOutput): Recorder;
  /** Where the program is, from the outermost place inwards. */
  frames(): readonly StackPlace[];
  placeOf(object: Traceable): number;
}

/** Figures of the traced blocks, in bytes. */
export interface TracedMemory {
  readonly current: number;
  readonly peak: number;
}

export class Tracemalloc<Traceable> {
  readonly #heap: TracedHeap<Traceable>;
  #recorder: Recorder | undefined;
  #live: LiveTraces | undefined;
  #limit = 1;

  constructor(heap: TracedHeap<Traceable>) {
    this.#heap = heap;
  }

  /**
   * Blocks are traced from now on, with the `nframe` most recent frames of their stack, from 1 to 65535. If they are
   * already, nothing changes. Throws RangeError for another `nframe`, and Error if a recording is under way.
   */
  start(nframe = 1): void {
    if (!(Number.isInteger(nframe) && nframe >= 1 && nframe <= MOST_FRAMES)) {
      throw new RangeError(`Cannot trace ${nframe} frames: the number must be from 1 to ${MOST_FRAMES}`);
    }
    if (this.#recorder) return;
    const live = new LiveTraces(nframe);
    this.#recorder = this.#heap.record(live);
    this.#live = live;
    this.#limit = nframe;
  }

  /** Blocks are not traced any more, and all traces are forgotten. */
  stop(): void {
    const recorder = this.#recorder;
    this.#recorder = undefined;
    this.#live = undefined;
    recorder?.stop();
  }

  isTracing(): boolean {
    return this.#recorder !== undefined;
  }

  /** The traces, with everything that has happened so far. */
  #settled(): LiveTraces | undefined {
    this.#recorder?.flush();
    return this.#live;
  }

  /** What is live now. Throws Error if blocks are not traced. */
  takeSnapshot(): Snapshot {
    const live = this.#settled();
    if (!live) throw new Error("Cannot take a snapshot: memory is not traced; call start first");
    return new Snapshot(live.traces(), this.#limit);
  }

  /** Bytes of the traced blocks that are live, and the most that were since `start` or `resetPeak`. */
  getTracedMemory(): TracedMemory {
    const { current = 0, peak = 0 } = this.#settled() ?? {};
    return { current, peak };
  }

  /** The peak is what is live now. */
  resetPeak(): void {
    const live = this.#settled();
    if (live) live.peak = live.current;
  }

  /** All traces are forgotten. Blocks that are there are not traced any more; those that come are. */
  clearTraces(): void {
    this.#settled()?.clear();
  }

  /**
   * PyTraceMalloc_Track: a block of memory that the heap did not give counts from now on, in a domain of its own number, for where the program
   * is; one that did already counts anew. False if blocks are not traced.
   */
  track(domain: number, block: number, size: number): boolean {
    this.#settled()?.track(domain, block, size, this.#heap.frames());
    return this.isTracing();
  }

  /** PyTraceMalloc_Untrack: the block does not count any more, if it did. False if blocks are not traced. */
  untrack(domain: number, block: number): boolean {
    this.#settled()?.untrack(domain, block);
    return this.isTracing();
  }

  /** How many frames a traceback has at most. */
  getTracebackLimit(): number {
    return this.#limit;
  }

  /** Bytes that tracing takes itself, about: on the heap and outside. 0 if nothing is traced. */
  getTracemallocMemory(): number {
    const live = this.#settled();
    return (live?.bytes ?? 0) + (this.#recorder?.tablesBytes ?? 0);
  }

  /**
   * Where the memory of an object was allocated: a block's address, a typed block, a handle, or in a Python guest an object's
   * id(). undefined if it is not traced: it was there before, or there is none.
   */
  getObjectTraceback(object: Traceable): Traceback | undefined {
    return this.#settled()?.tracebackOf(this.#heap.placeOf(object));
  }
}
