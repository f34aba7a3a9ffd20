// `pyheap run spam.wasm`: runs a module in C on its own heap: its `main`, or the function that is named.

import { basename } from "node:path";
import { TextEncoder } from "node:util";
import { functionLocator } from "../alloc/locator.js";
import type { Address } from "../ground/address.js";
import { describeFault, type Fault, HeapCorruption, MemoryError, messageOf } from "../ground/errors.js";
import { Heap } from "../heap/heap.js";
import type { CModule } from "../hosts/c/c-module.js";
import { CExit } from "../hosts/c/environment.js";
import { LinkError } from "../hosts/c/link-error.js";
import type { CValue } from "../hosts/c/loaded.js";
import { isOurs } from "../hosts/c/traps.js";
import { PyException } from "../objects/bridge/exceptions.js";
import type { Program, RunResult } from "../report/run-result.js";
import type { Recorder } from "../trace/recorder.js";
import type { RunRequest, WorkerMessage } from "./protocol.js";
import { dumpTrace, flushEvery, traceSink } from "./recording.js";
import { exitCodeOf } from "./signals.js";
import { UsageError } from "./system/errors.js";
import type { Interruptible } from "./thread-interrupts.js";

/** The exit code after abort(), and for a program in which debug hooks found a fault. */
const ABORTED = 134;
const FAILED = 1;
/** Where the heap begins. The program's stack is below it. */
const STACK_BYTES = 2 ** 20;

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}

/**
 * The program's arguments as C has them: strings that end with a zero, and an array of their addresses that ends with
 * NULL.
 */
class Words {
  readonly #heap: Heap;
  readonly #blocks: Address[] = [];

  constructor(heap: Heap) {
    this.#heap = heap;
  }

  #store(bytes: Uint8Array): number {
    const block = this.#heap.raw.malloc(bytes.length);
    if (block === 0) throw new MemoryError(bytes.length, "no memory is left for the program's arguments");
    this.#blocks.push(block);
    new Uint8Array(this.#heap.memory.buffer).set(bytes, block);
    return block;
  }

  string(text: string): number {
    return this.#store(new TextEncoder().encode(`${text}\0`));
  }

  array(texts: readonly string[]): number {
    const addresses = new Uint32Array([...texts.map((text) => this.string(text)), 0]);
    return this.#store(new Uint8Array(addresses.buffer));
  }

