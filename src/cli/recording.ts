// Records the program, in the thread in which Python runs: to a file; or, as sums, to the main thread, which writes them.
// A program that is shown live is recorded to the main thread as well.

import type { PythonHeap } from "../hosts/python/python-heap.js";
import type { PythonImage } from "../hosts/python/python-image.js";
import { heapShape } from "../page/heap-shape.js";
import { HeapMetrics } from "../profiles/metrics.js";
import { MOST_SAMPLE_BYTES } from "../trace/random.js";
import type { Recorder } from "../trace/recorder.js";
import type { StartTally } from "../trace/start-tally.js";
import { copyTrace, dumpWords, type NoMemory } from "./dump.js";
import { seenAt } from "./folders.js";
import type { RunRequest, TraceRequest, WorkerMessage } from "./protocol.js";
import { viewShared, WORD } from "./shared.js";
import { fileSink, readBack, type Sink } from "./trace-file.js";

/** Milliseconds between two flushes: a process that is killed loses at most the events of this time. */
const FLUSH_EVERY = 1000;
/** The same while the program is shown: the live view is at most this late. */
const LIVE_EVERY = 300;
export const flushEvery = (isLive: boolean): number => (isLive ? LIVE_EVERY : FLUSH_EVERY);

/** The pause after a walk over the heap is this many times the walk's duration, so walks take a twentieth of the time. */
const WALK_PAUSE = 20;

export interface Recording {
  /** Passes on what has been recorded so far. */
  flush(): void;
  /**
   * To be called before the program pauses, for `pause` milliseconds. Flushes if the next flush would be due before the
   * end of the pause. In any case the time is recorded, so that events before and after the pause have their own times.
   */
  flushBefore(pause: number): void;
  /**
   * Begins the program's part: what was allocated until now is the interpreter's. Throws if the program can't be
   * recorded.
   */
  noteProgram(): void;
  /** The program has ended: what follows until `stop` takes no time of the recording. */
  programEnded(): void;
  /** Ends the recording. Throws the first error that occurred. */
  stop(): void;
}

export type Say = (message: WorkerMessage) => void;

/** A sink to the main thread, which also gets what a live view and a server of profiles need besides. */
class WatchedSink implements Sink {
  readonly #looks: readonly (() => WorkerMessage)[];
  readonly #say: Say;
  #next = 0;

  constructor(heap: PythonHeap, { live, served }: Pick<RunRequest, "live" | "served">, say: Say) {
    const metrics = served && new HeapMetrics(heap);
    this.#looks = [
      ...(live ? [() => ({ kind: "heap", shape: heapShape(heap) }) as const] : []),
      ...(metrics ? [() => ({ kind: "metrics", metrics: metrics.now() }) as const] : []),
    ];
    this.#say = say;
  }

  write(bytes: Uint8Array): void {
    this.#say({ kind: "trace", bytes: bytes.slice() });
    this.look();
  }

  /** Looks at the heap, unless that would take too much of the time. */
  look(): void {
    const begun = performance.now();
    if (begun < this.#next) return;
    this.#lookNow();
    const ended = performance.now();
    this.#next = ended + Math.max(LIVE_EVERY, WALK_PAUSE * (ended - begun));
  }

  #lookNow(): void {
    for (const look of this.#looks) this.#say(look());
  }

  close(): void {
    this.#lookNow();
  }
}

/** The most pieces of a recording, of 128 KiB each, that may wait for the main thread. */
const MOST_WAITING = 64;

/** A sink to the main thread, which writes the sums. If too many pieces wait there, the program waits. */
function sumSink(say: Say, words: Int32Array): Sink {
  let said = 0;
  return {
    write: (bytes) => {
      for (;;) {
        const taken = Atomics.load(words, WORD.received);
        if (((said - taken) | 0) < MOST_WAITING) break;
        Atomics.wait(words, WORD.received, taken);
      }
      said = (said + 1) | 0;
      say({ kind: "trace", bytes: bytes.slice() });
    },
    close: () => undefined,
  };
}

/** Where a recording goes: to its file, or, if it is summed up, to the main thread. */
export function traceSink(trace: TraceRequest, shared: SharedArrayBuffer, say: Say): Sink {
  return trace.aggregate ? sumSink(say, viewShared(shared).words) : fileSink(trace);
}

