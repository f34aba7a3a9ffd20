// The options of `pyheap run`: which of them go together, and which words belong to the program.

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { Command, InvalidArgumentError, Option } from "commander";
import { ALLOCATORS, type Program, type PythonAllocator } from "../report/run-result.js";
import { parseDuration } from "../text/duration.js";
import { parseSize } from "../text/size.js";
import { MOST_SAMPLE_BYTES, SAMPLE_BYTES } from "../trace/random.js";
import type { Budget } from "./budget.js";
import { add, addPackageOptions, type ProgramPackageOptions } from "./package-options.js";
import type { PlaceOptions } from "./places.js";
import { beginPythonThread } from "./python-thread.js";
import { toCount } from "./report/options.js";
import type { ServedAt } from "./served-program.js";
import { UsageError } from "./system/errors.js";
import { FORCE } from "./system/files.js";

export interface RunOptions extends Budget, ProgramPackageOptions, PlaceOptions {
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
  readonly types?: boolean;
  readonly traceStart?: boolean;
  readonly dumpOnMemoryError?: string;
  readonly snapshot?: string;
  readonly snapshotOn?: "memory-error";
  readonly snapshotEvery?: number;
  readonly snapshotKeep?: number;
  readonly live?: boolean;
  readonly liveTerminal?: boolean;
  readonly port?: number;
  readonly serve?: ServedAt;
  readonly serveName?: readonly string[];
  readonly venv?: string;
  readonly quiet?: boolean;
  readonly cache?: boolean;
  readonly image?: string;
  readonly orCold?: boolean;
  readonly trust?: string;
  readonly force?: boolean;
}

/** The environment variable with the token that clients of `--serve` must know. The program does not see it. */
export const SERVE_TOKEN = "PYHEAP_TOKEN";

const EXAMPLES = `
Examples:
  pyheap run app.py input.txt             run a program, then show where its memory went
  pyheap run --limit 64MiB app.py         past 64 MiB the program sees MemoryError
  pyheap run --soft-limit 48MiB app.py    past 48 MiB garbage is collected, and what is empty goes back
  pyheap run -c "print(sum(range(10)))"   run a piece of code
  pyheap run -m json.tool data.json       run a module of the standard library
  pyheap run --package attrs app.py       with a package that it does not import itself
  pyheap run -r requirements.txt app.py   with the packages of a file
  pyheap run --venv .venv app.py          with the packages of a virtual environment
  pyheap run --sandbox --mount ~/data:/data:ro app.py
  pyheap run spam.wasm                    run main of a module in C (pyheap cc makes them)
  pyheap run spam.wasm add 3 4            call one of its functions
  pyheap run --json - --quiet app.py      the report as JSON on standard output
  pyheap run --trace app.trace app.py     record every allocation, for pyheap report
  pyheap run --trace app.trace --sample 512KiB app.py
  pyheap run --trace app.trace --types app.py
  pyheap run --limit 64MiB --dump-on-memory-error oom.trace app.py
  pyheap run --snapshot app.heapsnapshot app.py
  pyheap run --limit 64MiB --snapshot oom.heapsnapshot --snapshot-on memory-error app.py
  pyheap run --snapshot app.heapsnapshot --snapshot-every 30s app.py
  pyheap run --fail-over-peak 50MiB --fail-over-leak 1MiB test.py
  pyheap run --live app.py                look at it in a browser while it runs
  pyheap run --serve 6060 app.py          profiles and metrics for pprof, Prometheus, Pyroscope
  pyheap run --image app.pyimage app.py   start from an interpreter that has imported what it needs
  pyheap run --allocator malloc app.py    stock CPython's allocator, to compare

Words after the program, or after the argument of -c or -m, belong to the program: pyheap run --quiet app.py --limit 3`;

/**
 * The command. It reads its words as `python` does: the program's name ends our options, and so does the argument of -c
 * or -m.
 */
