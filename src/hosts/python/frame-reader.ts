// Python's frames, read only from the interpreter's linear memory: this calls no function of the interpreter, and
// allocates nothing there.
//
//   _PyRuntime -> interpreter -> thread state -> current_frame -> previous -> ...
//     frame -> code object (file name, qualified name, line table) + instruction pointer -> line
//
// core/trace/stack.ts reads the same for traces. The files in versions/ say where these things are in each version. The
// line table's format is described in CPython's InternalDocs/code_objects.md.

import * as C from "../../core/constants.gen.js";
import type { CodeUnits } from "../../trace/recorder.js";
import { PythonMemory } from "./python-memory.js";
import type { StackLayout } from "./versions/layout.js";

/** One place in a Python program. */
export interface PythonFrame {
  readonly file: string;
  readonly line: number;
  /** Qualified name of the function: `Parser.expect`, `<module>`. */
  readonly name: string;
}

/** The file name of pyheap's own Python code around the program. Recordings do not show its frames. */
export const RUNNER_FILE = "<pyheap>";
/** Frames of owners up to this one belong to a Python function: FRAME_OWNED_BY_THREAD, _GENERATOR, _FRAME_OBJECT. */
const LAST_PYTHON_OWNER = 2;
const MOST_FRAMES = 100_000;

/** Offsets in a bytes object, the same in every version. */
const BYTES = { size: 8, data: 16 } as const;

/** The fields that, together with its address, identify a code object. */
export const CODE_PARTS = ["codeFile", "codeQualifiedName", "codeLines", "codeFirstLine"] as const;

type Field = Exclude<keyof StackLayout, "wayToFrame">;

/** Reads the frames of an interpreter whose layout is known. */
export class FrameReader {
  readonly #memory: PythonMemory;
  readonly #runtime: number;
  readonly #layout: StackLayout;
  /** The offsets of CODE_PARTS. */
  readonly #codeOffsets: readonly number[];
  readonly #places = new Map<number, { readonly parts: readonly number[]; readonly text: string }>();

  /** `runtime` is the address of the interpreter's `_PyRuntime`. */
  constructor(memory: WebAssembly.Memory, runtime: number, layout: StackLayout) {
    this.#memory = new PythonMemory(memory);
    this.#runtime = runtime;
    this.#layout = layout;
    this.#codeOffsets = CODE_PARTS.map((part) => layout[part]);
  }

