// `pyheap run`: runs a program in Python or C on the heap, then reports where its memory went.
//
// A module that only some runs need, or that is needed only after the program's end, is imported when it is needed. So the
// program starts earlier.

import { closeSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, parse } from "node:path";
import type { Worker } from "node:worker_threads";
import colors from "picocolors";
import { messageOf } from "../ground/errors.js";
import { jsonReport } from "../report/json.js";
import type { Program, RunResult } from "../report/run-result.js";
import { visible } from "../text/visible.js";
import type { Budget } from "./budget.js";
import { checkDump, dumpWords } from "./dump.js";
import { Provider } from "./packages/provider.js";
import { choosePlaces } from "./places.js";
import type { ImageRequest, RunRequest, SnapshotRequest, TraceRequest, WorkerMessage } from "./protocol.js";
import { pyodideFolder } from "./pyodide-folder.js";
import { recordingWords, showRecording } from "./recording-progress.js";
import { type Ended, runInThread, type Services } from "./run-in-thread.js";
import { checksBudget, isLive, type RunOptions, SERVE_TOKEN, servedSample } from "./run-options.js";
import type { ServedAt, ServedProgram } from "./served-program.js";
import { makeShared, viewShared } from "./shared.js";
import { exitCodeOf, SIGNALS, signalName } from "./signals.js";
import { chooseSnapshots, closeSnapshotFile, snapshotWords } from "./snapshot-file.js";
import { cacheFolder } from "./system/cache-folder.js";
import { NOT_WRITTEN, reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, textBegins } from "./system/files.js";
import { replaceFile } from "./system/replacement.js";
import { openTraceFile } from "./trace-file.js";
import { virtualEnvironment } from "./virtual-environment.js";

