// The libraries that an interpreter has loaded, for its image. Their data are in the interpreter's memory. Their code and
// their places in the table are not: an image has their files, and says where everything was.
//
//   table:  | main module | ours | library | functions of it that were looked up | library | ...
//                                 ^ tableBase   each with its name

import { readDylink } from "../c/sections.js";
import {
  type EmscriptenLinker,
  isFunction,
  type Library,
  type LinkedFunction,
  MAIN,
  type Symbols,
} from "./emscripten-module.js";
import type { LibraryRecord, LinkRecord, TableEntry } from "./image/link-record.js";
import type { LibraryWatch, PlacedLibrary } from "./library-watch.js";
import type { PyodideExports } from "./pyodide-module.js";

/** Exports by which a library brings code in JavaScript with it. */
const IN_JAVASCRIPT = /^__em_js__|^__start_em_asm$/;

interface Found {
  readonly library: Library;
  readonly exports: Symbols;
  readonly placed: PlacedLibrary;
  readonly tableEnd: number;
}

/**
 * The libraries that were loaded while `watch` was watching; undefined if there are none. `firstEntry` is the table index of the first
 * function that is not the main module's. Throws an Error that says why a library can't be in an image.
 */
export function loadedLibraries(
  linker: EmscriptenLinker,
  watch: LibraryWatch,
  python: PyodideExports,
  firstEntry: number,
): LinkRecord | undefined {
  const order = watch.placedIn(python.memory);
  const found = Object.values(linker.LDSO.loadedLibsByName).flatMap((library): Found[] => {
    const { name, exports } = library;
    if (name === MAIN || typeof exports === "string") return [];
    const placed = order.find((each) => isSame(each, exports));
    const dylink = placed && readDylink(placed.module);
    if (!placed || !dylink) throw new Error(`the library ${name} was loaded in an unknown way`);
    if (Object.keys(placed.exports).some((symbol) => IN_JAVASCRIPT.test(symbol)))
      throw new Error(`the library ${name} has code in JavaScript`);
    return [{ library, exports, placed, tableEnd: placed.tableBase + dylink.tableEntries }];
  });
  if (found.length === 0) return undefined;
  const handles = Object.entries(linker.LDSO.loadedLibsByHandle);
  const libraries = found.map(
    ({ library, placed: { memoryBase, tableBase, ...placed } }): LibraryRecord => ({
      ...{ name: library.name, memoryBase, tableBase, isGlobal: library.global },
      turn: order.findIndex(({ exports }) => exports === placed.exports),
      references: Number.isFinite(library.refcount) ? library.refcount : 0,
      handles: handles.filter(([, each]) => each === library).map(([handle]) => Number(handle)),
    }),
  );
  return {
    libraries,
    table: python.__indirect_function_table.length,
    free: [...linker.freeTableIndexes],
    entries: entriesOf(linker, found, firstEntry),
    places: placesOf(linker, found),
  };
}

/**
 * Whether a library's exports are those of an instance. Only the functions are the same objects: Emscripten makes new
 * values for the addresses.
 */
function isSame({ exports }: PlacedLibrary, symbols: Symbols): boolean {
  return Object.entries(exports).some(([name, symbol]) => isFunction(symbol) && symbols[name] === symbol);
}

/** Functions that are in the table because somebody looked up their addresses. */
function entriesOf(linker: EmscriptenLinker, found: readonly Found[], firstEntry: number): TableEntry[] {
  const entries = new Map<number, TableEntry>();
  const isOwn = (index: number) => found.some(({ placed, tableEnd }) => index >= placed.tableBase && index < tableEnd);
  const add = (library: number, name: string, f: LinkedFunction) => {
    const index = linker.getFunctionAddress(f);
    if (index >= firstEntry && !isOwn(index) && !entries.has(index)) entries.set(index, [index, library, name]);
  };
  const addAll = (library: number, symbols: Symbols) => {
    for (const [name, symbol] of Object.entries(symbols)) if (isFunction(symbol)) add(library, name, symbol);
  };
  for (const [k, { exports }] of found.entries()) addAll(k, exports);
  const main = linker.LDSO.loadedLibsByName[MAIN]?.exports;
  if (typeof main === "object") addAll(-1, main);
  return [...entries.values()];
}

/** The symbols of these libraries, and those that they use, in the global offset table. */
function placesOf({ GOT: table }: EmscriptenLinker, found: readonly Found[]): [string, number][] {
  const names = new Set<string>();
  for (const { exports, placed } of found) {
    for (const name of Object.keys(exports)) names.add(name);
    for (const { module, name } of WebAssembly.Module.imports(placed.module))
      if (module.startsWith("GOT.")) names.add(name);
  }
  return [...names].flatMap((name) => {
    const place: unknown = table[name]?.value;
    return typeof place === "number" ? [[name, place >>> 0] as [string, number]] : [];
  });
}
