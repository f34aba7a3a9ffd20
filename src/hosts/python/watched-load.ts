// How to get CPython's module at the right moment: functions of WebAssembly are replaced while Pyodide loads.

import type { PyodideAPI } from "pyodide";
import type { CallbackGuard } from "./callback-guard.js";
import { asPyodideExports, type PyodideExports } from "./pyodide-module.js";
import { keepSmallModules } from "./small-modules.js";

/**
 * Runs `load`, which instantiates CPython's module, and calls `ready` with the module's exports. The moment for this
 * call is after the module's data are in memory, and before Python starts:
 *
 * - usually, when Pyodide initializes its files: `load` calls `filesBegin` then;
 * - if the module has relocations, when its constructors have run, because relocations are applied after the files are
 *   initialized;
 * - if `isLate`, also when its constructors have run: the last moment before CPython's main function.
 *
 * `guard` gets the imports of CPython's module before it is instantiated.
 *
 * Until `ready` is called, `WebAssembly.instantiate`, `instantiateStreaming` and `Module` are replaced. Only one load at a time does
 * that: other loads wait until this one has called `ready`, or has ended.
 */
export async function watchInstantiation<T>(
  ready: (exports: PyodideExports) => void,
  load: (filesBegin: () => void) => Promise<T>,
  how: LoadWatch = {},
): Promise<T> {
  const watched = new WatchedLoad(ready, how);
  const before = turn;
  turn = watched.over;
  await before;
  return watched.run(load);
}

/** How a load is watched. */
export interface LoadWatch {
  /** Whether `ready` is called at the last moment before Python starts. */
  readonly isLate?: boolean;
  readonly guard?: CallbackGuard;
  /** Called with Pyodide when it is loaded, before its nests are guarded. */
  readonly loaded?: ((pyodide: PyodideAPI) => void) | undefined;
  /**
   * Called with what `ready` has thrown: the load ends later, by an exception that the caller throws from an option. If there is
   * no such function, the constructors throw, in a promise that perhaps nobody awaits.
   */
  readonly stop?: ((error: unknown) => void) | undefined;
}

/** Settled when no load is watched. */
let turn: Promise<void> = Promise.resolve();

interface Instantiated {
  readonly exports: WebAssembly.Exports;
  readonly imports: WebAssembly.Imports;
}

type Engine = Pick<typeof WebAssembly, "instantiate" | "instantiateStreaming" | "Module">;

/**
 * A load of Pyodide that waits for CPython's module.
 *
 *                       run              CPython's module          its moment, or the end
 *   waiting for its turn --> searching -- is instantiated --> found --------------------> over
 *
 *   `#engine` is there in `searching` and `found`:  WebAssembly's functions are replaced
 *   `#module` is there from `found` on
 */
class WatchedLoad {
  readonly #ready: (exports: PyodideExports) => void;
  /** Whether the module's moment is the last one before its main function, even if its data are in place earlier. */
  readonly #isLate: boolean;
  readonly #guard: CallbackGuard | undefined;
  readonly #stop: LoadWatch["stop"];
  /** WebAssembly's own functions. */
  #engine: Engine | undefined;
  #module: Instantiated | undefined;
  #fail: (error: unknown) => void = () => undefined;
  #leave: () => void = () => undefined;
  /** Settled in the state `over`. */
  readonly over = new Promise<void>((resolve) => {
    this.#leave = resolve;
  });

  constructor(ready: (exports: PyodideExports) => void, { isLate = false, guard, stop }: LoadWatch) {
    this.#ready = ready;
    this.#isLate = isLate;
    this.#guard = guard;
    this.#stop = stop;
  }

  /** Loads. Throws what `load` throws, or what `ready` has thrown. */
  async run<T>(load: (filesBegin: () => void) => Promise<T>): Promise<T> {
    this.#search();
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#fail = reject;
        load(() => this.#filesBegin()).then(resolve, reject);
      });
    } finally {
      this.#end();
    }
  }

  #search(): void {
    const { instantiate, instantiateStreaming, Module } = WebAssembly;
    const hasStreams = "instantiateStreaming" in WebAssembly;
    this.#engine = { instantiate, ...(hasStreams && { instantiateStreaming }), Module } as Engine;
    // For a module, instantiate returns an instance; for bytes, an instance and its module.
    const watched = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
      if (imports) this.#guard?.watch(imports);
      const result = (await instantiate(source as BufferSource, imports)) as unknown;
      if (result instanceof WebAssembly.Instance) return this.#look(result, imports);
      const { module, instance } = result as WebAssembly.WebAssemblyInstantiatedSource;
      return { module, instance: this.#look(instance, imports) };
    };
    const watchedStreaming: typeof instantiateStreaming = async (source, imports) => {
      if (imports) this.#guard?.watch(imports);
      const { module, instance } = await instantiateStreaming(source, imports);
      return { module, instance: this.#look(instance, imports) };
    };
    const replaced = { instantiate: watched, ...(hasStreams && { instantiateStreaming: watchedStreaming }) };
    Object.assign(WebAssembly, { ...replaced, Module: keepSmallModules(Module) });
  }

  /** Looks whether an instance is CPython's. Returns what the caller gets as the instance. */
  #look(instance: WebAssembly.Instance, imports: WebAssembly.Imports = {}): WebAssembly.Instance {
    const { exports } = instance;
    if (!("PyMem_SetAllocator" in exports)) return instance;
    this.#module = { exports, imports };
    return this.#isAtConstructors ? this.#withConstructors(exports) : instance;
  }

  /** Whether the module's moment is when its constructors have run; otherwise, when Pyodide initializes its files. */
  get #isAtConstructors(): boolean {
    return this.#isLate || (this.#module !== undefined && hasRelocations(this.#module));
  }

  /** CPython's instance, with constructors after which the module's moment has come. */
  #withConstructors(exports: WebAssembly.Exports): WebAssembly.Instance {
    const { __wasm_call_ctors: construct } = exports;
    const constructAndBegin = () => {
      (construct as () => void)();
      try {
        this.#begin();
      } catch (error) {
        // The caller of this function ignores its exceptions.
        this.#fail(error);
        if (!this.#stop) throw error;
        this.#stop(error);
      }
    };
    return Object.create(WebAssembly.Instance.prototype, {
      exports: { value: { ...exports, __wasm_call_ctors: constructAndBegin } },
    });
  }

  #filesBegin(): void {
    if (!this.#isAtConstructors) this.#begin();
  }

  /** The module's moment: the heap is put in, and other loads may begin. */
  #begin(): void {
    if (!this.#module) throw new Error("Cannot find CPython's module: WebAssembly.instantiate was not called for it");
    this.#end();
    const { exports, imports } = this.#module;
    this.#ready(asPyodideExports(exports, imports));
  }

  #end(): void {
    if (!this.#engine) return;
    Object.assign(WebAssembly, this.#engine);
    this.#engine = undefined;
    this.#leave();
  }
}

/**
 * Whether the module has a function that corrects the addresses in its data, which Emscripten calls. Modules before
 * Pyodide 314 have one.
 */
const hasRelocations = ({ exports }: Instantiated): boolean => exports.memory === undefined;
