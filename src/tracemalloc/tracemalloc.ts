// heap.tracemalloc: Python's module of that name, for all programs that allocate on the heap. See
// docs/tracemalloc.md.

import type { BlockStacks } from "../trace/live-stacks.js";
import type { Recorder, StackPlace } from "../trace/recorder.js";
import type { TraceOutput } from "../trace/writer.js";
import { LiveTraces } from "./live-traces.js";
import { Snapshot } from "./snapshot.js";
import type { Traceback } from "./traceback.js";

/** The highest limit for the frames of a traceback. */
const MOST_FRAMES = 65535;

/** The parts of a heap that tracing uses. */
export interface TracedHeap<Traceable> {
  record(output: TraceOutput): Recorder;
  /** Where the program is, from the outermost place to the innermost. */
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
   * Starts to trace blocks, with the `nframe` most recent frames of their stacks, from 1 to 65535. Does nothing if
   * tracing is on already. Throws RangeError for another `nframe`, and Error if a recording is under way.
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

  /** Stops tracing, and forgets all traces. */
  stop(): void {
    const recorder = this.#recorder;
    this.#recorder = undefined;
    this.#live = undefined;
    recorder?.stop();
  }

  isTracing(): boolean {
    return this.#recorder !== undefined;
  }

  /** The traces, including everything that has happened so far. */
  #settled(): LiveTraces | undefined {
    this.#recorder?.flush();
    return this.#live;
  }

  /** @internal Where each live block was allocated; undefined if tracing is off. */
  liveStacks(): BlockStacks | undefined {
    return this.#settled();
  }

  /** A snapshot of what is live now. Throws Error if tracing is off. */
  takeSnapshot(): Snapshot {
    const live = this.#settled();
    if (!live) throw new Error("Cannot take a snapshot: memory is not traced; call start first");
    return new Snapshot(live.traces(), this.#limit);
  }

  /** The bytes of the live traced blocks, and their maximum since `start` or `resetPeak`. */
  getTracedMemory(): TracedMemory {
    const { current = 0, peak = 0 } = this.#settled() ?? {};
    return { current, peak };
  }

  /** Sets the peak to what is live now. */
  resetPeak(): void {
    const live = this.#settled();
    if (live) live.peak = live.current;
  }

  /** Forgets all traces. Blocks that exist now are not traced any more; new ones are. */
  clearTraces(): void {
    this.#settled()?.clear();
  }

  /**
   * PyTraceMalloc_Track: traces a block that was not allocated from the heap, in a domain with a number, as allocated
   * where the program is now. A block that is traced already is counted anew. False if tracing is off.
   */
  track(domain: number, block: number, size: number): boolean {
    this.#settled()?.track(domain, block, size, this.#heap.frames());
    return this.isTracing();
  }

  /** PyTraceMalloc_Untrack: stops tracing the block. False if tracing is off. */
  untrack(domain: number, block: number): boolean {
    this.#settled()?.untrack(domain, block);
    return this.isTracing();
  }

  /** The most frames of a traceback. */
  getTracebackLimit(): number {
    return this.#limit;
  }

  /** The approximate number of bytes that tracing itself takes, on the heap and outside. 0 if tracing is off. */
  getTracemallocMemory(): number {
    const live = this.#settled();
    return (live?.bytes ?? 0) + (this.#recorder?.tablesBytes ?? 0);
  }

  /**
   * Where the memory of an object was allocated. The object is a block's address, a typed block, a handle, or, in a
   * Python guest, an object's id(). undefined if it is not traced: it was allocated before, it does not exist, or tracing is
   * off.
   */
  getObjectTraceback(object: Traceable): Traceback | undefined {
    return this.#settled()?.tracebackOf(this.#heap.placeOf(object));
  }
}
