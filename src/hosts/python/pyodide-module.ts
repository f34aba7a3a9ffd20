// The parts of Pyodide's WebAssembly instance that the heap uses.
//
// Since Pyodide 314, CPython's main module exports its memory and its table, and the addresses of its data as they are.
// Earlier versions import memory and table, and export addresses as distances from `__memory_base`; once such a module
// runs, Emscripten has a list with everything in it, and addresses are plain numbers. This file makes all of these
// alike.

import type { Symbols } from "./emscripten-module.js";
import { KNOWN_PYODIDES } from "./versions/versions.js";

/** The parts of CPython's main module that the heap needs. */
export interface PyodideExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  /** Addresses of data. */
  readonly data: PyodideData;
  /** The symbols of Emscripten's dynamic linker; undefined for an interpreter that was attached to while it ran. */
  readonly symbols?: LinkerSymbols;
  malloc(n: number): number;
  calloc(count: number, size: number): number;
  realloc(block: number, n: number): number;
  free(block: number): void;
  malloc_usable_size(block: number): number;
  malloc_footprint(): number;
  malloc_set_footprint_limit(bytes: number): number;
  mallinfo(result: number): void;
  malloc_trim(keep: number): number;
  sbrk(bytes: number): number;
  PyMem_GetAllocator(domain: number, allocator: number): void;
  PyMem_SetAllocator(domain: number, allocator: number): void;
  PyObject_GetArenaAllocator(allocator: number): void;
  PyObject_SetArenaAllocator(allocator: number): void;
  _PyMem_GetCurrentAllocatorName(): number;
  Py_IsInitialized(): number;
  Py_AddPendingCall(f: number, argument: number): number;
  PyGC_Collect(): number;
  PyObject_CallNoArgs?(callable: number): number;
  Py_DecRef?(object: number): void;
  tzset(): void;
  /** Only modules in C need it. */
  memalign?(alignment: number, n: number): number;
  /** The end of the C stack that is in use; undefined before Pyodide 314. */
  readonly __stack_pointer?: WebAssembly.Global;
  PyThreadState_Get?(): number;
  /** The C stack begins at the higher address. */
  emscripten_stack_get_base?(): number;
  emscripten_stack_get_end?(): number;
  emscripten_stack_get_current?(): number;
  /** Only snapshots, and a program's questions about its objects, need these. */
  PyImport_GetModuleDict?(): number;
  PyList_Append?(list: number, object: number): number;
  PyUnstable_GC_VisitObjects?(f: number, argument: number): void;
}

/** The symbols that libraries find. */
export interface LinkerSymbols {
  /** What all libraries can import. Global symbols of libraries are added. */
  readonly env: Symbols;
  /** The place of a symbol in the global offset table: its address, or a function's index in the table. */
  readonly places: (name: string) => WebAssembly.Global;
}

export interface PyodideData {
  /** Where the heap begins: the end of the static data. */
  readonly __heap_base: number;
  /** The interpreter's state. */
  readonly _PyRuntime: number;
  /** PY_VERSION_HEX, as a word. */
  readonly Py_Version: number;
  /** The C library's `environ`: a pointer to the list of variables, each of which is NAME=value. */
  readonly environ: number;
  /** The type of types; undefined before Pyodide 314. */
  readonly PyType_Type: number | undefined;
  /**
   * The number of times that the check for signals between two bytecodes is skipped before the next check; undefined
   * before Pyodide 314.
   */
  readonly _Py_emscripten_signal_clock: number | undefined;
}

type Names = Readonly<Record<string, unknown>>;

const FUNCTIONS = [
  ...[
    "malloc",
    "calloc",
    "realloc",
    "free",
    "malloc_usable_size",
    "malloc_footprint",
    "malloc_set_footprint_limit",
    "mallinfo",
    "malloc_trim",
    "sbrk",
  ],
  ...["PyMem_GetAllocator", "PyMem_SetAllocator", "_PyMem_GetCurrentAllocatorName"],
  ...["PyObject_GetArenaAllocator", "PyObject_SetArenaAllocator"],
  ...["Py_IsInitialized", "Py_AddPendingCall", "PyGC_Collect", "tzset"],
];
const DATA = ["_PyRuntime", "Py_Version", "environ"];

/**
 * A module's parts, in the same form for every version. Throws if it is not a module that a heap can live in, and names
 * what is missing.
 */
export function asPyodideExports(exports: Names, imports: Readonly<Record<string, Names>> = {}): PyodideExports {
  const { env = {}, "GOT.mem": places = {} } = imports;
  const memory = exports.memory ?? env.memory;
  const table = exports.__indirect_function_table ?? env.__indirect_function_table;
  const base = exports.memory === undefined ? (numberOf(env.__memory_base) ?? 0) : 0;
  const addressOf = (name: string): number | undefined => {
    const distance = numberOf(exports[name]);
    return distance === undefined ? undefined : (base + distance) >>> 0;
  };
  // Reading a name of `places` adds the name there, so only a name that certainly exists is read.
  const heapBase = addressOf("__heap_base") ?? numberOf(places.__heap_base);
  const missing = [
    ...(memory === undefined ? ["memory"] : []),
    ...(table === undefined ? ["__indirect_function_table"] : []),
    ...FUNCTIONS.filter((name) => typeof exports[name] !== "function"),
    ...(heapBase === undefined ? ["__heap_base"] : []),
    ...DATA.filter((name) => addressOf(name) === undefined),
  ];
  if (missing.length > 0) {
    throw new Error(
      `Cannot put a heap into this Pyodide: its module does not export ${missing.join(", ")}. A heap needs Pyodide ${KNOWN_PYODIDES}`,
    );
  }
  const addresses = [...DATA, "PyType_Type", "_Py_emscripten_signal_clock"].map((name) => [name, addressOf(name)]);
  const data = { ...Object.fromEntries(addresses), __heap_base: heapBase };
  const symbols = imports.env && { env, places: (name: string) => places[name] };
  return { ...exports, memory, __indirect_function_table: table, data, symbols } as unknown as PyodideExports;
}

/** The number that a module has under a name: a plain number, or a global. */
function numberOf(item: unknown): number | undefined {
  const value = item instanceof WebAssembly.Global ? (item.value as unknown) : item;
  return typeof value === "number" ? value : undefined;
}

/** The exports of an interpreter that is running. */
export function exportsOfRunning(pyodide: object): PyodideExports {
  const module = (pyodide as { _module?: { LDSO?: { loadedLibsByName?: Record<string, { exports?: object }> } } })
    ._module;
  const exports = module?.LDSO?.loadedLibsByName?.__main__?.exports;
  if (!exports) throw new Error("Cannot attach: this is not a running Pyodide, or one whose module can't be reached");
  return asPyodideExports(exports as Names);
}
