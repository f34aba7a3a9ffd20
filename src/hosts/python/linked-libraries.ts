// Links the libraries of an image into an interpreter that gets its memory from the image: each at the place at which it
// was. Their data are in the image, with everything that has happened to them; so nothing initializes them.
//
//   link      when the memory is the image's, before anything runs in it: instances, table, offset table
//   connect   when Emscripten's linker can be reached: it gets to know the libraries, so that others can use them

import { ImageError, messageOf } from "../../ground/errors.js";
import { readDylink } from "../c/sections.js";
import { type EmscriptenLinker, isFunction, type LinkedFunction, type Symbols } from "./emscripten-module.js";
import type { LibraryRecord, LinkRecord } from "./image/link-record.js";
import type { LinkerSymbols, PyodideExports } from "./pyodide-module.js";

/** A library that was linked. */
interface Linked {
  readonly record: LibraryRecord;
  readonly exports: Symbols;
}

export class LinkedLibraries {
  readonly #link: LinkRecord;
  readonly #linked: readonly Linked[];
  /** JavaScript functions, and where they belong in the table. Only Emscripten can put them there. */
  readonly #late: readonly (readonly [index: number, f: LinkedFunction])[];
  readonly #firstEntry: number;

  private constructor(
    link: LinkRecord,
    linked: readonly Linked[],
    late: readonly (readonly [number, LinkedFunction])[],
    firstEntry: number,
  ) {
    this.#link = link;
    this.#linked = linked;
    this.#late = late;
    this.#firstEntry = firstEntry;
  }

  /**
   * Links libraries, whose compiled modules are given in the order of the record. Throws ImageError if the record does not fit the
   * interpreter.
   */
  static link(link: LinkRecord, modules: readonly WebAssembly.Module[], python: PyodideExports): LinkedLibraries {
    const { __indirect_function_table: table, symbols } = python;
    if (!symbols) throw new ImageError("this interpreter has no linker that is known");
    const firstEntry = table.length;
    const count = link.table - firstEntry;
    if (count < 0) throw new ImageError("the functions of its libraries are at other places of the table");
    try {
      table.grow(count);
      const linked = new Linking(link, modules, python, symbols).run();
      const late = putEntries(link, linked, table, symbols);
      for (const [name, place] of link.places) symbols.places(name).value = place;
      return new LinkedLibraries(link, linked, late, firstEntry);
    } catch (error) {
      throw new ImageError(`its libraries can't be linked: ${messageOf(error)}`);
    }
  }