  #field(object: number, field: Field): number {
    return this.#memory.u32(object + this.#layout[field]);
  }

  /** The address of the innermost frame of a Python function, from `frame` outwards; 0 if there is none. */
  #pythonFrame(frame: number): number {
    while (frame !== 0) {
      const isPython = this.#memory.u8(frame + this.#layout.frameOwner) <= LAST_PYTHON_OWNER;
      if (isPython && this.#codeOf(frame) !== 0) return frame;
      frame = this.#field(frame, "framePrevious");
    }
    return 0;
  }

  /** The address of a frame's code object. The lowest bits of a stack reference are tags. */
  #codeOf(frame: number): number {
    return (this.#field(frame, "frameExecutable") & ~3) >>> 0;
  }

  /** The address of the current frame, whether it is that of a Python function or not; 0 if there is none. */
  get currentFrame(): number {
    let at = this.#runtime;
    for (const offset of this.#layout.wayToFrame) {
      at = this.#memory.u32(at + offset);
      if (at === 0) return 0;
    }
    return at;
  }

  /** Whether a frame that was the current one is still on the stack, below another one. */
  isBelow(frame: number): boolean {
    let at = this.currentFrame;
    for (let left = MOST_FRAMES; at !== 0 && left > 0; left--) {
      at = this.#field(at, "framePrevious");
      if (at === frame) return true;
    }
    return false;
  }

  /** The address of the innermost frame; 0 while no Python code runs. */
  #innermostFrame(): number {
    return this.#pythonFrame(this.currentFrame);
  }

  /** The frames, from the innermost to the outermost; none while no Python code runs. */
  *frames(): Generator<PythonFrame> {
    let frame = this.#innermostFrame();
    for (let left = MOST_FRAMES; frame !== 0 && left > 0; left--) {
      const code = this.#codeOf(frame);
      if (this.#hasLine(code)) yield this.#frameAt(code, this.#field(frame, "frameInstruction"));
      frame = this.#pythonFrame(this.#field(frame, "framePrevious"));
    }
  }

  /**
   * Where Python is, in one line; undefined while no Python code runs. A place that was seen before is found quickly:
   * by the instruction's address, as long as its code object still has the same fields.
   */
  place(): string | undefined {
    const frame = this.#innermostFrame();
    if (frame === 0) return undefined;
    const code = this.#codeOf(frame);
    const instruction = this.#field(frame, "frameInstruction");
    const known = this.#places.get(instruction);
    if (known && this.#hasParts(code, known.parts)) return known.text;
    const { file, line, name } = this.#frameAt(code, instruction);
    const text = `${file}:${line} in ${name}`;
    this.#places.set(instruction, { parts: this.#codeOffsets.map((offset) => this.#memory.u32(code + offset)), text });
    return text;
  }

  /** The line at which a frame of a Python function is. */
  lineOf(frame: number): number {
    const code = this.#codeOf(frame);
    return this.#line(code, this.#unitOf(code, this.#field(frame, "frameInstruction")));
  }

  /** The number of an instruction. */
  #unitOf(code: number, instruction: number): number {
    return (instruction - (code + this.#layout.codeInstructions)) >> 1;
  }

  #hasParts(code: number, parts: readonly number[]): boolean {
    for (let k = 0; k < parts.length; k++) {
      if (this.#memory.u32(code + (this.#codeOffsets[k] ?? 0)) !== parts[k]) return false;
    }
    return true;
  }

  #frameAt(code: number, instruction: number): PythonFrame {
    return {
      file: this.#memory.text(this.#field(code, "codeFile")),
      name: this.#memory.text(this.#field(code, "codeQualifiedName")),
      line: this.#line(code, this.#unitOf(code, instruction)),
    };
  }

  /** The words that the core's tracer needs to walk the stack. */
  get tracerWords(): readonly (readonly [at: number, word: number])[] {
    const layout = this.#layout;
    const [first, second, third] = layout.wayToFrame;
    return [
      [C.TRACE_INTERPRETERS_AT, this.#runtime + first],
      [C.TRACE_THREADS_OFFSET_AT, second],
      [C.TRACE_CURRENT_FRAME_OFFSET_AT, third],
      [C.TRACE_PREVIOUS_OFFSET_AT, layout.framePrevious],
      [C.TRACE_EXECUTABLE_OFFSET_AT, layout.frameExecutable],
      [C.TRACE_INSTRUCTION_OFFSET_AT, layout.frameInstruction],
      [C.TRACE_OWNER_OFFSET_AT, layout.frameOwner],
      [C.TRACE_CODE_INSTRUCTIONS_OFFSET_AT, layout.codeInstructions],
    ];
  }

  /**
   * The function of a code object, with the lines of its code units. Undefined if recordings don't show it: pyheap's own
   * Python code around the program (RUNNER_FILE), or code without any line. CPython puts a frame of the latter kind
   * between the call of a class and `__init__`, and does not show it either.
   */
  functionAt(code: number): CodeUnits | undefined {
    const file = this.#memory.text(this.#field(code, "codeFile"));
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
      name: this.#memory.text(this.#field(code, "codeQualifiedName")),
      firstLine: this.#field(code, "codeFirstLine"),
      lines,
    };
  }

  #hasLine(code: number): boolean {
    for (const [, , isReal] of this.#lines(code)) if (isReal) return true;
    return false;
  }

  /** The line of an instruction. `unit` is the instruction's number. */
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

  /** The entries of a line table: the number of code units, their line, and whether they have a line at all. */
  *#lines(code: number): Generator<[units: number, line: number, isReal: boolean]> {
    const table = this.#field(code, "codeLines");
    const end = table + BYTES.data + this.#memory.u32(table + BYTES.size);
    let at = table + BYTES.data;
    let line = this.#field(code, "codeFirstLine");
    const byte = () => this.#memory.u8(at++);
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
      // The rest of an entry holds columns. All of its bytes have a clear highest bit.
      while (at < end && this.#memory.u8(at) < 128) at++;
    }
  }
}
