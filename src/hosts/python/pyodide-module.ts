// What of Pyodide's WebAssembly instance the heap uses, and how to get hold of it.

/** The exports of CPython's main module that the heap needs. */
export interface PyodideExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  readonly __heap_base: WebAssembly.Global;
  readonly _PyRuntime: WebAssembly.Global;
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
}

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
  ...["Py_IsInitialized", "Py_AddPendingCall", "PyGC_Collect"],
];
const OBJECTS = ["memory", "__indirect_function_table", "__heap_base", "_PyRuntime"];

/** The exports with their types. Throws, naming what is missing, if the module is not one that a heap can live in. */
export function asPyodideExports(exports: Readonly<Record<string, unknown>>): PyodideExports {
  const missing = [
    ...FUNCTIONS.filter((name) => typeof exports[name] !== "function"),
    ...OBJECTS.filter((name) => typeof exports[name] !== "object"),
  ];
  if (missing.length > 0) {
    throw new Error(`Cannot put a heap into this Pyodide: its module does not export ${missing.join(", ")}`);
  }
  return exports as unknown as PyodideExports;
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `load`, and gives it a function that answers the exports of the CPython that was instantiated since. One load at
 * a time has the hand on `WebAssembly.instantiate`, until it has asked for the exports or ended; others wait.
 */
export async function watchInstantiation<T>(load: (instantiated: () => PyodideExports) => Promise<T>): Promise<T> {
  const before = turn;
  let done: (value?: unknown) => void = () => undefined;
  turn = new Promise((resolve) => {
    done = resolve;
  });
  await before;
  const { found, restore } = watch();
  const end = () => {
    restore();
    done();
  };
  try {
    return await load(() => {
      const exports = found();
      if (!exports) throw new Error("Cannot find CPython's module: WebAssembly.instantiate was not called for it");
      end();
      return asPyodideExports(exports);
    });
  } finally {
    end();
  }
}

/** Takes notice of every module that is instantiated, until `restore`. */
function watch(): { found: () => WebAssembly.Exports | undefined; restore: () => void } {
  let exports: WebAssembly.Exports | undefined;
  const note = (instance: WebAssembly.Instance) => {
    if ("PyMem_SetAllocator" in instance.exports) exports ??= instance.exports;
  };
  const { instantiate, instantiateStreaming } = WebAssembly;
  // A module answers an instance; bytes answer an instance and its module.
  const watched = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    const result = (await instantiate(source as BufferSource, imports)) as unknown;
    note(
      result instanceof WebAssembly.Instance ? result : (result as WebAssembly.WebAssemblyInstantiatedSource).instance,
    );
    return result;
  };
  const watchedStreaming: typeof instantiateStreaming = async (...args) => {
    const result = await instantiateStreaming(...args);
    note(result.instance);
    return result;
  };
  WebAssembly.instantiate = watched as typeof instantiate;
  const streams = "instantiateStreaming" in WebAssembly;
  if (streams) WebAssembly.instantiateStreaming = watchedStreaming;
  let restored = false;
  const restore = () => {
    if (restored) return;
    restored = true;
    WebAssembly.instantiate = instantiate;
    if (streams) WebAssembly.instantiateStreaming = instantiateStreaming;
  };
  return { found: () => exports, restore };
}

/** The exports of an interpreter that runs. */
export function exportsOfRunning(pyodide: object): PyodideExports {
  const module = (pyodide as { _module?: { LDSO?: { loadedLibsByName?: Record<string, { exports?: object }> } } })
    ._module;
  const exports = module?.LDSO?.loadedLibsByName?.__main__?.exports;
  if (!exports) throw new Error("Cannot attach: this is not a running Pyodide, or one whose module can't be reached");
  return asPyodideExports(exports as Record<string, unknown>);
}
