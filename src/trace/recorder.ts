// A recording: takes the content of the tracer's buffer in the core, and writes it, with the functions to which it
// refers.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { HostCalls } from "../core/host-calls.js";
import type { Words } from "../core/memory-words.js";
import { type Base, type BaseBlock, encodeBase, START } from "./base.js";
import { ByteWriter } from "./bytes.js";
import {
  OTHER,
  type TraceCollection,
  type TraceEnd,
  type TraceFunction,
  type TraceMetadata,
  typeFunction,
} from "./format.js";
import { ProgramClock } from "./program-clock.js";
import { Gaps } from "./random.js";
import type { StartTally } from "./start-tally.js";
import type { TraceOutput } from "./writer.js";

/** The most collections that wait to be written. */
const MOST_COLLECTIONS = 1024;
/** The most milliseconds from one recorded time to the next. The rest of a longer pause comes with the times after that. */
const LONGEST_STEP = 2_000_000;
const BEFORE_FIRST = 0x7fff_ffff;
const NO_TYPES = "Cannot record types: it is not known where the heap's objects have their types";

/** The source of the stacks of a heap's program. */
export interface StackSource {
  readonly kind: TraceMetadata["stacks"];
  readonly python?: string;
  /**
   * What the core needs to read stacks by itself: words of its state, each with its offset; empty if it can't read
   * them.
   */
  readonly words: readonly (readonly [at: number, word: number])[];
  /** The function whose code object is at an address; undefined if stacks do not show it. */
  functionAt(code: number): CodeUnits | undefined;
  /** The types of objects. Absent if they can't be recorded. */
  readonly types?: TypeSource | undefined;
  /**
   * The places that the core can't read, from the outermost to the innermost. Without an interpreter, that is the whole
   * stack. With one, it is the asyncio tasks that wait for the running task, and the running task's name.
   */
  frames?(): readonly StackPlace[];
}

/** The source of the types of objects. */
export interface TypeSource {
  /** The table index of the function that finds the type of the object in a block: core/types/types.ts. */
  readonly finder: number;
  /** The name of the type at an address; undefined if there is none. */
  nameAt(type: number): string | undefined;
}

/** A function, and the lines of its code: pairs (count, line) say that the next `count` code units are in `line`. */
export interface CodeUnits extends TraceFunction {
  readonly lines: readonly number[];
}

export interface StackPlace {
  readonly name: string;
  readonly file: string;
  readonly line: number;
  /** The function, if it is one that `functionAt` returns. */
  readonly code?: CodeUnits;
}

/** The line of a code unit. */
export function lineAt(lines: readonly number[], unit: number): number {
  // In CPython 3.12, a frame that has not begun points to the unit before the function's first one. The core passes this
  // distance, -1 unit, as BEFORE_FIRST.
  const at = unit === BEFORE_FIRST ? 0 : unit;
  let k = 0;
  for (let end = lines[0] ?? 0; end <= at && k + 2 < lines.length; end += lines[k] ?? 0) k += 2;
  return lines[k + 1] ?? 0;
}

export interface RecordOptions {
  /** The program, as the words of a command line, for the file's metadata. */
  readonly command?: readonly string[] | undefined;
  /** Mean distance between samples, in bytes from 1 to 64 MiB; the default records every allocation. */
  readonly sample?: number | undefined;
  /** The seed that determines which blocks are sampled; the default is random. */
  readonly seed?: number | undefined;
  /** Whether the type of each object is recorded; the default is false. Only for an interpreter's objects. */
  readonly types?: boolean | undefined;
  /** Whether runs of the cycle collector are recorded as well; the default is true. */
  readonly collections?: boolean | undefined;
  /**
   * While the program allocates, recorded events are written at least this often, in milliseconds; by default, when the
   * buffer is full.
   */
  readonly flushEvery?: number | undefined;
  /**
   * The tally of what was allocated before the program. It ends when the recording starts. The recording begins with the
   * tally's sums, and all its events are the program's.
   */
  readonly start?: StartTally | undefined;
  /**
   * Called once, when an allocation of this many bytes finds no memory, before the program sees that. Everything before
   * this moment has been written; `end` is the end of a file that would end now. In a heap with a policy, measures
   * against pressure may still help the allocation. The program is in the middle of an operation: the heap must not be
   * used here.
   */
  readonly onNoMemory?: ((bytes: number, end: TraceEnd) => void) | undefined;
  /** Called each time when recorded events have been written. The program is in the middle of an allocation or a free. */
  readonly onWritten?: (() => void) | undefined;
  /** Changes the name of a file for the recording; the default keeps the program's name. */
  readonly nameFile?: ((file: string) => string) | undefined;
}

