// A recording: takes what the core's tracer has in its buffer, with the functions that it speaks of, to a writer.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { HostCalls } from "../core/host-calls.js";
import type { Words } from "../core/memory-words.js";
import { OTHER, type TraceCollection, type TraceFunction, type TraceMetadata } from "./format.js";
import { Gaps } from "./random.js";
import type { TraceOutput } from "./writer.js";

/** So many collections wait to be written at most. */
const MOST_COLLECTIONS = 1024;
const BEFORE_FIRST = 0x7fff_ffff;

/** Where the stacks of a heap's program come from. */
export interface StackSource {
  readonly kind: TraceMetadata["stacks"];
  readonly python?: string;
  /** What the core needs to read stacks by itself: words of its state, each by its constant; empty if it can't. */
  readonly words: readonly (readonly [at: number, word: number])[];
  /** The function whose code object is at an address; undefined for one that stacks don't show. */
  functionAt(code: number): CodeUnits | undefined;
  /** The stack of the program, for a core that can't read it: places from the outermost inwards. */
  frames?(): readonly StackPlace[];
}

/** A function, and the lines of its code: pairs (count, line), the next `count` code units are in `line`. */
export interface CodeUnits extends TraceFunction {
  readonly lines: readonly number[];
}

export interface StackPlace {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

export interface RecordOptions {
  /** The program, as words of a command line: for the file's metadata. */
  readonly command?: readonly string[] | undefined;
  /** Mean distance between samples, in bytes from 1 to 64 MiB; the default records every allocation. */
  readonly sample?: number | undefined;
  /** What determines which blocks are sampled; the default is random. */
  readonly seed?: number | undefined;
  /** Runs of the cycle collector are recorded as well; the default is true. */
  readonly collections?: boolean | undefined;
  /** While the program allocates, what was recorded is written at least so often, in milliseconds; the default is when the buffer is full. */
  readonly flushEvery?: number | undefined;
  /** What a file is called in the recording; the default is what the program calls it. */
  readonly nameFile?: ((file: string) => string) | undefined;
}

/** The numbers of functions. A function that comes again, as a new code object of the same text, has its old number. */
class Functions {
  readonly #numbers = new Map<string, number>();
  readonly #lines: (readonly number[])[] = [[]];
  #fresh: TraceFunction[] = [];

  numberOf(f: CodeUnits): number {
    const key = `${f.firstLine}\0${f.file}\0${f.name}\0${f.lines.join()}`;
    const known = this.#numbers.get(key);
    if (known !== undefined) return known;
    const number = this.#numbers.size + 1;
    this.#numbers.set(key, number);
    this.#fresh.push(f);
    this.#lines.push(f.lines);
    return number;
  }

  line(number: number, unit: number): number {
    const lines = this.#lines[number] ?? [];
    // CPython 3.12 has a frame that has not begun one unit before its first, as a distance of two bytes below 0.
    const at = unit === BEFORE_FIRST ? 0 : unit;
    let k = 0;
    for (let end = lines[0] ?? 0; end <= at && k + 2 < lines.length; end += lines[k] ?? 0) k += 2;
    return lines[k + 1] ?? 0;
  }

  /** Those that were numbered since the last call. */
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
  readonly #functions = new Functions();
  readonly #output: TraceOutput;
  readonly #gaps: Gaps | undefined;
  readonly #started = performance.now();
  readonly #onChange: (isRunning: boolean) => void;
  readonly #flushEvery: number;
  readonly #nameFile: (file: string) => string;
  #flushed = performance.now();
  /** Where the tracer's buffer is full: it is moved to the buffer's begin when it is time to write. */
  #full = 0;
  #failure: { readonly error: unknown } | undefined;
  #collections: TraceCollection[] = [];
  /** The time will be noted when the event loop turns. */
  #watchesLoop = false;

