// The place in the program at which a CPython interpreter is. There are no frames if it is not known where this version
// has them.

import type { CodeUnits } from "../../trace/recorder.js";
import { FrameReader, type PythonFrame } from "./frame-reader.js";
import { stackLayout } from "./versions/versions.js";

/** A version of Python, of which PY_VERSION_HEX is given: "3.14.2". */
export const versionText = (hex: number): string => [hex >>> 24, (hex >>> 16) & 0xff, (hex >>> 8) & 0xff].join(".");

/** Reads the Python stack of an interpreter. */
export class PythonStack {
  readonly #version: number;
  /** undefined if the interpreter's layout is not known. */
  readonly #reader: FrameReader | undefined;
  /** Whether the interpreter's layout is known. If not, there are no frames. */
  readonly isReadable: boolean;

  /** `runtime` is the address of the interpreter's `_PyRuntime`, `version` its PY_VERSION_HEX. */
  constructor(memory: WebAssembly.Memory, runtime: number, version: number) {
    this.#version = version;
    const layout = stackLayout(memory, runtime, version);
    this.isReadable = layout !== undefined;
    this.#reader = layout && new FrameReader(memory, runtime, layout);
  }

  /** Python's version: "3.14.2". */
  get version(): string {
    return versionText(this.#version);
  }

  /** The address of the current frame, whether it is that of a Python function or not; 0 if there is none. */
  get currentFrame(): number {
    return this.#reader?.currentFrame ?? 0;
  }

  /** Whether a frame that was the current one is still on the stack, below another one. */
  isBelow(frame: number): boolean {
    return frame !== 0 && this.#reader?.isBelow(frame) === true;
  }

  /** The line at which a frame of a Python function is. 0 if the interpreter's layout is not known. */
  lineOf(frame: number): number {
    return this.#reader?.lineOf(frame) ?? 0;
  }

  /** The frames, from the innermost to the outermost; none while no Python code runs. */
  *frames(): Generator<PythonFrame> {
    if (this.#reader) yield* this.#reader.frames();
  }

  /**
   * Where Python is, in one line; undefined while no Python code runs. A place that was seen before is found quickly:
   * by the instruction's address, as long as its code object still has the same fields.
   */
  place(): string | undefined {
    return this.#reader?.place();
  }

  /** The words that the core's tracer needs to walk the stack; empty if it can't. */
  get tracerWords(): readonly (readonly [at: number, word: number])[] {
    return this.#reader?.tracerWords ?? [];
  }

  /**
   * The function of a code object, with the lines of its code units. Undefined if recordings don't show it: pyheap's own
   * Python code around the program (RUNNER_FILE), or code without any line. CPython puts a frame of the latter kind
   * between the call of a class and `__init__`, and does not show it either.
   */
  functionAt(code: number): CodeUnits | undefined {
    return this.#reader?.functionAt(code);
  }
}