/** The numbers of functions. A function that comes again, as a new code object with the same text, keeps its number. */
class Functions {
  readonly #numbers = new Map<string, number>();
  /** The numbers of the objects that `numberOf` has seen before. */
  readonly #known = new WeakMap<CodeUnits, number>();
  readonly #nameFile: (file: string) => string;
  readonly #lines: (readonly number[])[] = [[]];
  #fresh: TraceFunction[] = [];

  constructor(nameFile: (file: string) => string) {
    this.#nameFile = nameFile;
  }

  numberOf(f: CodeUnits): number {
    const known = this.#known.get(f) ?? this.#numberOf({ ...f, file: this.#nameFile(f.file) });
    this.#known.set(f, known);
    return known;
  }

  #numberOf(f: CodeUnits): number {
    return this.#numbered(`${f.firstLine}\0${f.file}\0${f.name}\0${f.lines.join()}`, f, f.lines);
  }

  typeNumber(name: string): number {
    return this.#numbered(`type\0${name}`, typeFunction(name), []);
  }

  #numbered(key: string, f: TraceFunction, lines: readonly number[]): number {
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#fresh.push(f);
    this.#lines.push(lines);
    return number;
  }

  line(number: number, unit: number): number {
    return lineAt(this.#lines[number] ?? [], unit);
  }

  /** The functions that were numbered since the last call. */
  takeFresh(): readonly TraceFunction[] {
    const fresh = this.#fresh;
    this.#fresh = [];
    return fresh;
  }
}

export class Recorder {
  readonly #core: Core;
  readonly #words: Words;
  readonly #calls: HostCalls;
  readonly #source: StackSource;
  readonly #functions: Functions;
  readonly #output: TraceOutput;
  readonly #gaps: Gaps | undefined;
  readonly #start: StartTally | undefined;
  /** undefined if types are not recorded. */
  readonly #types: TypeSource | undefined;
  readonly #started: number;
  readonly #onChange: (isRunning: boolean) => void;
  readonly #flushEvery: number;
  /** undefined if there is no such function, or after it was called. */
  #onNoMemory: RecordOptions["onNoMemory"];
  readonly #onWritten: RecordOptions["onWritten"];
  readonly clock = new ProgramClock();
  #flushed = performance.now();
  /** The time that the core was told last, from performance.now(). */
  #told = 0;
  /** The end of the tracer's buffer. To force a write, it is moved to the beginning of the buffer. */
  #full = 0;
  /** Whether the stack that the core read last contains places from `source`. */
  #isStackHosts = false;
  #failure: { readonly error: unknown } | undefined;
  #collections: TraceCollection[] = [];
  /** Whether the buffer is being written: `onNoMemory` and `onWritten` are called then. */
  #isEmptying = false;
  /** Whether the time will be recorded when the event loop turns. */
  #watchesLoop = false;

