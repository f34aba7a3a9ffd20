// Gives another malloc family (core/native/native.ts) to the modules in C that an interpreter loads. Their memory still comes
// from the host's malloc, but it is counted by module, limited and recorded. See docs/native-memory.md.

import type { ModuleStats } from "../../alloc/stats.js";
import { lazyModule } from "../../core/base64.js";
import * as C from "../../core/constants.gen.js";
import type { Core } from "../../core/core.js";
import type { HostCalls } from "../../core/host-calls.js";
import { Words } from "../../core/memory-words.js";
import { NATIVE_BASE64 } from "../../core/native.generated.js";
import { type EmscriptenLinker, isFunction, MAIN } from "./emscripten-module.js";
import { type OtherImports, replaceImports } from "./library-watch.js";
import { type ModuleBlocks, visitNativeBlocks } from "./native-blocks.js";
import type { PyodideExports } from "./pyodide-module.js";

const nativeModule = lazyModule(NATIVE_BASE64);

const C_FUNCTIONS = ["malloc", "calloc", "realloc", "free", "memalign", "aligned_alloc", "posix_memalign"];
const OTHER_FUNCTIONS = ["malloc_usable_size", "strdup", "strndup"];
/** operator new and delete of C++: each has one name for objects and one for arrays, which differ in a letter. */
const CPP_FUNCTIONS = [
  ["_ZnKm", "new"],
  ["_ZnKmRKSt9nothrow_t", "new_or_null"],
  ["_ZnKmSt11align_val_t", "new_aligned"],
  ["_ZnKmSt11align_val_tRKSt9nothrow_t", "new_aligned_or_null"],
  ["_ZdKPv", "free"],
  ["_ZdKPvm", "delete"],
  ["_ZdKPvSt11align_val_t", "delete"],
  ["_ZdKPvRKSt9nothrow_t", "delete"],
  ["_ZdKPvmSt11align_val_t", "delete_aligned"],
  ["_ZdKPvSt11align_val_tRKSt9nothrow_t", "delete_aligned"],
] as const;

/** The functions that are replaced, with those that replace them in core/native/native.ts. */
const FAMILY = new Map<string, string>([
  ...[...C_FUNCTIONS, ...OTHER_FUNCTIONS].map((name) => [name, `native_${name}`] as const),
  ...CPP_FUNCTIONS.flatMap(([name, own]) =>
    (name.startsWith("_Zn") ? ["w", "a"] : ["l", "a"]).map(
      (kind) => [name.replace("K", kind), `native_${own}`] as const,
    ),
  ),
]);

/** The functions of the domain native, in the order of an allocator's words. */
const DOMAIN_FUNCTIONS = ["domain_malloc", "domain_calloc", "domain_realloc", "domain_free"];
/** What the instances share (`Shared` in core/native/native.ts), in words. */
const SHARED = { first: 2, memalign: 3, words: 4 } as const;

/** A module in C, and how it is found in Emscripten's list of libraries. */
interface Watched {
  readonly exports: WebAssembly.Exports;
  name: string | undefined;
}

export class NativeMemory {
  readonly #core: Core;
  readonly #words: Words;
  readonly #python: PyodideExports;
  readonly #calls: HostCalls;
  readonly #shared: number;
  readonly #firstEntry: number;
  /** The modules, at their numbers; number 0 is none. */
  readonly #modules: (Watched | undefined)[] = [undefined];
  /** The linker of the interpreter, from which modules have their names; set when Pyodide has started. */
  linker: EmscriptenLinker | undefined;