  /** Makes the libraries known to Emscripten's linker. */
  connect(linker: EmscriptenLinker): void {
    const { loadedLibsByName: byName, loadedLibsByHandle: byHandle } = linker.LDSO;
    for (const { record, exports } of this.#linked) {
      const { name, isGlobal, references, handles } = record;
      const isForGood = references === 0;
      linker.preloadedWasm[name] = exports;
      linker.loadDynamicLibrary(name, { global: isGlobal, nodelete: isForGood, loadAsync: false }, {}, handles[0]);
      delete linker.preloadedWasm[name];
      const library = byName[name];
      if (!library) continue;
      if (!isForGood) library.refcount = references;
      for (const handle of handles) byHandle[handle] = library;
    }
    linker.updateTableMap(this.#firstEntry, this.#link.table - this.#firstEntry);
    for (const [index, f] of this.#late) {
      linker.freeTableIndexes.push(index);
      linker.addFunction(f, f.sig);
    }
    linker.freeTableIndexes.push(...this.#link.free);
  }
}

/** The instances of libraries, made one after the other. */
class Linking {
  readonly #records: readonly LibraryRecord[];
  readonly #modules: readonly WebAssembly.Module[];
  readonly #python: PyodideExports;
  readonly #symbols: LinkerSymbols;
  readonly #exports: Symbols[] = [];
  /** For each library, the numbers of the libraries in which it finds symbols that are not global. */
  readonly #scopes: readonly (readonly number[])[];

  constructor(
    { libraries }: LinkRecord,
    modules: readonly WebAssembly.Module[],
    python: PyodideExports,
    symbols: LinkerSymbols,
  ) {
    this.#records = libraries;
    this.#modules = modules;
    this.#python = python;
    this.#symbols = symbols;
    this.#scopes = scopesOf(libraries, modules);
  }

  run(): Linked[] {
    const turns = [...this.#records.keys()].sort(
      (a, b) => (this.#records[a]?.turn ?? 0) - (this.#records[b]?.turn ?? 0),
    );
    for (const k of turns) this.#instantiate(k);
    return this.#records.map((record, k) => ({ record, exports: this.#exports[k] ?? {} }));
  }

  #instantiate(k: number): void {
    const [record, module] = [this.#records[k], this.#modules[k]];
    if (!record || !module) throw new Error("one is missing");
    const { memoryBase, tableBase, isGlobal } = record;
    const { memory } = this.#python;
    const { env, places } = this.#symbols;
    const data = new Uint8Array(memory.buffer, memoryBase, readDylink(module)?.memoryBytes ?? 0);
    const kept = data.slice();
    const imported = importsFrom(env, { __memory_base: memoryBase, __table_base: tableBase }, (name) =>
      this.#resolve(k, name),
    );
    const offsets = new Proxy({}, { get: (_, name) => places(String(name)) });
    const imports = { env: imported, wasi_snapshot_preview1: imported, "GOT.mem": offsets, "GOT.func": offsets };
    const { exports } = new WebAssembly.Instance(module, imports);
    // The instance has overwritten the data with their initial values.
    data.set(kept);
    const moved = relocated(exports, memoryBase, env);
    this.#exports[k] = moved;
    if (!isGlobal) return;
    for (const [name, symbol] of Object.entries(moved)) if (!isDefined(env[name])) env[name] = symbol;
  }

  #resolve(k: number, name: string): unknown {
    const { env } = this.#symbols;
    if (isDefined(env[name])) return env[name];
    const scope = [...(this.#scopes[k] ?? []), k].find((each) => this.#exports[each]?.[name] !== undefined);
    return scope === undefined ? undefined : this.#exports[scope]?.[name];
  }
}

const isDefined = (symbol: unknown): boolean => symbol !== undefined && !(isFunction(symbol) && symbol.stub);

/** Imports of a library: symbols that are global now; for others, functions that look for them when they are called. */
function importsFrom(env: Symbols, own: Symbols, resolve: (name: string) => unknown): WebAssembly.ModuleImports {
  const get = (_: object, key: string | symbol): unknown => {
    const name = String(key);
    if (name in own) return own[name];
    if (isDefined(env[name])) return env[name];
    let found: unknown;
    return (...values: unknown[]) => {
      found ??= resolve(name);
      if (!isFunction(found)) throw new Error(`Cannot call ${name}: no library that was loaded has it`);
      return found(...values);
    };
  };
  return new Proxy({}, { get }) as WebAssembly.ModuleImports;
}

/** A library's exports, with addresses as they are in memory, in the form that this version of Emscripten uses. */
function relocated(exports: WebAssembly.Exports, base: number, env: Symbols): Symbols {
  const arePlain = typeof env._PyRuntime === "number";
  return Object.fromEntries(
    Object.entries(exports).map(([name, symbol]) => {
      const distance: unknown = symbol instanceof WebAssembly.Global ? symbol.value : undefined;
      if (typeof distance !== "number" || !isConstant(symbol as WebAssembly.Global)) return [name, symbol];
      const address = distance + base;
      return [name, arePlain ? address : new WebAssembly.Global({ value: "i32" }, address)];
    }),
  );
}

function isConstant(global: WebAssembly.Global): boolean {
  const { value } = global;
  try {
    global.value = value;
    return false;
  } catch {
    return true;
  }
}

/**
 * The libraries whose symbols each library finds, besides global ones: those that were loaded for it or together with it. A library
 * that was loaded for another library has the scope of that library.
 */
function scopesOf(records: readonly LibraryRecord[], modules: readonly WebAssembly.Module[]): number[][] {
  const fileOf = (path: string) => path.slice(path.lastIndexOf("/") + 1);
  const needs = modules.map((module) =>
    (readDylink(module)?.needed ?? []).map((name) =>
      records.findIndex((record) => fileOf(record.name) === fileOf(name)),
    ),
  );
  const reached = (from: number): number[] => {
    const all = new Set([from]);
    for (const k of all) for (const need of needs[k] ?? []) if (need >= 0) all.add(need);
    return [...all];
  };
  const own = records.map((_, k) => reached(k));
  return records.map(({ handles }, k) => {
    const parent = records.findIndex((record, at) => record.handles.length > 0 && own[at]?.includes(k));
    return own[handles.length > 0 || parent < 0 ? k : parent] ?? [];
  });
}

/** Puts functions whose addresses were looked up into the table. Returns the JavaScript functions, for which that is not possible. */
function putEntries(
  { entries }: LinkRecord,
  linked: readonly Linked[],
  table: WebAssembly.Table,
  { env }: LinkerSymbols,
): (readonly [number, LinkedFunction])[] {
  const late: (readonly [number, LinkedFunction])[] = [];
  for (const [index, library, name] of entries) {
    const f = library < 0 ? env[name] : linked[library]?.exports[name];
    if (!isFunction(f)) throw new Error(`there is no function ${name}`);
    try {
      table.set(index, f);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      late.push([index, f]);
    }
  }
  return late;
}
