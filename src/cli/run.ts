// `pyheap run`: a program in Python or C on the heap, and then where its memory went.

import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import type { Command } from "commander";
import colors from "picocolors";
import { jsonReport } from "../report/json.js";
import { terminalReport } from "../report/terminal.js";
import { type Budget, OVER_BUDGET, overBudget } from "./budget.js";
import { UsageError } from "./errors.js";
import { InputSender, makeShared } from "./input.js";
import { showLive } from "./live-view.js";
import type { Program, RunRequest, RunResult, TraceRequest, WorkerMessage } from "./protocol.js";
import { recordingWords, showRecording } from "./recording-progress.js";
import { loadTrace } from "./report/trace-input.js";
import { runC } from "./run-c.js";
import { checksBudget, isLive, type RunOptions, runCommand } from "./run-options.js";
import { claimTraceFile } from "./trace-file.js";

const INTERRUPTED = 130;
const SIGINT = 2;

export function addRun(program: Command): void {
  program.addCommand(runCommand(run));
}

/** The variables that the program sees. Those that would move Python's own parts stay outside. */
function environment(): Record<string, string> {
  const hidden = new Set(["HOME", "PYTHONHOME", "PYTHONMALLOC", "PYTHONEXECUTABLE"]);
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => !hidden.has(name)));
}

async function run(program: Program, options: RunOptions): Promise<number> {
  const { limit, debugHooks = false, trace } = options;
  const recording = chooseTrace(options);
  const endProgress = trace === undefined ? () => undefined : showRecording(trace, process.stderr);
  const { result, exitCode } = await (program.kind === "wasm"
    ? runC(program, { limit, debugHooks, trace: recording }).then((result) => ({ result, exitCode: result.exitCode }))
    : runPython(program, options, recording)
  ).finally(endProgress);
  if (result) report(result, options);
  const within = recording === undefined || !checksBudget(options) || (await isWithin(recording.file, options));
  if (recording && trace === undefined) rmSync(dirname(recording.file), { recursive: true, force: true });
  return exitCode === 0 && !within ? OVER_BUDGET : exitCode;
}

interface Ended {
  /** undefined if the program was stopped. */
  readonly result: RunResult | undefined;
  readonly exitCode: number;
}

async function runPython(program: Program, options: RunOptions, trace: TraceRequest | undefined): Promise<Ended> {
  const { allocator, limit, softLimit, debugHooks = false } = options;
  const request: RunRequest = {
    program,
    allocator,
    limit,
    softLimit,
    debugHooks,
    trace,
    live: isLive(options),
    folder: process.cwd(),
    environment: environment(),
    shared: makeShared(),
  };
  if (!request.live) return runThread(request, () => undefined);
  const view = await showLive(request.program, options, errorColors());
  const ended = await runThread(request, (message) => view.program.take(message));
  await view.end();
  return ended;
}

/** What is to be recorded: what --trace says; for a check without it, totals in a file that goes when the run has ended. */
function chooseTrace(options: RunOptions): TraceRequest | undefined {
  const { trace, sample, aggregate = false } = options;
  if (trace !== undefined) {
    claimTraceFile(trace);
    return { file: resolve(trace), sample, aggregate };
  }
  if (!checksBudget(options)) return undefined;
  return { file: join(mkdtempSync(join(tmpdir(), "pyheap-")), "run.trace"), sample, aggregate: true };
}

/** Whether a run kept to its budget; if not, what was over it is said. */
async function isWithin(file: string, budget: Budget): Promise<boolean> {
  const { analysis } = await loadTrace(file, { at: "peak" });
  const over = overBudget(analysis, budget, errorColors());
  if (over !== undefined) process.stderr.write(over);
  return over === undefined;
}

const errorColors = () => colors.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);

/** Starts the thread, passes Ctrl-C on, and waits for the end. */
function runThread(request: RunRequest, watch: (message: WorkerMessage) => void): Promise<Ended> {
  return new Promise((done, fail) => {
    const worker = new Worker(new URL("./python-worker.js", import.meta.url), { workerData: request });
    const note = process.stderr.isTTY && !process.env.CI ? "starting Python …" : "";
    process.stderr.write(note);
    const clearNote = () => note && process.stderr.write(`\r${" ".repeat(note.length)}\r`);
    let result: RunResult | undefined;
    let presses = 0;
    const flag = new Int32Array(request.shared, 0, 1);
    const input = new InputSender(request.shared);
    process.on("SIGINT", () => {
      // A program that does not look at its interrupts is stopped by the third press.
      if (++presses >= 3) process.exit(INTERRUPTED);
      Atomics.store(flag, 0, SIGINT);
      Atomics.notify(flag, 0);
    });
    worker.on("message", (message: WorkerMessage) => {
      if (message.kind === "started") clearNote();
      else if (message.kind === "read") input.request();
      else if (message.kind === "done") result = message.result;
      else watch(message);
    });
    worker.on("error", fail);
    worker.on("exit", (code) => {
      input.close();
      done({ result, exitCode: result?.exitCode ?? code });
    });
  });
}

function report(result: RunResult, { json, quiet, trace, aggregate = false }: RunOptions): void {
  if (json !== undefined) {
    const text = `${JSON.stringify(jsonReport(result), null, 2)}\n`;
    if (json === "-") process.stdout.write(text);
    else writeReport(json, text);
  }
  if (quiet) return;
  process.stderr.write(terminalReport(result, errorColors()));
  if (trace !== undefined) process.stderr.write(recordingWords(trace, aggregate, errorColors()));
}

function writeReport(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
