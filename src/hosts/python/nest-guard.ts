// A guard for nests: objects that hold one another, so deep that freeing them one inside the other fills the engine's
// stack. core/nests/nests.ts is put in front of each function that frees objects (tp_dealloc), in the interpreter's
// table; so types that the program makes later have it too.
//
// These functions are found in memory, after Python has started:
//
//   static data      | type of types | ... | tp_dealloc | ... | flags | ...      a static type
//                    | Py_tp_dealloc | function |                                a slot, of which CPython makes a type
//   C stack          not searched: most of it was never used, and the system would have to provide memory for it first
//   heap             like a static type: classes have a function that is in no slot
//
// A word that only looks like one of these may be found too. If the table then has a function of the same form, that
// function gets a shorter C stack, and works as before.

import { lazyModule } from "../../core/base64.js";
import { NESTS_BASE64 } from "../../core/nests.generated.js";
import type { PyodideExports } from "./pyodide-module.js";

/**
 * CPython puts off freeing objects when less than two margins of its stack are left above the soft limit, and ends
 * recursions at this limit.
 */
const MARGIN = 8192;
/**
 * A thread's state has, one after the other, the base of the C stack, its soft limit and its hard limit. In words: how far
 * the limits are from the base; and how much of the state is searched for the base.
 */
const [SOFT_LIMIT, HARD_LIMIT, STATE_WORDS] = [1, 2, 1024];
/** The first version whose functions don't count how deep they are: 3.14. */
const FIRST_VERSION = 0x030e0000;
/** Offsets in words: of the type, in an object; of tp_dealloc and tp_flags, in a type. */
const [TYPE, DESTROY, FLAGS] = [1, 6, 21];
/** Flags of a type: its objects have their attributes inside; made while the program runs; complete; its objects are collected. */
const [INLINE_VALUES, HEAP_TYPE, READY, COLLECTED] = [1 << 2, 1 << 9, 1 << 12, 1 << 14];
/** CPython puts off freeing only for objects of types with these flags. Others hold few objects or none, and a guard would only cost time, for example for each text. */
const GUARDED = READY | COLLECTED;
/** A class that Python code has made. */
const CLASS = INLINE_VALUES | HEAP_TYPE;
/** The number of the slot. */
const PY_TP_DEALLOC = 52;

const nestsModule = lazyModule(NESTS_BASE64);

/** Lets CPython free nests of any depth. To be called when Python has started. Does nothing if this version needs no guard. */
export function guardNests(python: PyodideExports): void {
  const { memory, __indirect_function_table: table, __stack_pointer: pointer, data } = python;
  const words = new Uint32Array(memory.buffer);
  if ((words[data.Py_Version >>> 2] ?? 0) < FIRST_VERSION || !pointer || data.PyType_Type === undefined) return;
  const limit = softLimit(python, words);
  if (limit === undefined) return;
  const own = { stack_pointer: pointer, lowest: limit + MARGIN };
  for (const index of destroyers(words, data.PyType_Type, spansOf(python, words))) {
    const destroy = index < table.length ? (table.get(index) as WebAssembly.ExportValue | null) : null;
    if (destroy) guardOne(table, index, { env: { memory }, python: { ...own, destroy } });
  }
}

function guardOne(table: WebAssembly.Table, index: number, imports: WebAssembly.Imports): void {
  try {
    const { exports } = new WebAssembly.Instance(nestsModule(), imports);
    table.set(index, exports.nest_destroy);
  } catch (error) {
    // What was found is a function of another form, or a JavaScript function.
    if (!(error instanceof WebAssembly.LinkError)) throw error;
  }
}

/** The soft limit of the C stack, an address; undefined if it can't be found. */
function softLimit(python: PyodideExports, words: Uint32Array): number | undefined {
  const { PyThreadState_Get: thread, emscripten_stack_get_base: begin, emscripten_stack_get_end: end } = python;
  if (!thread || !begin || !end) return undefined;
  const state = words.subarray(thread() >>> 2).subarray(0, STATE_WORDS);
  for (const at of placesOf(begin() >>> 0, state)) {
    const [soft = 0, hard = 0] = [state[at + SOFT_LIMIT], state[at + HARD_LIMIT]];
    if (end() >>> 0 < hard && hard < soft && soft < begin() >>> 0) return soft;
  }
  return undefined;
}

/** A part of the memory, from one index of a word to another. */
type Span = readonly [from: number, to: number];

/** Where types can be: the static data, before the C stack and after it, and the heap. */
interface Spans {
  readonly data: readonly Span[];
  readonly heap: Span;
}

function spansOf(python: PyodideExports, { length }: Uint32Array): Spans {
  const { emscripten_stack_get_base: begin, emscripten_stack_get_end: end, data } = python;
  const heap = data.__heap_base >>> 2;
  const [from, to] = [(end?.() ?? 0) >>> 2, (begin?.() ?? 0) >>> 2];
  return {
    data: [
      [0, from],
      [to, heap],
    ],
    heap: [heap, length],
  };
}

/** The indices in the table of functions that free objects; others may be among them. */
function destroyers(words: Uint32Array, typeOfTypes: number, { data, heap }: Spans): Set<number> {
  const found = new Set<number>();
  for (const span of data) {
    for (const at of placesOf(PY_TP_DEALLOC, words, span)) found.add(words[at + 1] ?? 0);
  }
  for (const span of [...data, heap]) {
    for (const at of placesOf(typeOfTypes, words, span)) {
      const [destroy = 0, flags = 0] = [words[at - TYPE + DESTROY], words[at - TYPE + FLAGS]];
      if ((flags & GUARDED) !== GUARDED) continue;
      const isClass = (flags & CLASS) === CLASS && !found.has(destroy);
      found.add(destroy);
      // All classes have the same function, which is in no slot.
      if (isClass && span === heap) break;
    }
  }
  found.delete(0);
  return found;
}

function* placesOf(word: number, words: Uint32Array, [from, to]: Span = [0, words.length]): Generator<number> {
  const searched = words.subarray(0, to);
  for (let at = searched.indexOf(word, from); at >= 0; at = searched.indexOf(word, at + 1)) yield at;
}