class RunCommand extends Command {
  override parseOptions(words: string[]): { operands: string[]; unknown: string[] } {
    return super.parseOptions(this.#endOptions(words));
  }

  /** The same words, with `--` inserted after the argument of -c or -m. */
  #endOptions(words: string[]): string[] {
    for (let k = 0; k < words.length; k++) {
      const word = words[k] as string;
      if (word === "--" || !word.startsWith("-")) break;
      const option = this.options.find(({ short, long }) => word === short || word === long);
      if (option?.required) k++;
      // Also in one word: -cCODE and -mMODULE.
      if (/^-[cm]/.test(word)) return [...words.slice(0, k + 1), "--", ...words.slice(k + 1)];
    }
    return words;
  }
}

export function addRun(program: Command): void {
  program.addCommand(runCommand(runInItsThread));
}

async function runInItsThread(program: Program, options: RunOptions): Promise<number> {
  const thread = program.kind === "wasm" ? undefined : beginPythonThread();
  try {
    const { run } = await import("./run.js");
    return await run(program, options, thread);
  } finally {
    // If there was nothing to run, the thread still waits.
    await thread?.terminate();
  }
}

/** `run` is called with the program and the options. */
export function runCommand(run: (program: Program, options: RunOptions) => Promise<number>): Command {
  const command = new RunCommand("run")
    .summary("run a program in Python or C on the heap and show where its memory went")
    .description(
      "Runs a Python program as `python` does, or a module in C, on a heap of its own, and shows where its memory went.",
    )
    .argument("[script]", "the program, or a module in C (.wasm); options after it are the program's own")
    .argument("[args...]", "the program's arguments")
    .addOption(new Option("-c <code>", "run this code; the words after it are the program's").conflicts("m"))
    .addOption(new Option("-m <module>", "run a module as a program; the words after it are the program's"))
    .option("--limit <size>", "hard limit of what Python's memory manager takes (64MiB, 100M, 1GB)", toSize)
    .option("--soft-limit <size>", "above this, garbage is collected; the default is seven eighths of --limit", toSize)
    .addOption(
      new Option("--allocator <name>", "the allocator that serves Python").choices(ALLOCATORS).default("pyheap"),
    )
    .option("--debug-hooks", "check every block; misuse is reported, and ends a program in Python")
    .option("--trace <file>", "record every allocation with its stack, for `pyheap report`")
    .option(
      "--sample <size>",
      "of a trace: record one block for each <size> bytes on average, for estimates (512KiB)",
      toSample,
    )
    .option("--aggregate", "of a trace: keep only the totals by stack and the peak, in a small file")
    .option("--types", "of a trace: record the type of each object, for `pyheap report --by-type`")
    .option(
      "--trace-start",
      "of a trace: record the events of the interpreter's start as well, and not only their sums",
    )
    .option(
      "--dump-on-memory-error <file>",
      "when no memory is left, write a trace that ends there: what is live then, by stack",
    )
    .option(
      "--fail-over-peak <size>",
      "exit with 3 if more was live at once; shows the calls that allocated it",
      toBudget,
    )
    .option(
      "--fail-over-leak <size>",
      "exit with 3 if more was not freed; shows the calls that allocated it",
      toBudget,
    );
  return addPackageOptions(command)
    .option("--venv <folder>", "see the packages of a virtual environment; the default is the one that is active")
    .option(
      "--mount <host:guest>",
      "show a folder at another path; HOST:/GUEST:ro makes it read-only there (may be repeated)",
      add,
    )
    .option("--sandbox", "show the program nothing of the machine but the current folder, and what --mount names")
    .option("--live", "show the program while it runs: a page on this machine")
    .option("--live-terminal", "show the program while it runs, in this terminal")
    .option("--port <number>", "of --live: the port of the page; the default is any that is free", toPort)
    .option(
      "--serve <port>",
      "serve profiles and metrics while the program runs, to programs of this machine (6060), or of others (0.0.0.0:6060)",
      toAddress,
    )
    .option("--serve-name <name>", "of --serve: another name under which clients reach it (may be repeated)", add)
    .option("--snapshot <file>", "at the end of the program, write who holds what in the heap (app.heapsnapshot)")
    .addOption(
      new Option("--snapshot-on <event>", "of --snapshot: write it when no memory is left, and not at the end").choices(
        ["memory-error"],
      ),
    )
    .option(
      "--snapshot-every <time>",
      "of --snapshot: write numbered snapshots as well, app.1.heapsnapshot and so on (30s, 5m)",
      toDuration,
    )
    .option("--snapshot-keep <n>", "of numbered snapshots: how many stay, the newest ones; the default is 10", toCount)
    .option("--json <file>", "write the report as JSON (- for standard output)")
    .option("--quiet", "no report")
    .option("--pyodide <folder>", "run with the Pyodide in this folder, in place of the one that comes with pyheap")
    .option("--image <file>", "start Python from an image that `pyheap image create` made")
    .option("--or-cold", "of --image: start without the image if it can't be used")
    .option("--trust <sha256>", "of --image: use it though somebody else made it, if its SHA-256 is this", toHash)
    .option("--no-cache", "start Python anew, and not from the image that is kept of it (PYHEAP_CACHE: where)")
    .option(...FORCE)
    .passThroughOptions()
    .addHelpText("after", EXAMPLES)
    .action(async (script: string | undefined, args: string[], options: RunOptions) => {
      const program = chooseProgram(script, args, options);
      checkOptions(program, options);
      process.exitCode = await run(program, options);
    });
}

