// Recordings of the allocations of a heap's program: traces, and tracemalloc.

import type { AllocatorHooks } from "../alloc/hooks.js";
import { type ElementType, TypedBlock } from "../alloc/typed-block.js";
import type { Core } from "../core/core.js";
import type { HostCalls } from "../core/host-calls.js";
import type { Words } from "../core/memory-words.js";
import type { PyObject } from "../objects/handles/object.js";
import type { Base } from "../trace/base.js";
import type { TraceMetadata } from "../trace/format.js";
import { type BlockStacks, stacksAtEnd } from "../trace/live-stacks.js";
import { Recorder, type RecordOptions, type StackSource } from "../trace/recorder.js";
import { StartTally } from "../trace/start-tally.js";
import { Sums } from "../trace/sums.js";
import { SumsWriter } from "../trace/sums-writer.js";
import { TotalsWriter } from "../trace/totals-writer.js";
import { type TraceOutput, type TraceSink, TraceWriter } from "../trace/writer.js";
import { Tracemalloc } from "../tracemalloc/tracemalloc.js";

export interface TraceOptions extends RecordOptions {
  /**
   * Takes the bytes of the trace, in order. They are valid only during the call. An error that it throws ends the
   * recording.
   */
  readonly write: TraceSink;
  /**
   * Whether to write no events, but at the end of the recording their sums by stack and the peak: a small file.
   * `"continuously"` is for a reader in another thread, which writes the file: `write` gets the new sums whenever it would
   * get events. Of a sampled recording, that reader gets the events.
   */
  readonly aggregate?: boolean | "continuously" | undefined;
  /**
   * Returns all bytes that `write` has taken so far, in pieces of any size, each in memory of its own. With this, a
   * snapshot of the heap that is taken during the recording has the stack of each object's allocation. It can't be
   * combined with `aggregate`.
   */
  readonly readBack?: (() => Iterable<Uint8Array>) | undefined;
}

/**
 * What was allocated: a block's address, a typed block, an object's handle, or, in a Python guest, an object's id().
 */
export type Traceable = number | TypedBlock<ElementType> | PyObject;

/** The differences between heaps, as far as recordings need them. */
export interface TracedSide {
  /** The source of the stacks in a trace. */
  stackSource(): StackSource;
  /** The address of an object; undefined if it is not an object. */
  addressOf(object: Traceable): number | undefined;
  /** Reports runs of the heap's cycle collector to a recording while it runs. Returns a function that ends this. */
  watchCollections(recorder: Recorder): () => void;
  /**
   * Tells the tracer what it can't see of the program's stack, while a recording runs. Returns a function that ends
   * this.
   */
  watchStack(): () => void;
  /** Throws if a recording would not see what the program allocates. */
  checkTraceable(): void;
  /** To be called when the allocators in the domains have changed. */
  domainsChanged(): void;
}

export class Recordings {
  readonly #core: Core;
  readonly #words: Words;
  readonly #calls: HostCalls;
  readonly #hooks: AllocatorHooks;
  readonly #side: TracedSide;
  readonly tracemalloc: Tracemalloc<Traceable>;
  /** The recording that runs, if it can be read back. */
  #readable: { readonly recorder: Recorder; readonly readBack: () => Iterable<Uint8Array> } | undefined;

  constructor(core: Core, words: Words, calls: HostCalls, hooks: AllocatorHooks, side: TracedSide) {
    this.#core = core;
    this.#words = words;
    this.#calls = calls;
    this.#hooks = hooks;
    this.#side = side;
    this.tracemalloc = new Tracemalloc<Traceable>({
      record: (output) => this.#record({ collections: false }, () => output),
      frames: () => side.stackSource().frames?.() ?? [],
      placeOf: (object) => this.#placeOf(object),
    });
  }

  /** Whether a recording is under way. */
  get isRunning(): boolean {
    return this.#calls.tracer !== undefined;
  }

  tallyStart(earlier?: Base): StartTally {
    if (this.isRunning)
      throw new Error("Cannot count what the interpreter allocates to start: a recording is under way");
    return new StartTally(this.#core, this.#hooks, () => this.#side.domainsChanged(), earlier);
  }

  trace({ write, aggregate = false, readBack, ...options }: TraceOptions): Recorder {
    if (aggregate && readBack)
      throw new TypeError("Cannot trace with `readBack` and `aggregate`: a recording of totals can't be read back");
    const recorder = this.#record(options, (metadata) => {
      // The events of a sampled recording are few, and have fractions as their weights.
      const sums = aggregate && options.sample === undefined ? new Sums() : undefined;
      if (sums) return new SumsWriter(write, metadata, sums, aggregate === "continuously");
      return aggregate === true ? new TotalsWriter(write, metadata) : new TraceWriter(write, metadata);
    });
    this.#readable = readBack && { recorder, readBack };
    return recorder;
  }

  /**
   * Where the live blocks were allocated, from tracemalloc, or from a recording that can be read back; undefined if
   * neither runs.
   */
  liveStacks(): BlockStacks | undefined {
    if (!this.isRunning) this.#readable = undefined;
    if (!this.#readable) return this.tracemalloc.liveStacks();
    this.#readable.recorder.flush();
    return stacksAtEnd(this.#readable.readBack());
  }

  #record(options: RecordOptions, makeOutput: (metadata: TraceMetadata) => TraceOutput): Recorder {
    const side = this.#side;
    const { start } = options;
    if (this.isRunning) throw new Error("Cannot trace: a recording is under way");
    side.checkTraceable();
    const source = side.stackSource();
    let ends: (() => void)[] = [];
    const recorder = new Recorder(this.#core, this.#words, this.#calls, source, options, makeOutput, (isRunning) => {
      side.domainsChanged();
      for (const end of ends) end();
      ends = [];
      if (!isRunning) return;
      ends.push(side.watchStack());
      if (options.collections !== false) ends.push(side.watchCollections(recorder));
    });
    start?.end();
    recorder.start();
    return recorder;
  }

  #placeOf(object: Traceable): number {
    if (typeof object === "number") return object;
    if (object instanceof TypedBlock) return object.address;
    const address = this.#side.addressOf(object);
    if (address === undefined) throw new TypeError("Cannot say where this object is: it is not on the heap");
    return address;
  }
}
