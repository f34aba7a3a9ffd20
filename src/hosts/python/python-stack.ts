// Where a CPython interpreter is, read from its linear memory alone: no call into it, nothing allocated in it.
//
//   _PyRuntime (cookie "xdebugpy", then the table of offsets)
//     -> interpreter -> thread state -> current_frame -> previous -> ...
//     frame -> code object (file name, qualified name, line table) + instruction pointer -> line
//
// core/trace/stack.ts reads the same, for traces. The table of offsets is _Py_DebugOffsets (CPython 3.14, Include/internal/pycore_debug_offsets.h), made for debuggers
// that look at another process. The line table's format is that of CPython's InternalDocs/code_objects.md.

import * as C from "../../core/constants.gen.js";
import type { CodeUnits } from "../../trace/recorder.js";

/** One place in a Python program. */
export interface PythonFrame {
  readonly file: string;
  readonly line: number;
  /** Qualified name of the function: `Parser.expect`, `<module>`. */
  readonly name: string;
}

const COOKIE = "xdebugpy";
/** The file name of code that runs a program and is no part of it: no stack shows it. */
export const RUNNER_FILE = "<pyheap>";
/** Version in the high half of Py_Version: 3.14. */
const KNOWN_VERSION = 0x030e;
/** Characters of a string that are made at a time. */
const AT_ONCE = 4096;
/** Frames of these owners belong to a Python function: FRAME_OWNED_BY_THREAD, _GENERATOR, _FRAME_OBJECT. */
const LAST_PYTHON_OWNER = 2;
const MOST_FRAMES = 100_000;
/** Index of each offset in the table, counted in 64-bit words after the cookie. */
const FIELD = {
  version: 0,
  freeThreaded: 1,
  interpretersHead: 4,
  threadsHead: 8,
  currentFrame: 25,
  framePrevious: 31,
  frameExecutable: 32,
  frameInstructions: 33,
  frameOwner: 35,
  codeFile: 39,
  codeQualifiedName: 41,
  codeLines: 42,
  codeFirstLine: 43,
  codeInstructions: 47,
  bytesSize: 74,
  bytesData: 75,
  stringState: 77,
  stringLength: 78,
  asciiHeader: 79,
} as const;

type FieldName = keyof typeof FIELD;

/** What a code object is known by, together with its address. */
const PARTS = ["codeFile", "codeQualifiedName", "codeLines", "codeFirstLine"] as const;

/** Reads the Python stack of the interpreter whose `_PyRuntime` is at an address of a memory. */
export class PythonStack {
  readonly #memory: WebAssembly.Memory;
  readonly #runtime: number;
  readonly #offsets: Readonly<Record<FieldName, number>>;
  readonly #places = new Map<number, { readonly parts: readonly number[]; readonly text: string }>();
  #view: DataView;

  /** Throws if the interpreter's layout is not one that is known. */
  constructor(memory: WebAssembly.Memory, runtime: number) {
    this.#memory = memory;
    this.#runtime = runtime;
    this.#view = new DataView(memory.buffer);
    const cookie = String.fromCharCode(...new Uint8Array(memory.buffer, runtime, COOKIE.length));
    if (cookie !== COOKIE)
      throw new Error("Cannot read the Python stack: the interpreter has no table of debug offsets");
    const entries = Object.entries(FIELD).map(([name, index]) => [name, this.#u32(runtime + 8 + 8 * index)]);
    this.#offsets = Object.fromEntries(entries) as Record<FieldName, number>;
    const version = this.#offsets.version >>> 16;
    if (version !== KNOWN_VERSION || this.#offsets.freeThreaded !== 0) {
      const name = `${version >>> 8}.${version & 0xff}${this.#offsets.freeThreaded ? "t" : ""}`;
      throw new Error(`Cannot read the Python stack: the layout of CPython ${name} is not known, that of 3.14 is`);
    }
  }

  get #data(): DataView {
    if (this.#view.buffer !== this.#memory.buffer) this.#view = new DataView(this.#memory.buffer);
    return this.#view;
  }

  #u32(address: number): number {
    return this.#data.getUint32(address >>> 0, true);
  }

  #field(object: number, field: FieldName): number {
    return this.#u32(object + this.#offsets[field]);
  }

  /** The address of the innermost frame of a Python function, from `frame` outwards; 0 if there is none. */
  #pythonFrame(frame: number): number {
    while (frame !== 0) {
      const isPython = this.#data.getUint8(frame + this.#offsets.frameOwner) <= LAST_PYTHON_OWNER;
      if (isPython && this.#codeOf(frame) !== 0) return frame;
      frame = this.#field(frame, "framePrevious");
    }
    return 0;
  }

  /** The address of a frame's code object. The lowest bits of a stack reference are tags. */
  #codeOf(frame: number): number {
    return (this.#field(frame, "frameExecutable") & ~3) >>> 0;
  }