/** The range of --snapshot-every, in milliseconds. */
const LEAST_EVERY = 100;
const MOST_EVERY = 24 * 3_600_000;

function toHash(text: string): string {
  if (!/^[0-9a-f]{64}$/i.test(text)) throw new InvalidArgumentError("A SHA-256 has 64 hexadecimal digits.");
  return text;
}

function toPort(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 0 || port > 65535)
    throw new InvalidArgumentError("It must be a number up to 65535.");
  return port;
}

/** A port, or an address and a port. An IPv6 address is in brackets. */
function toAddress(text: string): ServedAt {
  const [, inBrackets, plain, port = ""] = /^(?:(?:\[(.+)\]|([^:]+)):)?(\d+)$/.exec(text) ?? [];
  const host = inBrackets ?? plain;
  return { ...(host !== undefined && { host }), port: toPort(port === "" ? text : port) };
}

/** A budget; unlike other sizes, it may be 0. */
function toBudget(text: string): number {
  const size = parseSize(text);
  if (size === undefined) throw new InvalidArgumentError("A size is a number of bytes, or like 64MiB, 100M, 1GB.");
  return size;
}

function toDuration(text: string): number {
  const duration = parseDuration(text);
  if (duration === undefined) throw new InvalidArgumentError("A time is like 30s, 500ms, 5m, 1h.");
  if (duration < LEAST_EVERY || duration > MOST_EVERY) throw new InvalidArgumentError("It must be from 100ms to 24h.");
  return duration;
}

function toSize(text: string): number {
  const size = toBudget(text);
  if (size === 0) throw new InvalidArgumentError("It must be at least one byte.");
  return size;
}

function toSample(text: string): number {
  const size = toSize(text);
  if (size > MOST_SAMPLE_BYTES) throw new InvalidArgumentError("It must be at most 64MiB.");
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
  if (statSync(path).isDirectory() && !existsSync(join(path, "__main__.py"))) {
    throw new UsageError(`Cannot run ${script}: it is a folder without __main__.py`);
  }
  return { kind: script.endsWith(".wasm") ? "wasm" : "script", target: script, args };
}

export const isLive = ({ live = false, liveTerminal = false }: RunOptions) => live || liveTerminal;

/** The mean distance between samples if a trace is only made to be served. */
export const servedSample = ({ serve, sample = SAMPLE_BYTES }: RunOptions) => (serve ? { sample } : undefined);

export const checksBudget = ({ failOverPeak, failOverLeak }: RunOptions) =>
  failOverPeak !== undefined || failOverLeak !== undefined;