  release(): void {
    for (const block of this.#blocks) this.#heap.raw.free(block);
  }
}

const WHOLE = /^(-?\d+)n?$/;

/**
 * An argument as a value for C: a number, or a bigint where the parameter has 64 bits; other text as the address of a
 * string.
 */
function argumentOf(word: string, wanted: "number" | "bigint" | undefined, words: Words): CValue {
  const [, digits] = WHOLE.exec(word) ?? [];
  if (wanted === "bigint") {
    if (digits === undefined) throw new UsageError(`Cannot use "${word}" as an argument: a whole number is needed`);
    return BigInt(digits);
  }
  if (wanted === undefined && word.endsWith("n") && digits !== undefined) return BigInt(digits);
  const value = word.trim() === "" ? Number.NaN : Number(digits ?? word);
  return Number.isNaN(value) ? words.string(word) : value;
}

/** An argument as a value for Python: an int, a float or a str. */
function pythonValueOf(word: string): unknown {
  const value = word.trim() === "" ? Number.NaN : Number(word);
  if (Number.isNaN(value)) return word;
  return Number.isInteger(value) && !Number.isSafeInteger(value) && WHOLE.test(word) ? BigInt(word) : value;
}

/** The names in the Python module that can be called. */
function inPython(module: CModule): string[] {
  if (!module.functionNames.some((name) => name.startsWith("PyInit_"))) return [];
  return module.module.attributeNames.filter((name) => !name.startsWith("__"));
}

/** Calls a function by its name in C, and prints its result. */
function callC(module: CModule, name: string, args: readonly string[], target: string, words: Words): void {
  const parameters = module.parametersOf(name);
  if (parameters && parameters.length !== args.length) {
    throw new UsageError(`Cannot run ${target}: ${name} takes ${parameters.length} arguments, not ${args.length}`);
  }
  const answer = module.call(name, ...args.map((word, k) => argumentOf(word, parameters?.[k], words)));
  if (answer !== undefined) process.stdout.write(`${answer}\n`);
}

/** Calls a function or a type of the Python module, and prints the result unless it is None. */
function callPython(heap: Heap, module: CModule, name: string, args: readonly string[]): void {
  heap.scope(() => {
    const answer = module.module.callMethod(name, ...args.map(pythonValueOf));
    if (answer !== null) process.stdout.write(`${answer}\n`);
  });
}

/** Makes the call that the command asks for. Returns the exit code. */
function call(heap: Heap, module: CModule, { target, args }: Program, words: Words): number {
  const [name, ...rest] = args;
  const attributes = inPython(module);
  if (name !== undefined && attributes.includes(name)) {
    callPython(heap, module, name, rest);
    return 0;
  }
  if (name !== undefined && name !== "main" && module.functionNames.includes(name)) {
    callC(module, name, rest, target, words);
    return 0;
  }
  if (!module.functionNames.includes("main")) {
    const own = module.functionNames.filter((each) => !each.startsWith("PyInit_"));
    const has = [...attributes, ...own].join(", ") || "none";
    const what = name === undefined ? "name a function of it" : `${name} is not a function of it`;
    throw new UsageError(`Cannot run ${target}: ${what}; it has no main, but: ${has}`);
  }
  const argv = [target, ...args];
  return Number(module.call("main", argv.length, words.array(argv)) ?? 0) & 0xff;
}

/** Handles the error that ended a program: writes a line about it, and returns the exit code. */
function ended(error: unknown): number {
  if (error instanceof CExit) return error.status & 0xff;
  if (error instanceof MemoryError || error instanceof PyException) {
    say(`${error.name}: ${error.message}`);
    return FAILED;
  }
  if (error instanceof WebAssembly.RuntimeError || error instanceof RangeError) {
    const frames = (error.stack ?? "").split("\n").filter((line) => line.includes("wasm://"));
    say([`pyheap: the program was stopped: ${error.message}`, ...frames].join("\n"));
    return ABORTED;
  }
  throw error;
}

/** Runs with an empty stack. Otherwise a trace would show the command's own frames as the program's. */
function onOwnStack<T>(run: () => T): Promise<T> {
  return new Promise((resolve, reject) => {
    setImmediate(() => {
      try {
        resolve(run());
      } catch (error) {
        reject(error);
      }
    });
  });
}

/** The module of WebAssembly whose code called the function that made this stack; undefined if none did. */
function innermostModule(stack: string | undefined): string | undefined {
  return /wasm:\/\/wasm\/[^:)]+/.exec(stack ?? "")?.[0];
}

/**
 * Interrupts come where functions and loops begin. Between two bytes of an event that the core writes, there are fewer
 * such places than this.
 */
const MOST_WITHIN_BYTE = 8;

/** Whether WebAssembly's code was interrupted, and not a function in JavaScript that it called. */
function isInWasm(stack: string | undefined): boolean {
  const frames = (stack ?? "").split("\n").filter((line) => line.includes("://"));
  const first = frames.findIndex((line) => line.includes("wasm://"));
  return first >= 0 && frames.slice(0, first).every((line) => line.includes(import.meta.url));
}

/** A program in C that runs. It can be interrupted while its own code runs, because the core has nothing half done then. */
class Run implements Interruptible {
  readonly #request: RunRequest;
  readonly #report: Report;
  readonly #heap: Heap;
  readonly #begun: number;
  #recorder: Recorder | undefined;
  #started = performance.now();
  #startBytes = 0;
  #isOver = false;
  /** The signal that ends the program as soon as the recorder has written its events. */
  #signal: number | undefined;
  /** Where the last event that the core was seen to write ends, and how many interrupts in a row have found this place. */
  #position = 0;
  #unmoved = 0;

  constructor(heap: Heap, request: RunRequest, report: Report, begun: number) {
    this.#heap = heap;
    this.#request = request;
    this.#report = report;
    this.#begun = begun;
  }

