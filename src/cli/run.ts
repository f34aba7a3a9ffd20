// `pyheap run`: a program in Python or C on the heap, and then where its memory went.

import { existsSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { type Command, InvalidArgumentError, Option } from "commander";
import colors from "picocolors";
import { jsonReport } from "../report/json.js";
import { terminalReport } from "../report/terminal.js";
import { MOST_SAMPLE_BYTES } from "../trace/random.js";
import { type Budget, OVER_BUDGET, overBudget } from "./budget.js";
import { UsageError } from "./errors.js";
import { InputSender, makeShared } from "./input.js";
import { showLive } from "./live-view.js";
import {
  ALLOCATORS,
  type Program,
  type PythonAllocator,
  type RunRequest,
  type RunResult,
  type TraceRequest,
  type WorkerMessage,
} from "./protocol.js";
import { recordingWords, showRecording } from "./recording-progress.js";
import { loadTrace } from "./report/trace-input.js";
import { runC } from "./run-c.js";
import { parseSize } from "./size.js";
import { claimTraceFile } from "./trace-file.js";

interface RunOptions {
  readonly c?: string;
  readonly m?: string;
  readonly limit?: number;
  readonly softLimit?: number;
  readonly allocator: PythonAllocator;
  readonly debugHooks?: boolean;
  readonly json?: string;
  readonly trace?: string;
  readonly sample?: number;
  readonly aggregate?: boolean;
  readonly failOverPeak?: number;
  readonly failOverLeak?: number;
  readonly live?: boolean;
  readonly liveTerminal?: boolean;
  readonly port: number;
  readonly quiet?: boolean;
}

const INTERRUPTED = 130;
const SIGINT = 2;

const EXAMPLES = `
Examples:
  pyheap run app.py input.txt             run a program, then show where its memory went
  pyheap run --limit 64MiB app.py         past 64 MiB the program sees MemoryError
  pyheap run --soft-limit 48MiB app.py    past 48 MiB garbage is collected, and what is empty goes back
  pyheap run -c "print(sum(range(10)))"   run a piece of code
  pyheap run -m json.tool data.json       run a module of the standard library
  pyheap run spam.wasm                    run main of a module in C (pyheap cc makes them)
  pyheap run spam.wasm add 3 4            call one of its functions
  pyheap run --json - --quiet app.py      the report as JSON on standard output
  pyheap run --trace app.trace app.py     record every allocation, for pyheap report
  pyheap run --trace app.trace --sample 512KiB app.py
  pyheap run --fail-over-peak 50MiB --fail-over-leak 1MiB test.py
  pyheap run --live app.py                look at it in a browser while it runs
  pyheap run --allocator malloc app.py    stock CPython's allocator, to compare`;

export function addRun(program: Command): void {
  program
    .command("run")
    .summary("run a program in Python or C on the heap and show where its memory went")
    .description(
      "Runs a Python program as `python` does, or a module in C, on a heap of its own, and shows where its memory went.",
    )
    .argument("[script]", "the program, or a module in C (.wasm); options after it are the program's own")
    .argument("[args...]", "the program's arguments")
    .addOption(new Option("-c <code>", "run this code").conflicts("m"))
    .addOption(new Option("-m <module>", "run a module as a program"))
    .option("--limit <size>", "hard limit of what Python's memory manager takes (64MiB, 100M, 1GB)", toSize)
    .option("--soft-limit <size>", "past it garbage is collected; the default is seven eighths of --limit", toSize)
    .addOption(new Option("--allocator <name>", "what serves Python").choices(ALLOCATORS).default("pyheap"))
    .option("--debug-hooks", "check every block; misuse is reported, and ends a program in Python")
    .option("--trace <file>", "record every allocation with its stack, for `pyheap report`")
    .option("--sample <size>", "of a trace: record one block in so many bytes, for estimates (512KiB)", toSample)
    .option("--aggregate", "of a trace: keep only the totals by stack and the peak, in a small file")
    .option("--fail-over-peak <size>", "exit with 3 if more was live at once; shows the stacks to blame", toSize)
    .option("--fail-over-leak <size>", "exit with 3 if the program left more; shows the stacks to blame", toSize)
    .option("--live", "show the program while it runs: a page on this machine")
    .option("--live-terminal", "show the program while it runs, in this terminal")
    .option("--port <number>", "the port of the page; the default is any that is free", toPort, 0)
    .option("--json <file>", "write the report as JSON (- for standard output)")
    .option("--quiet", "no report")
    .passThroughOptions()
    .addHelpText("after", EXAMPLES)
    .action(async (script: string | undefined, args: string[], options: RunOptions) => {
      process.exitCode = await run(chooseProgram(script, args, options), options);
    });
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError("It is a number up to 65535.");
  return port;
}

function toSize(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError("A size is a number of bytes, or like 64MiB, 100M, 1GB.");
  return size;
}

function toSample(text: string): number {
  const size = toSize(text);
  if (size > MOST_SAMPLE_BYTES) throw new InvalidArgumentError("It is at most 64MiB.");
  return size;
}

function chooseProgram(script: string | undefined, args: readonly string[], { c, m }: RunOptions): Program {
  if (c !== undefined || m !== undefined) {
    const all = script === undefined ? [] : [script, ...args];
    return c !== undefined ? { kind: "code", target: c, args: all } : { kind: "module", target: m ?? "", args: all };
  }
  if (script === undefined) throw new UsageError("Cannot run: name a script, or give -c or -m (see pyheap run --help)");
  const path = resolve(script);
  if (!existsSync(path)) throw new UsageError(`Cannot run ${script}: no such file`);
  if (statSync(path).isDirectory()) throw new UsageError(`Cannot run ${script}: it is a folder`);
  return { kind: script.endsWith(".wasm") ? "wasm" : "script", target: script, args };
}

/** The variables that the program sees. Those that would move Python's own parts stay outside. */
function environment(): Record<string, string> {
  const hidden = new Set(["HOME", "PYTHONHOME", "PYTHONMALLOC", "PYTHONEXECUTABLE"]);
  const entries = Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(entries.filter(([name]) => !hidden.has(name)));
}

async function run(program: Program, options: RunOptions): Promise<number> {
  const { allocator, limit, debugHooks = false, trace } = options;
  const [ours] = [
    ...(limit !== undefined ? ["--limit"] : []),
    ...(options.softLimit !== undefined ? ["--soft-limit"] : []),
    ...(debugHooks ? ["--debug-hooks"] : []),
    ...(trace !== undefined ? ["--trace"] : []),
    ...(options.failOverPeak !== undefined ? ["--fail-over-peak"] : []),
    ...(options.failOverLeak !== undefined ? ["--fail-over-leak"] : []),
    ...(isLive(options) ? ["--live"] : []),
  ];
  if (allocator !== "pyheap" && ours !== undefined) {
    throw new UsageError(`Cannot use ${ours} with --allocator ${allocator}: only pyheap has it`);
  }
  if (allocator !== "pyheap" && program.kind === "wasm") {
    throw new UsageError(`Cannot run C with --allocator ${allocator}: only Python has it`);
  }
  if (options.softLimit !== undefined && program.kind === "wasm") {
    throw new UsageError("Cannot use --soft-limit with C: there is nothing to collect");
  }
  if (options.softLimit !== undefined && limit !== undefined && options.softLimit >= limit) {
    throw new UsageError(
      "Cannot use a --soft-limit that is not below --limit: the program would meet MemoryError first",
    );
  }
  if (isLive(options) && program.kind === "wasm") {
    throw new UsageError("Cannot show C while it runs: --live is for Python");
  }
  if (isLive(options) && (options.aggregate || checksBudget(options))) {
    throw new UsageError("Cannot use --live with --aggregate or --fail-over-*: a live view needs every event");
  }
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

const isLive = ({ live = false, liveTerminal = false }: RunOptions) => live || liveTerminal;

const checksBudget = ({ failOverPeak, failOverLeak }: RunOptions) =>
  failOverPeak !== undefined || failOverLeak !== undefined;

/** What is to be recorded: what --trace says; for a check without it, totals in a file that goes when the run has ended. */
function chooseTrace(options: RunOptions): TraceRequest | undefined {
  const { trace, sample, aggregate = false } = options;
  if (trace !== undefined) {
    claimTraceFile(trace);
    return { file: resolve(trace), sample, aggregate };
  }
  if (sample !== undefined || aggregate) {
    const ours = sample !== undefined ? "--sample" : "--aggregate";
    throw new UsageError(`Cannot use ${ours} without --trace: it says what of a trace is recorded`);
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