const REPORT: FileKind = {
  name: "a report of a run",
  begins: textBegins(/^\{\s*"version": \d+,\s*"program": \{/),
};

/**
 * Runs a program, in `thread` if it is in Python, and reports on it. Returns the exit code. Throws UsageError if the options can't be
 * followed, or if a file can't be read or written.
 */
export async function run(program: Program, options: RunOptions, thread: Worker | undefined): Promise<number> {
  const { trace, json, force } = options;
  const source = ["script", "wasm"].includes(program.kind) ? program.target : undefined;
  if (json !== undefined && json !== "-") checkFile(json, REPORT, { isNamed: true, force, source });
  const recording = chooseTrace(options, source);
  const endProgress = trace === undefined ? () => undefined : showRecording(trace, process.stderr);
  const snapshots = chooseSnapshots(options, source, isLive(options) ? defaultSnapshot(program) : undefined);
  let isSnapshotOpen = snapshots !== undefined;
  const closeSnapshot = (isWhole: boolean) => {
    if (snapshots && isSnapshotOpen) closeSnapshotFile(snapshots, isWhole);
    isSnapshotOpen = false;
  };
  let ended: Ended | undefined;
  try {
    ended = await runOnHeap(program, options, { recording, snapshot: snapshots?.request, thread, closeSnapshot });
  } finally {
    endProgress();
    closeSnapshot(ended?.hasSnapshot === true);
    if (recording) closeSync(recording.fd);
  }
  const { result, exitCode, stoppedBy, hasSnapshot, ownBytes } = ended;
  if (stoppedBy !== undefined) {
    say(`the program did not take ${signalName(stoppedBy)}: it was stopped, without a report`);
  }
  if (result) await report(result, hasSnapshot, options);
  const isChecked = recording !== undefined && result !== undefined && checksBudget(options);
  const budgetCode = isChecked ? await checkBudget(recording.file, options, ownBytes) : 0;
  // The thread of the program has said why.
  const isSnapshotLost = snapshots?.made !== undefined && result !== undefined && !hasSnapshot;
  return exitCode || budgetCode || (isSnapshotLost ? NOT_WRITTEN : 0);
}

/** Where snapshots go that the user asks for while the program runs, unless --snapshot names a file: app.heapsnapshot. */
function defaultSnapshot({ kind, target }: Program): string {
  return `${kind === "script" ? parse(target).name : kind === "module" ? target : "pyheap"}.heapsnapshot`;
}

interface Chosen {
  readonly recording: TraceRequest | undefined;
  readonly snapshot: SnapshotRequest | undefined;
  readonly thread: Worker | undefined;
  /** Closes the file of the snapshot, which gets its name if it is whole, and else is removed. To be called when the program has ended. */
  readonly closeSnapshot: (isWhole: boolean) => void;
}

async function runOnHeap(
  program: Program,
  options: RunOptions,
  { recording: trace, snapshot, thread, closeSnapshot }: Chosen,
): Promise<Ended> {
  const { allocator, limit, softLimit, debugHooks = false } = options;
  const isOnScreen = options.liveTerminal === true && process.stderr.isTTY === true;
  const pyodide = options.pyodide === undefined ? undefined : pyodideFolder(options.pyodide);
  const provider = options.packages && program.kind !== "wasm" ? await beginPackages(options, isOnScreen) : undefined;
  const services = { provider, thread };
  const virtual = virtualEnvironment(options.venv, process.env);
  const { [SERVE_TOKEN]: _, ...environment } = process.env as Record<string, string>;
  const request = {
    ...{ program, allocator, limit, softLimit, debugHooks, trace, snapshot },
    live: isLive(options),
    served: servedSample(options),
    isOnScreen,
    image: imageRequest(options),
    images: options.cache === false ? undefined : cacheFolder("images"),
    packages: provider && { offered: provider.offered, folders: provider.folders },
    shared: makeShared(),
    folder: process.cwd(),
    places: choosePlaces(options, {
      script: program.kind === "script" ? program.target : undefined,
      folders: () => [...(provider ? [provider.seen] : []), ...(virtual ? [virtual.prefix] : [])],
    }),
    isSandboxed: options.sandbox === true,
    environment,
    virtual,
    pyodide,
  };
  if (trace?.aggregate) return runAggregated(request, trace, services);
  const served = options.serve && (await serve(options.serve, options.serveName ?? []));
  if (!request.live) {
    const ended = await runInThread(request, (message) => served?.take(message), process.stderr, services);
    served?.close();
    return ended;
  }
  const { showLive } = await import("./live-view.js");
  const view = await showLive(program, options, errorColors(), viewShared(request.shared));
  const watch = (message: WorkerMessage) => {
    view.program.take(message);
    served?.take(message);
  };
  const ended = await runInThread(request, watch, process.stderr, services);
  served?.close();
  const isAsked = [SIGNALS.SIGTERM, SIGNALS.SIGHUP].some((signal) => ended.exitCode === exitCodeOf(signal));
  // The page stays until the user ends the command. The snapshot gets its name before that.
  closeSnapshot(ended.hasSnapshot);
  await view.end({ stays: !isAsked });
  return ended;
}

/** Serves the program's profiles, to clients that know the token. */
async function serve(at: ServedAt, names: readonly string[]): Promise<ServedProgram> {
  const { serveProgram } = await import("./served-program.js");
  return serveProgram(at, names, process.env[SERVE_TOKEN]);
}

function imageRequest({ image, orCold = false, trust }: RunOptions): ImageRequest | undefined {
  return image === undefined ? undefined : { file: image, isOptional: orCold, trusted: trust };
}

function beginPackages(options: RunOptions, isOnScreen: boolean): Promise<Provider> {
  const isShown = process.stderr.isTTY === true && !process.env.CI && !isOnScreen;
  return Provider.begin(options, process.env, isShown ? process.stderr : undefined);
}

function say(what: string): void {
  process.stderr.write(`pyheap: ${visible(what)}\n`);
}

/** Runs a program, and keeps only the sums of its recording. When memory runs out, writes the dump that was asked for. */
async function runAggregated(request: RunRequest, trace: TraceRequest, services: Services): Promise<Ended> {
  const { AggregatedFile, Pieces } = await import("./aggregated-file.js");
  const isSampled = trace.sample !== undefined;
  const recorded = isSampled ? new (await import("./sampled-totals.js")).SampledTotals() : new Pieces();
  const sums = new AggregatedFile(trace, recorded);
  const take = (message: WorkerMessage) => {
    if (message.kind === "trace") sums.take(message.bytes);
    if (message.kind !== "dump" || trace.dump === undefined) return;
    const { dump } = trace;
    const { noMemory } = message;
    say(dumpWords(noMemory, dump, () => sums.dump(dump, noMemory.end)));
  };
  const ended = await runInThread(request, take, process.stderr, services);
  try {
    sums.end();
  } catch (error) {
    say(messageOf(error));
  }
  return ended;
}

/**
 * What is recorded: with --trace, what the options say. Without it, a budget or a dump still needs a recording, in a temporary file: of
 * sums, or of events if the program is shown live or served. Undefined if nothing is recorded. Throws UsageError if a file can't be written.
 */
function chooseTrace(options: RunOptions, source: string | undefined): TraceRequest | undefined {
  const { trace, sample, aggregate = false, types = false, dumpOnMemoryError: dump, force } = options;
  const how = { sample, withStart: options.traceStart === true, types, dump };
  const checked = (request: TraceRequest) => {
    checkDump(request, { force, source });
    return request;
  };
  if (trace !== undefined) {
    return checked({ file: trace, fd: openTraceFile(trace, { force, source }), aggregate, ...how });
  }
  if (!checksBudget(options) && dump === undefined) return undefined;
  const folder = mkdtempSync(join(tmpdir(), "pyheap-"));
  // However the run ends, also before it has begun.
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "run.trace");
  return checked({ file, fd: openTraceFile(file), aggregate: !isLive(options) && !options.serve, ...how });
}

/**
 * If a run was over its budget, prints by how much, and the stacks. Returns the exit code for that, else 0. Throws UsageError if the
 * recording is not whole.
 */
async function checkBudget(file: string, budget: Budget, ownBytes: number): Promise<number> {
  const [{ loadReport }, { OVER_BUDGET, overBudget }] = await Promise.all([
    import("./report/trace-input.js"),
    import("./budget.js"),
  ]);
  const trace = await loadReport(file, {});
  const { problem } = trace.summary;
  if (problem !== undefined) throw new UsageError(`Cannot say what the program took. ${problem}`, 1);
  const over = overBudget(trace, budget, errorColors(), ownBytes);
  if (over === undefined) return 0;
  process.stderr.write(over);
  return OVER_BUDGET;
}

const errorColors = () => colors.createColors(process.stderr.isTTY === true && !process.env.NO_COLOR);

async function report(
  result: RunResult,
  hasSnapshot: boolean,
  { json, quiet, trace, snapshot }: RunOptions,
): Promise<void> {
  if (json !== undefined) {
    const text = `${JSON.stringify(jsonReport(result), null, 2)}\n`;
    if (json === "-") process.stdout.write(text);
    else writeReport(json, text);
  }
  if (quiet) return;
  const { terminalReport } = await import("../report/terminal.js");
  process.stderr.write(terminalReport(result, errorColors()));
  if (trace !== undefined) process.stderr.write(recordingWords(trace, errorColors()));
  if (snapshot !== undefined && hasSnapshot) process.stderr.write(snapshotWords(snapshot, errorColors()));
}

function writeReport(file: string, text: string): void {
  try {
    replaceFile(file, text);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}
