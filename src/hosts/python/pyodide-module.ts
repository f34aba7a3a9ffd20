// The parts of Pyodide's WebAssembly instance that the heap uses, and how to get the instance.
//
// Since Pyodide 314, CPython's main module exports its memory and its table, and the addresses of its data as they are.
// Earlier versions import memory and table, and export addresses as distances from `__memory_base`; once such a module
// runs, Emscripten has a list with everything in it, and addresses are plain numbers. This file makes all of these
// alike.

/** The parts of CPython's main module that the heap needs. */
export interface PyodideExports {
  readonly memory: WebAssembly.Memory;
  readonly __indirect_function_table: WebAssembly.Table;
  /** Addresses of data. */
  readonly data: PyodideData;
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
  tzset(): void;
  /** Only snapshots need these. */
  PyImport_GetModuleDict?(): number;
  PyUnstable_GC_VisitObjects?(f: number, argument: number): void;
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
  // Reading a name adds it, so this asks only for names that certainly exist.
  const heapBase = addressOf("__heap_base") ?? numberOf(places.__heap_base);
  const missing = [
    ...(memory === undefined ? ["memory"] : []),
    ...(table === undefined ? ["__indirect_function_table"] : []),
    ...FUNCTIONS.filter((name) => typeof exports[name] !== "function"),
    ...(heapBase === undefined ? ["__heap_base"] : []),
    ...DATA.filter((name) => addressOf(name) === undefined),
  ];
  if (missing.length > 0) {
    throw new Error(`Cannot put a heap into this Pyodide: its module does not export ${missing.join(", ")}`);
  }
  const addresses = [...DATA, "_Py_emscripten_signal_clock"].map((name) => [name, addressOf(name)]);
  const data = { ...Object.fromEntries(addresses), __heap_base: heapBase };
  return { ...exports, memory, __indirect_function_table: table, data } as unknown as PyodideExports;
}

/** The number that a module has under a name: a plain number, or a global. */
function numberOf(item: unknown): number | undefined {
  const value = item instanceof WebAssembly.Global ? (item.value as unknown) : item;
  return typeof value === "number" ? value : undefined;
}

let turn: Promise<unknown> = Promise.resolve();

/**
 * Runs `load`, and calls `ready` with the exports of the CPython that it instantiates: after its data are in memory,
 * and before Python starts. `load` calls a function when Pyodide initializes its files, which is that moment; but if
 * the module has relocations, these are applied later. If `isLate`, that moment is the last one before CPython's main
 * function: its constructors have run. Meanwhile `WebAssembly.instantiate` is replaced. Only one load at a time does
 * that: other loads wait until this one has called `ready`, or has ended.
 */
export async function watchInstantiation<T>(
  ready: (exports: PyodideExports) => void,
  load: (filesBegin: () => void) => Promise<T>,
  isLate = false,
): Promise<T> {
  const before = turn;
  let done: (value?: unknown) => void = () => undefined;
  turn = new Promise((resolve) => {
    done = resolve;
  });
  await before;
  let fail: (error: unknown) => void = () => undefined;
  const failed = new Promise<never>((_, reject) => {
    fail = reject;
  });
  failed.catch(() => undefined);
  let module: Instantiated | undefined;
  const begin = () => {
    if (!module) throw new Error("Cannot find CPython's module: WebAssembly.instantiate was not called for it");
    end();
    ready(asPyodideExports(module.exports, module.imports));
  };
  const restore = watch((found) => {
    module = found;
    // The caller of this function ignores its exceptions.
    return () => {
      try {
        begin();
      } catch (error) {
        fail(error);
        throw error;
      }
    };
  }, isLate);
  const end = () => {
    restore();
    done();
  };
  try {
    return await Promise.race([
      load(() => (isLate || (module && hasRelocations(module)) ? undefined : begin())),
      failed,
    ]);
  } finally {
    end();
  }
}

interface Instantiated {
  readonly exports: WebAssembly.Exports;
  readonly imports: WebAssembly.Imports;
}

/**
 * Whether the module has a function that corrects the addresses in its data, which Emscripten calls. Modules before
 * Pyodide 314 have one.
 */
const hasRelocations = ({ exports }: Instantiated): boolean => exports.memory === undefined;

/**
 * Calls `note` when CPython's module is instantiated, until the function that it returns is called. If the module has
 * relocations, or if `isLate`, the function that `note` returns is called after they were applied and its constructors
 * have run: the last moment before its main function.
 */
function watch(note: (module: Instantiated) => () => void, isLate: boolean): () => void {
  const { instantiate, instantiateStreaming } = WebAssembly;
  const noted = (instance: WebAssembly.Instance, imports: WebAssembly.Imports = {}): WebAssembly.Instance => {
    const { exports } = instance;
    if (!("PyMem_SetAllocator" in exports)) return instance;
    const module = { exports, imports };
    const begin = note(module);
    if (!isLate && !hasRelocations(module)) return instance;
    const { __wasm_call_ctors: construct } = exports;
    const constructAndBegin = () => {
      (construct as () => void)();
      begin();
    };
    return Object.create(WebAssembly.Instance.prototype, {
      exports: { value: { ...exports, __wasm_call_ctors: constructAndBegin } },
    });
  };
  // For a module, instantiate returns an instance; for bytes, an instance and its module.
  const watched = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    const result = (await instantiate(source as BufferSource, imports)) as unknown;
    if (result instanceof WebAssembly.Instance) return noted(result, imports);
    const { module, instance } = result as WebAssembly.WebAssemblyInstantiatedSource;
    return { module, instance: noted(instance, imports) };
  };
  const watchedStreaming: typeof instantiateStreaming = async (source, imports) => {
    const { module, instance } = await instantiateStreaming(source, imports);
    return { module, instance: noted(instance, imports) };
  };
  WebAssembly.instantiate = watched as typeof instantiate;
  const streams = "instantiateStreaming" in WebAssembly;
  if (streams) WebAssembly.instantiateStreaming = watchedStreaming;
  let restored = false;
  return () => {
    if (restored) return;
    restored = true;
    WebAssembly.instantiate = instantiate;
    if (streams) WebAssembly.instantiateStreaming = instantiateStreaming;
  };
}

/** The exports of an interpreter that is running. */
export function exportsOfRunning(pyodide: object): PyodideExports {
  const module = (pyodide as { _module?: { LDSO?: { loadedLibsByName?: Record<string, { exports?: object }> } } })
    ._module;
  const exports = module?.LDSO?.loadedLibsByName?.__main__?.exports;
  if (!exports) throw new Error("Cannot attach: this is not a running Pyodide, or one whose module can't be reached");
  return asPyodideExports(exports as Names);
}