  /** Begins the program, and its recording. */
  begin(): void {
    const { trace, program, shared } = this.#request;
    if (trace !== undefined) {
      const { say, complain } = this.#report;
      this.#recorder = this.#heap.trace({
        command: [program.target, ...program.args],
        sample: trace.sample,
        aggregate: trace.aggregate && "continuously",
        flushEvery: flushEvery(false),
        ...(trace.dump !== undefined && {
          onNoMemory: (bytes, end) => dumpTrace(trace, { bytes, place: functionLocator(), end }, say, complain),
        }),
        onWritten: () => {
          if (this.#signal !== undefined) this.#endBy(this.#signal, () => this.#recorder?.endFile());
        },
        write: traceSink(trace, shared, say).write,
      });
    }
    this.#startBytes = this.#heap.reserved;
    this.#started = performance.now();
  }

  flush(): boolean {
    if (this.#isOver) return true;
    if (this.#isInProgram() || this.#isInOtherWork()) {
      this.#recorder?.flush();
      return true;
    }
    this.#recorder?.flushSoon();
    return false;
  }

  /** Whether the core was interrupted in something that records no events, such as a search in a long list. */
  #isInOtherWork(): boolean {
    // In an aggregated recording, events are summed up at once, and none is written.
    if (this.#request.trace?.aggregate) return false;
    const position = this.#recorder?.position ?? 0;
    this.#unmoved = position === this.#position && isInWasm(new Error().stack) ? this.#unmoved + 1 : 0;
    this.#position = position;
    return this.#unmoved > MOST_WITHIN_BYTE;
  }

  end(signal: number): boolean {
    if (this.#isOver) return true;
    // In a loop that only calls the core, interrupts may come only at the beginning of the core's functions, where nothing is
    // half done.
    if (this.#isInProgram() || (!this.#recorder && isWhole(this.#heap))) {
      this.#endBy(signal, () => this.#recorder?.stop());
      return true;
    }
    if (this.#recorder) {
      this.#signal = signal;
      this.#recorder.flushSoon();
    }
    return false;
  }

  #endBy(signal: number, stop: () => void): void {
    const result = this.#measure(stop);
    const exitCode = exitCodeOf(signal);
    this.#report.say({ kind: "done", exitCode, result: { ...result, exitCode } });
  }

  /** Whether the program's own code was interrupted, or code outside of the core that it had called. */
  #isInProgram(): boolean {
    const module = innermostModule(new Error().stack);
    return module !== undefined && !isOurs(module);
  }

  /** Ends the recording and the program's time, because the program has ended. */
  finish(): Omit<RunResult, "exitCode"> {
    return this.#measure(() => this.#recorder?.stop());
  }

  #measure(stop: () => void): Omit<RunResult, "exitCode"> {
    const finished = performance.now();
    this.#isOver = true;
    const { program, limit } = this.#request;
    try {
      stop();
    } catch (error) {
      this.#report.complain(messageOf(error));
    }
    mustBeWhole(this.#heap, program);
    const stats = this.#heap.stats();
    return {
      program,
      allocator: "pyheap",
      limit,
      startupSeconds: (this.#started - this.#begun) / 1000,
      seconds: (finished - this.#started) / 1000,
      memoryBytes: stats.memoryBytes,
      startBytes: this.#startBytes,
      peakBytes: stats.platformPeak,
      platformBytes: stats.account.platform,
      hostUsed: 0,
      hostFree: 0,
      stats,
    };
  }
}

function isWhole(heap: Heap): boolean {
  try {
    heap.check();
    return true;
  } catch {
    return false;
  }
}

/** Throws if the program has broken the heap: then nothing else can be reported. */
function mustBeWhole(heap: Heap, { target }: Program): void {
  try {
    heap.check();
  } catch (error) {
    if (error instanceof HeapCorruption) throw new UsageError(`Cannot report on ${target}: ${error.message}`, ABORTED);
    throw error;
  }
}

/** What a run tells, besides what the program prints. */
export interface Report {
  say(message: WorkerMessage): void;
  complain(what: string): void;
  /** Takes the object by which the program can be interrupted from now on. */
  interruptible(run: Interruptible): void;
}

/** Runs a module. Misuse that debug hooks find is reported as it happens, and the program goes on. */
export async function runC(request: RunRequest, report: Report): Promise<void> {
  const { program, limit, debugHooks } = request;
  let faults = 0;
  const onFault = (fault: Fault) => {
    faults++;
    report.complain(describeFault(fault));
  };
  const begun = performance.now();
  const heap = await Heap.create({
    allocator: debugHooks ? "debug" : "default",
    base: STACK_BYTES,
    onFault,
    locate: functionLocator,
    ...(limit !== undefined && { limit }),
  });
  let module: CModule;
  try {
    module = await heap.load(program.target, { name: basename(program.target) });
  } catch (error) {
    if (error instanceof LinkError || error instanceof WebAssembly.CompileError) throw new UsageError(error.message);
    if (error instanceof MemoryError) throw new UsageError(`Cannot run ${program.target}: ${error.message}`);
    throw error;
  }
  const run = new Run(heap, request, report, begun);
  run.begin();
  report.interruptible(run);
  const words = new Words(heap);
  let status: number;
  try {
    status = await onOwnStack(() => call(heap, module, program, words));
  } catch (error) {
    status = ended(error);
  }
  const exitCode = status === 0 && faults > 0 ? ABORTED : status;
  words.release();
  const result = run.finish();
  report.say({ kind: "done", exitCode, result: { ...result, exitCode, leaks: module.unload() } });
}