  /** Makes the output. Events come from `start` on. */
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
    this.#nameFile = options.nameFile ?? ((file) => file);
    this.#gaps = options.sample === undefined ? undefined : new Gaps(options.sample, options.seed);
    this.#output = makeOutput({
      command: options.command ?? [],
      started: new Date().toISOString(),
      stacks: source.kind,
      ...(source.python !== undefined && { python: source.python }),
      sample: options.sample ?? 0,
    });
  }

  #word(offset: number): number {
    return this.#words.get(this.#core.control + offset);
  }

  /** The heap's domains are traced from now on. */
  start(): void {
    const { control, functions } = this.#core;
    this.#words.set(control + C.TRACE_INTERPRETERS_AT, 0);
    for (const [at, word] of this.#source.words) this.#words.set(control + at, word);
    this.#calls.tracer = this;
    if (functions.trace_start(this.#gaps?.mean ?? 0) === 0) {
      this.#calls.tracer = undefined;
      throw new Error("Cannot trace: there is no memory for the tracer's tables");
    }
    this.#full = this.#word(C.TRACE_FULL_AT);
    this.#onChange(true);
  }

  /** Bytes that the tracer's tables take in the heap. */
  get tablesBytes(): number {
    return (
      C.TRACE_BLOCK_BYTES +
      (this.#word(C.TRACE_NODE_MASK_AT) + 1) * C.TRACE_NODE_BYTES +
      (this.#word(C.TRACE_WATCHED_MASK_AT) + 1) * C.TRACE_WATCHED_BYTES +
      this.#word(C.TRACE_SHADOW_ROOM_AT) * C.TRACE_SEEN_BYTES
    );
  }

  /** What was recorded so far is written. */
  flush(): void {
    this.#core.functions.trace_flush();
  }

  /** The program is about to wait, or comes back from that: what happened has its time, and what happens next will have its own. */
  noteTime(): void {
    this.#core.functions.trace_mark();
  }

  /** When the event loop turns, the program has gone back to it, and may be idle for long. One turn is watched for each time that is told. */
  #watchLoop(): void {
    if (this.#watchesLoop) return;
    this.#watchesLoop = true;
    const timer: unknown = setTimeout(() => {
      this.noteTime();
      this.#watchesLoop = false;
    });
    // In Node, a recording keeps no program from its end.
    (timer as { unref?: () => void }).unref?.();
  }

  /** What was allocated so far is the interpreter's: what is left of it in the end is not a leak. */
  noteProgram(): void {
    this.flush();
    this.#guard(() => this.#output.events(Uint8Array.of(OTHER.program)));
  }

  /** The cycle collector has run: `begun` is when it began, as performance.now() tells. */
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

  /** Ends the recording, and the file. Throws what the sink threw, if it did. */
  stop(): void {
    const cutStacks = this.#word(C.TRACE_CUT_AT);
    this.#core.functions.trace_stop();
    this.#onChange(false);
    this.#calls.tracer = undefined;
    this.#writeCollections();
    this.#guard(() =>
      this.#output.end({ duration: Math.round((performance.now() - this.#started) * 1000), cutStacks }),
    );
    if (this.#failure) throw this.#failure.error;
  }

  /** After the first failure nothing is written: the file ends with its last whole block. */
  #guard(write: () => void): void {
    if (this.#failure) return;
    try {
      write();
    } catch (error) {
      this.#failure = { error };
    }
  }

  // ---- what the core calls ----

  /** Microseconds since some moment. If it is time to write, the next event finds the buffer full. */
  now(): number {
    const now = performance.now();
    this.#watchLoop();
    if (now - this.#flushed >= this.#flushEvery && this.#full !== 0) {
      this.#words.set(this.#core.control + C.TRACE_FULL_AT, 0);
    }
    return now * 1000;
  }

  emptyBuffer(): void {
    if (this.#full !== 0) this.#words.set(this.#core.control + C.TRACE_FULL_AT, this.#full);
    this.#flushed = performance.now();
    this.#writeCollections();
    const begin = this.#word(C.TRACE_BEGIN_AT);
    const length = this.#word(C.TRACE_POSITION_AT) - begin;
    this.#guard(() => {
      const fresh = this.#functions.takeFresh();
      if (fresh.length > 0) this.#output.functions(fresh);
      this.#output.events(new Uint8Array(this.#core.memory.buffer, begin, length));
    });
  }

  gap(): number {
    return this.#gaps?.next() ?? 1;
  }

  code(address: number): number {
    const found = this.#source.functionAt(address >>> 0);
    return found ? this.#functions.numberOf({ ...found, file: this.#nameFile(found.file) }) : 0;
  }

  line(id: number, unit: number): number {
    return this.#functions.line(id, unit);
  }

  stack(): number {
    let node = 0;
    for (const { name, file, line } of this.#source.frames?.() ?? []) {
      const number = this.#functions.numberOf({ name, file, firstLine: 0, lines: [] });
      node = this.#core.functions.trace_child(node, number, line);
    }
    return node;
  }
}