/** Writes the dump that was asked for. If only sums are recorded, the main thread has them, and writes the dump. */
export function dumpTrace(
  { file, aggregate, dump }: TraceRequest,
  noMemory: NoMemory,
  say: Say,
  complain: (what: string) => void,
): void {
  if (dump === undefined) return;
  if (aggregate) say({ kind: "dump", noMemory });
  else complain(dumpWords(noMemory, dump, () => copyTrace(file, dump, noMemory.end)));
}

/** Runs every step, even if others throw. Throws the first error. */
export function endAll(steps: readonly (() => void)[]): void {
  const failures: unknown[] = [];
  for (const step of steps) {
    try {
      step();
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw failures[0];
}

/**
 * If this variable is set, tracemalloc's allocator is in front of the domains when the program begins. A recording can't
 * begin then, so it begins earlier.
 */
const HIDES = "PYTHONTRACEMALLOC";

/**
 * Starts the recording that was asked for; undefined if none was, and `onNoMemory` is not given either. `onNoMemory` is called
 * once, when an allocation first finds no memory. Until the program begins, allocations are only counted, unless the events of
 * the start are asked for. If the heap is an image's, the counts go on from those of the image.
 */
export function startRecording(
  heap: PythonHeap,
  { trace, live, served, program, folder, shared, environment }: RunRequest,
  image: PythonImage | undefined,
  say: Say,
  complain: (what: string) => void,
  onNoMemory?: (bytes: number) => void,
): Recording | undefined {
  const takesOnMemoryError = onNoMemory !== undefined;
  /** Whether nothing is recorded, and only the moment when memory runs out is of interest. */
  const isOnlyTold = trace === undefined && !live && !served;
  if (isOnlyTold && !takesOnMemoryError) return undefined;
  const watched = live || served ? new WatchedSink(heap, { live, served }, say) : undefined;
  const sinks = [...(trace === undefined ? [] : [traceSink(trace, shared, say)]), ...(watched ? [watched] : [])];
  /** A live view and a trace have every event, unless the user wants samples. If there is only a server, it gets samples. */
  const isOnlyServed = trace === undefined && !live && served !== undefined;
  const { kind, target, args } = program;
  const words = { script: [target], code: ["-c", target], module: ["-m", target], wasm: [target] }[kind];
  const below = `${seenAt(folder)}/`;
  const every = flushEvery(live);
  let flushed = performance.now();
  const record = (start?: StartTally) =>
    heap.trace({
      command: [...words, ...args],
      // If only the moment when memory runs out is of interest, as few blocks as possible are sampled: that takes hardly any time.
      sample: isOnlyTold ? MOST_SAMPLE_BYTES : isOnlyServed ? served.sample : trace?.sample,
      aggregate: trace?.aggregate && "continuously",
      types: trace?.types,
      start,
      flushEvery: every,
      readBack: trace && readBack(trace),
      ...((trace?.dump !== undefined || takesOnMemoryError) && {
        onNoMemory: (bytes, end) => {
          if (trace?.dump !== undefined) dumpTrace(trace, { bytes, place: heap.stack.place(), end }, say, complain);
          onNoMemory?.(bytes);
        },
      }),
      // Files below the current folder get relative names, as the user knows them. So two recordings of a program have
      // the same names, whatever folder the program is in.
      nameFile: (file) => (file.startsWith(below) ? file.slice(below.length) : file),
      write: (bytes) => {
        flushed = performance.now();
        for (const sink of sinks) sink.write(bytes);
      },
    });
  const isWhole = trace?.withStart || (environment[HIDES] !== undefined && image === undefined);
  const tally = isWhole || isOnlyTold || isOnlyServed ? undefined : heap.tallyStart(image?.base);
  let recorder: Recorder | undefined = isWhole ? record() : undefined;
  return {
    flush: () => {
      recorder?.flush();
      watched?.look();
    },
    flushBefore: (pause) => {
      if (performance.now() + pause - flushed >= every) recorder?.flush();
      else recorder?.noteTime();
    },
    noteProgram: () => {
      if (recorder) recorder.noteProgram();
      else recorder = record(tally);
    },
    programEnded: () => recorder?.clock.stop(),
    stop: () => endAll([() => recorder?.stop(), ...sinks.map((sink) => () => sink.close())]),
  };
}