/** Throws UsageError if options contradict each other. */
function checkOptions({ kind }: Program, options: RunOptions): void {
  const { allocator, limit, softLimit, trace, dumpOnMemoryError: dump } = options;
  const view = options.live ? "--live" : options.liveTerminal ? "--live-terminal" : "--serve";
  const isWatched = isLive(options) || options.serve !== undefined;
  const [ours] = [
    ...(limit !== undefined ? ["--limit"] : []),
    ...(softLimit !== undefined ? ["--soft-limit"] : []),
    ...(options.debugHooks ? ["--debug-hooks"] : []),
    ...(trace !== undefined ? ["--trace"] : []),
    ...(options.snapshot !== undefined ? ["--snapshot"] : []),
    ...(dump !== undefined ? ["--dump-on-memory-error"] : []),
    ...(options.failOverPeak !== undefined ? ["--fail-over-peak"] : []),
    ...(options.failOverLeak !== undefined ? ["--fail-over-leak"] : []),
    ...(isWatched ? [view] : []),
  ];
  const [sums] = [
    ...(options.aggregate ? ["--aggregate"] : []),
    ...(options.failOverPeak !== undefined ? ["--fail-over-peak"] : []),
    ...(options.failOverLeak !== undefined ? ["--fail-over-leak"] : []),
  ];
  const problems: readonly (readonly [isThere: boolean, problem: string])[] = [
    [
      allocator !== "pyheap" && ours !== undefined,
      `Cannot use ${ours} with --allocator ${allocator}: only pyheap has it`,
    ],
    [allocator !== "pyheap" && kind === "wasm", `Cannot run C with --allocator ${allocator}: only Python has it`],
    [softLimit !== undefined && kind === "wasm", "Cannot use --soft-limit with C: there is nothing to collect"],
    [
      softLimit !== undefined && limit !== undefined && softLimit >= limit,
      "Cannot use a --soft-limit that is not below --limit: the program would meet MemoryError first",
    ],
    [options.snapshot !== undefined && kind === "wasm", "Cannot take a --snapshot of C: it has no Python objects"],
    [
      options.snapshot === undefined && (options.snapshotOn !== undefined || options.snapshotEvery !== undefined),
      `Cannot use ${options.snapshotOn === undefined ? "--snapshot-every" : "--snapshot-on"} without --snapshot: that names the file`,
    ],
    [
      options.snapshotKeep !== undefined && options.snapshotEvery === undefined && !isLive(options),
      "Cannot use --snapshot-keep without --snapshot-every: it says how many of the numbered snapshots stay",
    ],
    [isWatched && kind === "wasm", `Cannot show C while it runs: ${view} is for Python`],
    [options.pyodide !== undefined && kind === "wasm", "Cannot use --pyodide with C: it is a Python to run with"],
    [
      isWatched && sums !== undefined,
      `Cannot use ${view} with ${sums}: ${view} needs events, and ${sums} records only sums`,
    ],
    [
      options.port !== undefined && !options.live,
      "Cannot use --port without --live: it is the port of the page that --live shows",
    ],
    [
      options.image !== undefined && (kind === "wasm" || allocator !== "pyheap"),
      "Cannot use --image here: it is only for Python on pyheap's allocator, whose heap an image contains",
    ],
    [
      options.trust !== undefined && options.image === undefined,
      "Cannot use --trust without --image: --trust says which image is the right one",
    ],
    [
      options.orCold === true && options.image === undefined,
      "Cannot use --or-cold without --image: --or-cold is for an image that can't be used",
    ],
    [
      options.serveName !== undefined && options.serve === undefined,
      "Cannot use --serve-name without --serve: it is a name of the server",
    ],
    [
      options.sample !== undefined && trace === undefined && dump === undefined && options.serve === undefined,
      "Cannot use --sample without --trace: the option chooses what a trace records",
    ],
    [
      options.aggregate === true && trace === undefined,
      "Cannot use --aggregate without --trace: the option chooses what a trace records",
    ],
    [
      options.types === true && trace === undefined && dump === undefined,
      "Cannot use --types without --trace: the option chooses what a trace records",
    ],
    [options.types === true && kind === "wasm", "Cannot record the --types of C: its blocks have none"],
    [
      options.traceStart === true && trace === undefined,
      "Cannot use --trace-start without --trace: the option chooses what a trace records",
    ],
  ];
  const found = problems.find(([isThere]) => isThere);
  if (found) throw new UsageError(found[1]);
}