  /**
   * From now on, modules in C get their memory through the heap. Undefined, and nothing changes, if the headers of the host's malloc
   * are not known, if it has no memalign, or if no memory is left.
   */
  static begin(core: Core, calls: HostCalls, python: PyodideExports): NativeMemory | undefined {
    if (new Words(core).get(core.control + C.HOST_USABLE_SIZE_AT) !== 0 || !python.memalign) return undefined;
    const shared = python.calloc(SHARED.words, 4) >>> 0;
    if (shared === 0) return undefined;
    const native = new NativeMemory(core, calls, python, shared);
    replaceImports(core.memory, (imports) => native.#importsFor(imports));
    return native;
  }

  private constructor(core: Core, calls: HostCalls, python: PyodideExports, shared: number) {
    this.#core = core;
    this.#words = new Words(core);
    this.#python = python;
    this.#calls = calls;
    this.#shared = shared;
    const own = this.#instance(0);
    const functions = [...DOMAIN_FUNCTIONS.map((name) => own[name]), python.memalign];
    this.#firstEntry = core.table.grow(functions.length);
    functions.forEach((f, k) => {
      core.table.set(this.#firstEntry + k, f);
    });
    this.#words.set(shared + 4 * SHARED.first, this.#firstEntry);
    this.#words.set(shared + 4 * SHARED.memalign, this.#firstEntry + DOMAIN_FUNCTIONS.length);
    this.serve();
  }

  /**
   * Makes the functions of core/native/native.ts the allocator of the domain native. Debug hooks in front of it are removed, because the
   * main module could not free their blocks.
   */
  serve(): void {
    const words = [0, ...DOMAIN_FUNCTIONS.map((_, k) => this.#firstEntry + k)];
    words.forEach((word, k) => {
      this.#words.set(this.#core.control + C.LIBC_ALLOCATOR_AT + 4 * k, word);
    });
  }

  /** Functions for the module in C with this number. */
  #instance(module: number): WebAssembly.Exports {
    const { memory, table, control } = this.#core;
    const { malloc, free, realloc, _Znwm } = this.#python as unknown as WebAssembly.Exports;
    const { exports } = new WebAssembly.Instance(nativeModule(), {
      env: { memory, table },
      host: { control, watermark: this.#calls.watermark },
      native: { shared: this.#shared, module, malloc, free, realloc, _Znwm } as WebAssembly.ModuleImports,
    });
    return exports;
  }

  /** Other imports for a module in C that is about to be instantiated. Functions are made when it asks for the first. */
  #importsFor(imports: WebAssembly.Imports): OtherImports {
    const number = this.#modules.push(undefined) - 1;
    let instance: WebAssembly.Exports | undefined;
    const ours = (name: string): WebAssembly.ExportValue | undefined => {
      const own = FAMILY.get(name);
      if (own === undefined) return undefined;
      instance ??= this.#instance(number);
      return instance[own];
    };
    const places = new Map<string, WebAssembly.Global>();
    const placeOf = (name: string): WebAssembly.Global | undefined => {
      const place = places.get(name) ?? this.#placed(ours(name));
      if (place) places.set(name, place);
      return place;
    };
    const { env = {}, "GOT.func": offsets = {} } = imports;
    return {
      imports: { ...imports, env: inFrontOf(env, ours), "GOT.func": inFrontOf(offsets, placeOf) },
      made: (exports) => {
        if (instance) this.#modules[number] = { exports, name: undefined };
      },
    };
  }

  /** The place of a function in the table, as a module in C imports it; undefined without a function. */
  #placed(f: WebAssembly.ExportValue | undefined): WebAssembly.Global | undefined {
    if (f === undefined) return undefined;
    const index = this.#core.table.grow(1);
    this.#core.table.set(index, f);
    return new WebAssembly.Global({ value: "i32", mutable: true }, index);
  }

  /**
   * What each module has, the largest first. Also corrects the heap's account: blocks that the main module has freed are
   * still in it.
   */
  modules(): readonly ModuleStats[] {
    const found = new Map<number, ModuleBlocks>();
    const total: ModuleBlocks = { blocks: 0, bytes: 0 };
    const isWhole = this.visit((_, size, number) => {
      const counts = found.get(number) ?? { blocks: 0, bytes: 0 };
      found.set(number, counts);
      for (const each of [counts, total]) {
        each.blocks++;
        each.bytes += size;
      }
    });
    if (isWhole) this.#correct(total);
    return [...found]
      .map(([number, counts]) => ({ name: this.nameOf(number), ...counts }))
      .sort((a, b) => b.bytes - a.bytes);
  }

  /** Calls `visit` for each live block of a module in C. Returns false if that is not known to be all. */
  visit(visit: (address: number, size: number, module: number) => void): boolean {
    const { memory, sbrk, data } = this.#python;
    return visitNativeBlocks(memory.buffer, { from: data.__heap_base, to: sbrk(0) >>> 0 }, visit);
  }

  #correct({ blocks, bytes }: ModuleBlocks): void {
    const { control } = this.#core;
    const change = (at: number, by: number) => this.#words.set(control + at, this.#words.get(control + at) + by);
    const gone = this.#words.get(control + C.LARGE_BYTES_AT + 4 * C.LIBC) - bytes;
    this.#words.set(control + C.LARGE_BLOCKS_AT + 4 * C.LIBC, blocks);
    for (const at of [C.LARGE_BYTES_AT + 4 * C.LIBC, C.LARGE_AT, C.RESERVED_AT]) change(at, -gone);
  }

  /** The file of the module with this number, without its folder; or the name that it has in Python. */
  nameOf(number: number): string {
    const module = this.#modules[number];
    if (!module) return "a module in C";
    module.name ??= this.#fileOf(module.exports);
    return module.name ?? initOf(module.exports) ?? "a module in C";
  }

  #fileOf(exports: WebAssembly.Exports): string | undefined {
    const libraries = Object.values(this.linker?.LDSO.loadedLibsByName ?? {});
    const functions = Object.entries(exports).filter(([, symbol]) => isFunction(symbol));
    const found = libraries.find(({ name, exports: symbols }) => {
      if (name === MAIN || typeof symbols === "string") return false;
      return functions.some(([key, f]) => symbols[key] === f);
    });
    return found?.name.slice(found.name.lastIndexOf("/") + 1);
  }
}

/** An object in front of another one: it has what `ours` returns, and else what the other one has. */
function inFrontOf(
  other: WebAssembly.ModuleImports,
  ours: (name: string) => WebAssembly.ImportValue | undefined,
): WebAssembly.ModuleImports {
  return new Proxy(other, {
    get: (target, key) => (typeof key === "string" ? ours(key) : undefined) ?? target[key as string],
    has: (target, key) => key in target || FAMILY.has(String(key)),
  });
}

/** The name of a Python module, from the function that makes it. */
const initOf = (exports: WebAssembly.Exports): string | undefined =>
  Object.keys(exports)
    .find((name) => name.startsWith("PyInit_"))
    ?.slice("PyInit_".length);