  /** Makes the output. Nothing is recorded before start() is called. */
  constructor(
    core: Core,
    words: Words,
    calls: HostCalls,
    source: StackSource,
    options: RecordOptions,
    makeOutput: (metadata: TraceMetadata) => TraceOutput,
    onChange: (isRunning: boolean) => void,
  ) {
    this.#core = core;
    this.#words = words;
    this.#calls = calls;
    this.#source = source;
    this.#onChange = onChange;
    this.#flushEvery = options.flushEvery ?? Number.POSITIVE_INFINITY;
    this.#functions = new Functions(options.nameFile ?? ((file) => file));
    this.#start = options.start;
    if (options.types && !source.types) throw new Error(NO_TYPES);
    this.#types = options.types ? source.types : undefined;
    this.#started = options.start?.begun ?? performance.now();
    this.#onNoMemory = options.onNoMemory;
    this.#onWritten = options.onWritten;
    this.#gaps = options.sample === undefined ? undefined : new Gaps(options.sample, options.seed);
    this.#output = makeOutput({
      command: options.command ?? [],
      started: new Date().toISOString(),
      stacks: source.kind,
      ...(source.python !== undefined && { python: source.python }),
      sample: options.sample ?? 0,
      ...(this.#types && { types: true }),
    });
  }

  #word(offset: number): number {
    return this.#words.get(this.#core.control + offset);
  }

  /** Starts to trace the heap's domains. */
  start(): void {
    const { control, functions } = this.#core;
    this.#words.set(control + C.TRACE_INTERPRETERS_AT, 0);
    for (const [at, word] of this.#source.words) this.#words.set(control + at, word);
    // If this word is 0, the core tells the host of the first request for which there is no memory.
    this.#words.set(control + C.TRACE_LACKED_AT, this.#onNoMemory ? 0 : 1);
    this.#calls.tracer = this;
    const { sums } = this.#output;
    this.#words.set(control + C.TRACE_SUMS_AT, sums ? 1 : 0);
    // The sums are encoded before the clock starts, because this takes a while, and is not the program's time.
    const start = this.#start && this.#sampled(this.#start.base());
    const base = start && encodeBase(start);
    if (functions.trace_start(this.#gaps?.mean ?? 0) === 0) {
      this.#calls.tracer = undefined;
      throw new Error("Cannot trace: there is no memory for the tracer's tables");
    }
    if (this.#types) this.#words.set(this.#word(C.TRACE_BLOCK_AT) + C.TRACE_TYPES_IN_BLOCK, this.#types.finder);
    this.#full = this.#word(C.TRACE_FULL_AT);
    // The base refers to the recording's first node. So that node is made here, before anything is recorded.
    if (base) functions.trace_child(0, this.#functions.numberOf({ ...START, lines: [] }), 0);
    this.#onChange(true);
    if (this.#gaps) for (const { address } of start?.blocks ?? []) functions.trace_adopt(address);
    if (base) this.#writeStart(base, this.#told);
  }

  /** The base; if this recording samples, with only a sample of its blocks. */
  #sampled(base: Base): Base {
    const gaps = this.#gaps;
    if (!gaps) return base;
    let left = gaps.next();
    const isSample = ({ size }: BaseBlock) => {
      left -= Math.max(size, 1);
      if (left > 0) return false;
      left = gaps.next();
      return true;
    };
    return { gone: base.gone, blocks: base.blocks.filter(isSample) };
  }

  /**
   * Writes the sums of the interpreter's start. The events that follow are the program's; their times count from
   * `begun`, the first time that the core was told.
   */
  #writeStart(base: Uint8Array, begun: number): void {
    this.flush();
    this.#guard(() => {
      const { sums } = this.#output;
      const passed = Math.round((begun - this.#started) * 1000);
      sums?.base(base);
      sums?.program(passed);
      if (sums) return;
      this.#output.base(base);
      const time = new ByteWriter();
      time.number(passed);
      this.#output.events(Uint8Array.of(OTHER.time, ...time.written, OTHER.program));
    });
  }

  /** The bytes of the tracer's tables in the heap. */
  get tablesBytes(): number {
    return (
      C.TRACE_BLOCK_BYTES +
      (this.#word(C.TRACE_NODE_MASK_AT) + 1) * C.TRACE_NODE_BYTES +
      (this.#word(C.TRACE_WATCHED_MASK_AT) + 1) * C.TRACE_WATCHED_BYTES +
      this.#word(C.TRACE_SHADOW_ROOM_AT)
    );
  }

  /** Where the next event will be written: an address in the tracer's buffer. */
  get position(): number {
    return this.#word(C.TRACE_POSITION_AT);
  }

  /** The most frames of the stack that the next event compares: those of one chunk of CPython's stack. */
  get comparedFrames(): number {
    return (this.#word(C.TRACE_SHADOW_END_AT) - this.#word(C.TRACE_SETTLED_AT)) / C.TRACE_SEEN_BYTES;
  }

  /** Writes what was recorded so far. Does nothing while this is being written already, as in `onWritten`. */
  flush(): void {
    if (!this.#isEmptying) this.#core.functions.trace_flush();
  }

  /**
   * Makes the next event find the buffer full, so that the buffer is written. May be called at any moment, even while an
   * event is recorded.
   */
  flushSoon(): void {
    if (this.#full !== 0) this.#words.set(this.#core.control + C.TRACE_FULL_AT, 0);
  }

  /**
   * Ends the file of a program that will not continue. To be called within `onWritten`, where the recording itself can't
   * be stopped.
   */
  endFile(): void {
    this.#guard(() => this.#output.end(this.#endNow));
    this.#failure ??= { error: undefined };
  }

  /** To be called before the program waits, and after it has waited: events before and after get their own times. */
  noteTime(): void {
    this.#core.functions.trace_mark();
  }

  /**
   * Records the time when the event loop turns, because the program may then be idle for long. Each recorded time
   * starts one such watch.
   */
  #watchLoop(): void {
    if (this.#watchesLoop) return;
    this.#watchesLoop = true;
    const timer: unknown = setTimeout(() => {
      this.noteTime();
      this.#watchesLoop = false;
    });
    // In Node, this timer does not keep the program from ending.
    (timer as { unref?: () => void }).unref?.();
  }

  /** Marks what was allocated so far as the interpreter's: what remains of it in the end is not a leak. */
  noteProgram(): void {
    this.flush();
    this.#guard(() => {
      const { sums } = this.#output;
      if (sums) sums.program();
      else this.#output.events(Uint8Array.of(OTHER.program));
    });
  }

  /** Records a run of the cycle collector; `begun` is a time of performance.now(). */
  noteCollection(generation: number, collected: number, begun: number): void {
    const time = Math.max(0, Math.round((begun - this.#started) * 1000));
    const duration = Math.round((performance.now() - begun) * 1000);
    this.#collections.push({ time, generation, duration, collected });
    if (this.#collections.length >= MOST_COLLECTIONS) this.#writeCollections();
  }

  #writeCollections(): void {
    const list = this.#collections;
    if (list.length === 0) return;
    this.#collections = [];
    this.#guard(() => this.#output.collections(list));
  }

  /** The end of a file that would end now. */
  get #endNow(): TraceEnd {
    return {
      duration: Math.round((this.clock.now() - this.#started) * 1000),
      cutStacks: this.#word(C.TRACE_CUT_AT),
    };
  }

  /** Ends the recording and the file. Throws the first error of the sink, if there was one. */
  stop(): void {
    const { cutStacks } = this.#endNow;
    this.#core.functions.trace_stop();
    this.#onChange(false);
    this.#calls.tracer = undefined;
    this.#writeCollections();
    this.#guard(() => this.#output.end({ ...this.#endNow, cutStacks }));
    if (this.#failure) throw this.#failure.error;
  }

  /** Runs `write`. After the first failure nothing more is written: the file ends with its last complete block. */
  #guard(write: () => void): void {
    if (this.#failure) return;
    try {
      write();
    } catch (error) {
      this.#failure = { error };
    }
  }

  // ---- what the core calls ----

  /**
   * Microseconds since some moment. If it is time to write, this makes the tracer's buffer count as full for the next
   * event.
   */
  now(): number {
    const clock = Math.max(this.#told, this.clock.now());
    const now = this.#told === 0 ? clock : Math.min(clock, this.#told + LONGEST_STEP);
    this.#told = now;
    this.#watchLoop();
    if (now - this.#flushed >= this.#flushEvery) this.flushSoon();
    return now * 1000;
  }

  /** Sums up the events of the batch, and empties it. */
  sumUp(): void {
    const begin = this.#word(C.TRACE_BLOCK_AT);
    const length = this.#word(C.TRACE_BATCH_AT) - begin;
    this.#words.set(this.#core.control + C.TRACE_BATCH_AT, begin);
    this.#guard(() => this.#output.sums?.take(new Uint8Array(this.#core.memory.buffer, begin, length)));
  }

  emptyBuffer(): void {
    this.#isEmptying = true;
    try {
      this.#emptyBuffer();
    } finally {
      this.#isEmptying = false;
    }
  }

  #emptyBuffer(): void {
    if (this.#full !== 0) this.#words.set(this.#core.control + C.TRACE_FULL_AT, this.#full);
    this.sumUp();
    this.#flushed = performance.now();
    this.#writeCollections();
    const begin = this.#word(C.TRACE_BEGIN_AT);
    const length = this.#word(C.TRACE_POSITION_AT) - begin;
    this.#guard(() => {
      const fresh = this.#functions.takeFresh();
      if (fresh.length > 0) this.#output.functions(fresh);
      const { sums } = this.#output;
      if (length > 0 || sums) this.#output.events(new Uint8Array(this.#core.memory.buffer, begin, length));
      sums?.check();
    });
    const lacked = this.#word(C.TRACE_LACKED_AT);
    if (lacked !== 0) this.#tellNoMemory(lacked);
    this.#onWritten?.();
  }

  #tellNoMemory(bytes: number): void {
    const tell = this.#onNoMemory;
    this.#onNoMemory = undefined;
    this.#guard(() => this.#output.complete?.());
    if (!this.#failure) tell?.(bytes, this.#endNow);
  }

  gap(): number {
    // Before the next sample, the running task may begin another step in the same frame, and other tasks may wait for
    // it then. So the next stack is read anew, and its places from `source` are asked for again.
    if (this.#isStackHosts) this.#words.set(this.#core.control + C.TRACE_SHADOW_END_AT, C.TRACE_SEEN_BYTES);
    this.#isStackHosts = false;
    return this.#gaps?.next() ?? 1;
  }

  code(address: number): number {
    const found = this.#source.functionAt(address >>> 0);
    return found ? this.#functions.numberOf(found) : 0;
  }

  type(address: number): number {
    const name = this.#types?.nameAt(address >>> 0);
    return name === undefined ? 0 : this.#functions.typeNumber(name);
  }

  line(id: number, unit: number): number {
    return this.#functions.line(id, unit);
  }

  /** The node of the places that the core can't read, below a node. */
  stack(below: number): number {
    this.#isStackHosts = true;
    let node = below;
    for (const { name, file, line, code } of this.#source.frames?.() ?? []) {
      const number = this.#functions.numberOf(code ?? { name, file, firstLine: 0, lines: [] });
      node = this.#core.functions.trace_child(node, number, line);
    }
    return node;
  }
}
