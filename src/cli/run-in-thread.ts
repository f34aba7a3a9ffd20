// `pyheap run`, in the main thread: starts the thread in which Python or C runs, passes input and signals to it, saves the
// recording to disk, and waits for the end.

import { closeSync, fdatasync, openSync } from "node:fs";
import { devNull } from "node:os";
import { Worker } from "node:worker_threads";
import type { RunResult } from "../report/run-result.js";
import { answer } from "./asked-packages.js";
import { InputSender } from "./input.js";
import { takeKeys } from "./keys.js";
import type { Provider } from "./packages/provider.js";
import type { RunRequest, WorkerMessage } from "./protocol.js";
import { flushEvery } from "./recording.js";
import { askForSnapshot, DUE, type Shared, viewShared, WORD } from "./shared.js";
import { endBySignals, exitCodeOf, forwardSignals } from "./signals.js";
import type { ThreadInterrupts } from "./thread-interrupts.js";

/** The exit code after CPython's abort(). */
const ABORTED = 134;
/**
 * The number of descriptors that are kept back, so that the report can open files even if the program has used up all
 * others.
 */
const SPARE = 4;

/** What a terminal shows while the interpreter starts. Every error of the start is longer. */
const NOTE = "starting Python …";

export interface Ended {
  /** undefined if there is nothing to report. */
  readonly result: RunResult | undefined;
  readonly exitCode: number;
  /** Whether the file that --snapshot names was written. */
  readonly hasSnapshot: boolean;
  /** What was live at the end only because the end was noticed. */
  readonly ownBytes: number;
  /** The signal by which the program was stopped, because it did not handle the signal itself. */
  readonly stoppedBy?: number;
}

/** Flushes the recording, and syncs its file to the disk, again and again until the returned function is called. */
export function keepSafe(
  { words }: Shared,
  { trace, live, served }: Pick<RunRequest, "trace" | "live" | "served">,
  interrupts: ThreadInterrupts | undefined,
): () => void {
  if (trace === undefined && !live && !served) return () => undefined;
  let isSyncing = false;
  const timer = setInterval(() => {
    Atomics.or(words, WORD.due, DUE.flush);
    void interrupts?.flush();
    if (trace === undefined || isSyncing) return;
    isSyncing = true;
    // An error is ignored: some files can't be synced, such as pipes.
    fdatasync(trace.fd, () => {
      isSyncing = false;
    });
  }, flushEvery(live));
  return () => clearInterval(timer);
}

/** Asks for snapshots: for the next one when the time that the user chose has passed since the last one was taken. */
class SnapshotTimer {
  readonly #shared: Shared;
  readonly #every: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(shared: Shared, { snapshot }: RunRequest) {
    this.#shared = shared;
    this.#every = snapshot?.every;
  }

  /** To be called when the program begins, and when a snapshot was taken. */
  start(): void {
    this.end();
    if (this.#every !== undefined) this.#timer = setTimeout(() => askForSnapshot(this.#shared), this.#every);
  }

  end(): void {
    clearTimeout(this.#timer);
  }
}

/** What a run has besides its request. */
export interface Services {
  /** What the program's thread can ask for packages. */
  readonly provider: Provider | undefined;
  /** The thread in which Python runs; undefined for C. */
  readonly thread: Worker | undefined;
}

/**
 * Runs the program, in `thread` if it is in Python. `watch` gets the thread's messages about the recording, the heap's layout
 * and heap snapshots.
 */
export async function runInThread(
  request: RunRequest,
  watch: (message: WorkerMessage) => void,
  terminal: NodeJS.WriteStream,
  { provider, thread }: Services,
): Promise<Ended> {
  const spare = Array.from({ length: SPARE }, () => openSync(devNull, "r"));
  const shared = viewShared(request.shared);
  const input = new InputSender(shared);
  const keys = request.isOnScreen ? takeKeys(() => askForSnapshot(shared)) : undefined;
  const isC = request.program.kind === "wasm";
  const note = terminal.isTTY && !process.env.CI && !request.isOnScreen && !isC ? NOTE : "";
  const interrupts = isC ? (await import("./thread-interrupts.js")).ThreadInterrupts.begin() : undefined;
  return new Promise<Ended>((done) => {
    const worker = thread ?? new Worker(new URL("./c-worker.js", import.meta.url), { workerData: request });
    thread?.postMessage(request);
    // The cursor goes back, so that an error of the start, which the other thread writes, takes the note's place.
    if (note) terminal.write(`${note}\r`);
    const clearNote = () => note && terminal.write(`${" ".repeat(note.length)}\r`);
    let isStarted = false;
    let result: RunResult | undefined;
    let exitCode: number | undefined;
    let hasSnapshot = false;
    let ownBytes = 0;
    let stoppedBy: number | undefined;
    const snapshots = new SnapshotTimer(shared, request);
    const start = () => {
      if (!isStarted) clearNote();
      isStarted = true;
    };
    const stop = (signal: number) => {
      stoppedBy ??= signal;
      exitCode ??= exitCodeOf(signal);
      void worker.terminate();
    };
    const endC = async (signal: number) => (interrupts ? interrupts.end(signal) : stop(signal));
    const endSignals = isC ? endBySignals(endC, stop) : forwardSignals(shared, stop);
    const endSafety = keepSafe(shared, request, interrupts);
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "started") {
        start();
        snapshots.start();
      } else if (message.kind === "read") {
        if (keys) input.add(keys.end());
        input.request();
      } else if (message.kind === "provide") void answer(worker, shared, provider, message.wanted);
      else if (message.kind === "done") {
        ({ result, exitCode, hasSnapshot = false, ownBytes = 0 } = message);
        // An interrupt does not stop a program in C: its code would go on after its end was reported.
        if (isC) void worker.terminate();
      } else {
        watch(message);
        if (message.kind === "snapshot") snapshots.start();
        if (message.kind !== "trace") return;
        Atomics.add(shared.words, WORD.received, 1);
        Atomics.notify(shared.words, WORD.received);
      }
    });
    worker.on("error", (error: Error & { code?: unknown }) => {
      exitCode ??= ABORTED;
      const isFull = error.code === "ERR_WORKER_OUT_OF_MEMORY";
      terminal.write(
        `pyheap: ${isC ? "the program" : "Python"} ended: ${isFull ? "no memory is left for JavaScript" : (error.stack ?? error)}\n`,
      );
    });
    worker.on("exit", (code) => {
      start();
      endSafety();
      snapshots.end();
      endSignals();
      interrupts?.close();
      keys?.end();
      input.close();
      for (const fd of spare) closeSync(fd);
      done({
        result,
        exitCode: exitCode ?? code,
        hasSnapshot,
        ownBytes,
        ...(stoppedBy !== undefined && { stoppedBy }),
      });
    });
  });
}
