// Puts the core's tracer in front of the interpreter's arena allocator while a recording runs. The chunks in which the
// interpreter's frames lie come from that allocator (core/trace/chunks.ts).

import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import { Words } from "../../core/memory-words.js";
import type { PyodideExports } from "./pyodide-module.js";

/** The last micro versions, by minor version, that give each chunk back whose first frame was popped; later ones keep one. */
const LAST_WITHOUT_KEPT_CHUNK: Readonly<Record<number, number>> = { 12: 255, 13: 2, 14: 2 };

/** Whether this version of CPython (Py_Version) keeps a chunk whose first frame was popped. */
function keepsChunk(version: number): boolean {
  const [minor, micro] = [(version >>> 16) & 0xff, (version >>> 8) & 0xff];
  return micro > (LAST_WITHOUT_KEPT_CHUNK[minor] ?? -1);
}

/** Words of a PyObjectArenaAllocator: ctx, alloc, free. */
const ARENA_WORDS = 3;

export class StackChunks {
  readonly #python: PyodideExports;
  readonly #core: Core;
  readonly #words: Words;
  /** The tracer's functions, without a ctx. */
  readonly #ours: readonly number[];
  /** The interpreter's previous allocator, while the tracer is installed in front of it. */
  #before: readonly number[] | undefined;

  constructor(python: PyodideExports, core: Core) {
    this.#python = python;
    this.#core = core;
    this.#words = new Words(python);
    const first = core.tableBase + C.CHUNK_FUNCTIONS;
    this.#ours = [0, first, first + 1];
  }

  get #scratch(): number {
    return this.#core.control + C.SCRATCH_AT;
  }

  #read(): readonly number[] {
    this.#python.PyObject_GetArenaAllocator(this.#scratch);
    return Array.from({ length: ARENA_WORDS }, (_, k) => this.#words.get(this.#scratch + 4 * k));
  }

  #install(allocator: readonly number[]): void {
    allocator.forEach((word, k) => {
      this.#words.set(this.#scratch + 4 * k, word);
    });
    this.#python.PyObject_SetArenaAllocator(this.#scratch);
  }

  /** The words that the tracer needs, as in PythonStack.tracerWords. */
  get tracerWords(): readonly (readonly [at: number, word: number])[] {
    const [context = 0, malloc = 0, free = 0] = this.#before ?? this.#read();
    return [
      [C.TRACE_CHUNK_CONTEXT_AT, context],
      [C.TRACE_CHUNK_MALLOC_AT, malloc],
      [C.TRACE_CHUNK_FREE_AT, free],
      [C.TRACE_KEEPS_CHUNK_AT, Number(keepsChunk(this.#words.get(this.#python.data.Py_Version)))],
    ];
  }

  /**
   * Puts the tracer in front of the interpreter's allocator. Returns a function that ends this. If another allocator
   * was put in front of the tracer meanwhile, both stay.
   */
  watch(): () => void {
    if (!this.#before) {
      this.#before = this.#read();
      this.#install(this.#ours);
    }
    return () => {
      if (!this.#before || this.#read().join() !== this.#ours.join()) return;
      this.#install(this.#before);
      this.#before = undefined;
    };
  }
}
