// The thread that Python lives in: loads it on the allocator that was asked for, runs the program, says what it cost.

import { isatty } from "node:tty";
import { parentPort, workerData } from "node:worker_threads";
import { loadPyodide, type PyodideAPI } from "pyodide";
import { describeFault } from "../errors.js";
import { loadPython, loadWatched, type PythonHeap } from "../hosts/pyodide.js";
import type { PyodideExports } from "../hosts/pyodide-module.js";
import { footprintOf, hostInfo } from "../hosts/python-heap.js";
import { RUNNER_FILE } from "../hosts/python-stack.js";
import { BOOTSTRAP } from "./bootstrap.js";
import { showFolders } from "./folders.js";
import { InputReader } from "./input.js";
import type { RunRequest, RunResult, WorkerMessage } from "./protocol.js";
import { type Recording, startRecording } from "./recording.js";
import { writeAll } from "./stdio.js";

/** What CPython's abort() leaves as an exit code. */
const ABORTED = 134;

const request = workerData as RunRequest;

function say(message: WorkerMessage): void {
  parentPort?.postMessage(message);
}

/** The recording, if one was asked for. */
let recording: Recording | undefined;

/** Says on standard error what is wrong. */
function complain(what: string): void {
  writeAll(2, new TextEncoder().encode(`pyheap: ${what}\n`), Error);
}

interface Interpreter {
  readonly pyodide: PyodideAPI;
  readonly python: PyodideExports;
  readonly heap: PythonHeap | undefined;
}

async function load(): Promise<Interpreter> {
  let python: PyodideExports | undefined;
  const ready = (exports: PyodideExports) => {
    python = exports;
  };
  const env: Record<string, string> = { ...request.environment };
  let pyodide: PyodideAPI;
  let heap: PythonHeap | undefined;
  if (request.allocator === "pyheap") {
    const { limit, softLimit, debugHooks } = request;
    const onFault = (fault: Parameters<typeof describeFault>[0]) => {
      complain(describeFault(fault));
      process.exit(ABORTED);
    };
    const python3 = await loadPython({
      pyodide: { env },
      debugHooks,
      onFault,
      onAttach: (attached) => {
        recording = startRecording(attached, request, say);
      },
      ...(limit !== undefined && { limit }),
      ...(softLimit !== undefined && { softLimit }),
    });
    ({ pyodide, heap } = python3);
    python = python3.exports;
  } else {
    if (request.allocator === "mimalloc") env.PYTHONMALLOC = "mimalloc";
    pyodide = await loadWatched(loadPyodide, { env }, ready);
  }
  if (!python) throw new Error("Cannot run: Pyodide started without its fsInit hook");
  return { pyodide, python, heap };
}

function connect(pyodide: PyodideAPI): void {
  const { ErrnoError } = pyodide.FS as unknown as { ErrnoError: new (errno: number) => Error };
  const { ERRNO_CODES } = pyodide as unknown as { ERRNO_CODES: Record<string, number> };
  const fail = (code: string) => new ErrnoError(ERRNO_CODES[code] ?? ERRNO_CODES.EIO ?? 29);
  // Pyodide looks at one byte of it and clears it; the word is what a sleep waits on.
  const interrupt = new Uint8Array(request.shared, 0, 1);
  const input = new InputReader(
    request.shared,
    () => {
      // A program that waits allocates nothing: what it did before is shown now.
      if (request.live) recording?.flush();
      say({ kind: "read" });
    },
    () => fail("EINTR"),
  );
  for (const [fd, set] of [
    [1, pyodide.setStdout],
    [2, pyodide.setStderr],
  ] as const) {
    set({
      isatty: isatty(fd),
      write: (bytes: Uint8Array) => {
        writeAll(fd, bytes, fail);
        return bytes.length;
      },
    });
  }
  pyodide.setStdin({
    isatty: isatty(0),
    read: (into: Uint8Array) => input.read(into),
  });
  pyodide.setInterruptBuffer(interrupt);
}

function measure({ python, heap }: Interpreter): Omit<RunResult, "exitCode" | "startupSeconds" | "seconds"> {
  const { used, free } = hostInfo(python);
  const platformBytes = footprintOf(python);
  return {
    program: request.program,
    allocator: request.allocator,
    limit: request.limit,
    memoryBytes: python.memory.buffer.byteLength,
    peakBytes: platformBytes,
    platformBytes,
    hostUsed: used,
    hostFree: free,
    stats: heap?.stats(),
    ...(heap && { measures: heap.measureLog }),
  };
}

/** Python, or the end of this thread: what Python had to say of why it does not start has been printed. */
async function start(): Promise<Interpreter> {
  try {
    return await load();
  } catch (error) {
    const why = error instanceof Error ? error.message : String((error as { message?: unknown })?.message ?? error);
    const { limit } = request;
    complain(`Python did not start${limit === undefined ? "" : ` within the limit of ${limit} bytes`}: ${why}`);
    return process.exit(ABORTED);
  }
}

const begun = performance.now();
const interpreter = await start();
const { pyodide } = interpreter;
connect(pyodide);
const { kind, target, args } = request.program;
const folder = showFolders(pyodide, request.folder, kind === "script" ? target : undefined);
const space = pyodide.toPy({});
pyodide.runPython(BOOTSTRAP, { globals: space, filename: RUNNER_FILE });
/** Sleeps, at most until the program is interrupted. */
function wait(seconds: number): void {
  if (request.live) recording?.flush();
  Atomics.wait(new Int32Array(request.shared), 0, 0, seconds * 1000);
  pyodide.checkInterrupt();
}

const runProgram = space.get("run_program") as (...values: unknown[]) => number;
const started = performance.now();
say({ kind: "started" });
recording?.noteProgram();
let exitCode: number;
try {
  exitCode = runProgram(kind, target, pyodide.toPy([...args]), folder, wait);
} catch (error) {
  // The interpreter is dead: what it said of it has been printed.
  complain(`Python ended: ${error instanceof Error ? error.message : error}`);
  exitCode = ABORTED;
}
const ended = performance.now();
try {
  recording?.stop();
} catch (error) {
  complain(error instanceof Error ? error.message : String(error));
}
const seconds = { startupSeconds: (started - begun) / 1000, seconds: (ended - started) / 1000 };
say({ kind: "done", result: { ...measure(interpreter), exitCode, ...seconds } });
