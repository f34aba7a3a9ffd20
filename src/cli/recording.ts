// The recording of a program, in the thread that Python lives in: to a file, and to a main thread that shows it live.

import { closeSync, openSync } from "node:fs";
import type { PythonHeap } from "../hosts/python-heap.js";
import { heapShape } from "../page/heap-shape.js";
import type { Recorder } from "../trace/recorder.js";
import type { RunRequest, WorkerMessage } from "./protocol.js";
import { writeAll } from "./stdio.js";

/** A live view has what happened at most so many milliseconds ago, as long as the program allocates. */
const LIVE_EVERY = 300;
/** A walk over the heap waits for so many times what the one before took: at most a twentieth of the time goes there. */
const WALK_PAUSE = 20;

export interface Recording {
  /** What was recorded so far is where it belongs. */
  flush(): void;
  /** What was allocated so far is the interpreter's. */
  noteProgram(): void;
  /** Ends it. Throws what went wrong on the way. */
  stop(): void;
}

type Say = (message: WorkerMessage) => void;

/** Where the bytes of a trace go. */
interface Sink {
  write(bytes: Uint8Array): void;
  close(): void;
}

function fileSink(file: string): Sink {
  const fd = openSync(file, "w");
  return {
    write: (bytes) => writeAll(fd, bytes, (code) => new Error(`Cannot write ${file}: ${code}`)),
    close: () => closeSync(fd),
  };
}

function liveSink(heap: PythonHeap, say: Say): Sink {
  let next = 0;
  return {
    write: (bytes) => {
      say({ kind: "trace", bytes: bytes.slice() });
      const begun = performance.now();
      if (begun < next) return;
      say({ kind: "heap", shape: heapShape(heap) });
      const ended = performance.now();
      next = ended + Math.max(LIVE_EVERY, WALK_PAUSE * (ended - begun));
    },
    close: () => say({ kind: "heap", shape: heapShape(heap) }),
  };
}

/** Every step is done, whatever the others throw. Throws the first of that. */
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

/** Begins what was asked for; undefined if nothing was. */
export function startRecording(
  heap: PythonHeap,
  { trace, live, program }: RunRequest,
  say: Say,
): Recording | undefined {
  if (trace === undefined && !live) return undefined;
  const sinks = [...(trace === undefined ? [] : [fileSink(trace.file)]), ...(live ? [liveSink(heap, say)] : [])];
  const { kind, target, args } = program;
  const words = { script: [target], code: ["-c", target], module: ["-m", target], wasm: [target] }[kind];
  const recorder: Recorder = heap.trace({
    command: [...words, ...args],
    sample: trace?.sample,
    aggregate: trace?.aggregate,
    ...(live && { flushEvery: LIVE_EVERY }),
    write: (bytes) => {
      for (const sink of sinks) sink.write(bytes);
    },
  });
  return {
    flush: () => recorder.flush(),
    noteProgram: () => recorder.noteProgram(),
    stop: () => endAll([() => recorder.stop(), ...sinks.map((sink) => () => sink.close())]),
  };
}