  /** The address of the innermost frame; 0 while no Python code runs. */
  #innermostFrame(): number {
    const interpreter = this.#field(this.#runtime, "interpretersHead");
    const thread = interpreter === 0 ? 0 : this.#field(interpreter, "threadsHead");
    return thread === 0 ? 0 : this.#pythonFrame(this.#field(thread, "currentFrame"));
  }

  /** The frames from the innermost outwards; none while no Python code runs. */
  *frames(): Generator<PythonFrame> {
    let frame = this.#innermostFrame();
    for (let left = MOST_FRAMES; frame !== 0 && left > 0; left--) {
      const code = this.#codeOf(frame);
      if (this.#hasLine(code)) yield this.#frameAt(code, this.#field(frame, "frameInstructions"));
      frame = this.#pythonFrame(this.#field(frame, "framePrevious"));
    }
  }

  /**
   * Where Python is, in one line; undefined while no Python code runs. Quick for a place that was seen before: an
   * instruction is known by its address, for as long as its code object has the parts that it had.
   */
  place(): string | undefined {
    const frame = this.#innermostFrame();
    if (frame === 0) return undefined;
    const code = this.#codeOf(frame);
    const instruction = this.#field(frame, "frameInstructions");
    const known = this.#places.get(instruction);
    if (known && PARTS.every((part, k) => this.#field(code, part) === known.parts[k])) return known.text;
    const { file, line, name } = this.#frameAt(code, instruction);
    const text = `${file}:${line} in ${name}`;
    this.#places.set(instruction, { parts: PARTS.map((part) => this.#field(code, part)), text });
    return text;
  }

  #frameAt(code: number, instruction: number): PythonFrame {
    const unit = (instruction - (code + this.#offsets.codeInstructions)) >> 1;
    return {
      file: this.#string(this.#field(code, "codeFile")),
      name: this.#string(this.#field(code, "codeQualifiedName")),
      line: this.#line(code, unit),
    };
  }

  /** The text of a compact str object. */
  #string(object: number): string {
    const state = this.#field(object, "stringState");
    const length = this.#field(object, "stringLength");
    const kind = (state >>> 2) & 7;
    const isAscii = (state >>> 6) & 1;
    // A str that is not ASCII has the cached UTF-8 form's length and address behind the shorter header.
    const data = object + this.#offsets.asciiHeader + (isAscii ? 0 : 8);
    const { buffer } = this.#data;
    let units: Uint8Array | Uint16Array | Uint32Array;
    if (kind === 1) units = new Uint8Array(buffer, data, length);
    else units = kind === 2 ? new Uint16Array(buffer, data, length) : new Uint32Array(buffer, data, length);
    let text = "";
    for (let k = 0; k < length; k += AT_ONCE) text += String.fromCodePoint(...units.subarray(k, k + AT_ONCE));
    return text;
  }

  /** What the core's tracer needs to walk the stack. */
  get tracerWords(): readonly (readonly [at: number, word: number])[] {
    const o = this.#offsets;
    return [
      [C.TRACE_INTERPRETERS_AT, this.#runtime + o.interpretersHead],
      [C.TRACE_THREADS_OFFSET_AT, o.threadsHead],
      [C.TRACE_CURRENT_FRAME_OFFSET_AT, o.currentFrame],
      [C.TRACE_PREVIOUS_OFFSET_AT, o.framePrevious],
      [C.TRACE_EXECUTABLE_OFFSET_AT, o.frameExecutable],
      [C.TRACE_INSTRUCTION_OFFSET_AT, o.frameInstructions],
      [C.TRACE_OWNER_OFFSET_AT, o.frameOwner],
      [C.TRACE_CODE_INSTRUCTIONS_OFFSET_AT, o.codeInstructions],
    ];
  }

  /** Python's version: "3.14.2". */
  get version(): string {
    const { version } = this.#offsets;
    return `${version >>> 24}.${(version >>> 16) & 0xff}.${(version >>> 8) & 0xff}`;
  }

  /**
   * The function that a code object is of, with the lines of its code units. Undefined for one that stacks don't show: what runs the
   * program, and code that has no line anywhere. CPython puts a frame of the latter kind between a call of a class and `__init__`, and doesn't
   * show it either.
   */
  functionAt(code: number): CodeUnits | undefined {
    const file = this.#string(this.#field(code, "codeFile"));
    if (file === RUNNER_FILE) return undefined;
    const lines: number[] = [];
    let hasLine = false;
    for (const [units, line, isReal] of this.#lines(code)) {
      hasLine ||= isReal;
      if (lines.at(-1) === line) lines[lines.length - 2] = (lines.at(-2) ?? 0) + units;
      else lines.push(units, line);
    }
    if (!hasLine) return undefined;
    return {
      file,
      name: this.#string(this.#field(code, "codeQualifiedName")),
      firstLine: this.#field(code, "codeFirstLine"),
      lines,
    };
  }

  #hasLine(code: number): boolean {
    for (const [, , isReal] of this.#lines(code)) if (isReal) return true;
    return false;
  }

  /** The line of an instruction, given by its number. */
  #line(code: number, unit: number): number {
    let last = this.#field(code, "codeFirstLine");
    let firstUnit = 0;
    for (const [units, line] of this.#lines(code)) {
      last = line;
      firstUnit += units;
      if (unit < firstUnit) break;
    }
    return last;
  }

  /** Each entry of a line table: how many code units are in which line; and whether they are in one at all. */
  *#lines(code: number): Generator<[units: number, line: number, isReal: boolean]> {
    const table = this.#field(code, "codeLines");
    const end = table + this.#offsets.bytesData + this.#field(table, "bytesSize");
    let at = table + this.#offsets.bytesData;
    let line = this.#field(code, "codeFirstLine");
    const byte = () => this.#data.getUint8(at++);
    const varint = () => {
      let value = 0;
      for (let shift = 0; ; shift += 6) {
        const next = byte();
        value |= (next & 63) << shift;
        if ((next & 64) === 0) return value;
      }
    };
    while (at < end) {
      const head = byte();
      const form = (head >>> 3) & 15;
      if (form >= 10 && form <= 12) {
        line += form - 10;
      } else if (form === 13 || form === 14) {
        const delta = varint();
        line += delta & 1 ? -(delta >>> 1) : delta >>> 1;
      }
      yield [(head & 7) + 1, line, form !== 15];
      // The rest of an entry are columns; every byte of it has its highest bit clear.
      while (at < end && this.#data.getUint8(at) < 128) at++;
    }
  }
}
