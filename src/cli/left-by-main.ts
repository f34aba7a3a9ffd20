// What CPython's main function and its caches hold, for a program that holds nothing itself. It is freed before a recording
// ends, so that it is not taken for memory that the program did not free.
//
//   names of the main module, the first   put back after the recording, because the interpreter's end may need them
//     items of sys.path and sys.argv
//   caches of importers, source lines,    filled again when they are needed
//     attributes
//   free lists                            dead objects that are kept for reuse

import { toAddress } from "../ground/address.js";
import type { PythonHeap, PythonImage } from "../hosts/python/pyodide.js";

/**
 * Defines left_by_main(), which returns functions of what the main function fills, by name. All are in C: a function that traces the
 * program sees no frame of ours, and calling them leaves nothing in memory.
 */
export const LEFT_BY_MAIN = `
def left_by_main():
    import atexit, functools, linecache, sys
    main, path, argv, importers = sys.modules["__main__"].__dict__, sys.path, sys.argv, sys.path_importer_cache
    return {
        "has": main.__contains__, "get": main.get, "set": main.__setitem__, "remove": main.__delitem__,
        "paths": path.__len__, "path": path.__getitem__, "insertPath": path.insert, "removePath": path.__delitem__,
        "words": argv.__len__, "word": argv.__getitem__, "setWord": argv.__setitem__,
        "importers": functools.partial("\\0".join, importers), "removeImporter": importers.__delitem__,
        "emptyLines": getattr(linecache, "_interactive_cache", {}).clear,
        "emptyAttributes": getattr(sys, "_clear_internal_caches", None) or sys._clear_type_cache,
        "atEnd": atexit._ncallbacks if sys.version_info >= (3, 14) else {}.__len__,
    }`;

interface Functions {
  has(name: string): boolean;
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  remove(name: string): void;
  paths(): number;
  path(at: number): unknown;
  insertPath(at: number, path: string): void;
  removePath(at: number): void;
  words(): number;
  word(at: number): unknown;
  setWord(at: number, word: string): void;
  importers(): string;
  removeImporter(path: string): void;
  emptyLines(): void;
  emptyAttributes(): void;
  /** The number of functions of atexit, if the interpreter copies their list in order to call them. */
  atEnd(): number;
}

/** The names that the main function gives to the main module. Those that are texts can be put back; the others become None. */
const NAMES = ["__file__", "__cached__", "__loader__", "__spec__"];
const TEXTS: readonly string[] = ["__file__", "__cached__"];

/** A list that is known to the collector, and each of its items. */
const LIST_BYTES = 28;
const ITEM_BYTES = 4;
/** Where sys_path_0 is in CPython's configuration, after the three pointers to what is to run. */
const PATH_AFTER = 12;

export class LeftByMain {
  readonly #heap: PythonHeap;
  readonly #image: PythonImage | undefined;
  readonly #python: Functions;
  /** What was there before the program. */
  readonly #importersBefore: ReadonlySet<string>;
  readonly #pathBefore: unknown;
  readonly #wordBefore: unknown;

  /** To be made before the program begins. */
  constructor(heap: PythonHeap, image: PythonImage | undefined, space: { get(name: string): unknown }) {
    const made = (space.get("left_by_main") as () => { toJs(options: object): unknown; destroy(): void })();
    this.#python = made.toJs({ depth: 1, dict_converter: Object.fromEntries }) as Functions;
    made.destroy();
    this.#heap = heap;
    this.#image = image;
    this.#importersBefore = new Set(this.#importers());
    this.#pathBefore = this.#firstPath();
    this.#wordBefore = this.#firstWord();
    heap.emptyFreeLists();
  }

  #importers(): string[] {
    return this.#python.importers().split("\0");
  }

  #firstPath(): unknown {
    return this.#python.paths() > 0 ? this.#python.path(0) : undefined;
  }

  #firstWord(): unknown {
    return this.#python.words() > 0 ? this.#python.word(0) : undefined;
  }

  /**
   * The bytes of the copy of atexit's list, which is live as long as one of its functions runs. CPython makes one since
   * version 3.14.
   */
  get atexitBytes(): number {
    const functions = this.#python.atEnd();
    return functions === 0 ? 0 : LIST_BYTES + ITEM_BYTES * functions;
  }

  /** Frees all of it. To be called when the program has ended, and the interpreter has not. Returns a function that puts back what is needed. */
  free(): () => void {
    const python = this.#python;
    const names = NAMES.filter((name) => python.has(name));
    const values = names.map((name) => (TEXTS.includes(name) ? python.get(name) : undefined));
    for (const name of names) python.remove(name);
    const path = this.#firstPath();
    const isPathNew = typeof path === "string" && path !== this.#pathBefore;
    if (isPathNew) {
      python.removePath(0);
      this.#freeFirstPath(path);
    }
    const word = this.#firstWord();
    const isWordNew = typeof word === "string" && word !== this.#wordBefore;
    if (isWordNew) python.setWord(0, "");
    for (const importer of this.#importers()) if (!this.#importersBefore.has(importer)) python.removeImporter(importer);
    python.emptyLines();
    python.emptyAttributes();
    this.#heap.emptyFreeLists();
    return () => {
      for (const [k, name] of names.entries()) python.set(name, values[k]);
      if (isPathNew) python.insertPath(0, path);
      if (isWordNew) python.setWord(0, word);
      // The main module's objects die with its dict, which these functions hold.
      for (const each of Object.values(python) as { destroy(): void }[]) each.destroy();
    };
  }

  /**
   * Frees the configuration's copy of sys.path[0], which only another interpreter would be given. Its place is known in an
   * interpreter from an image.
   */
  #freeFirstPath(path: string): void {
    const places = this.#image?.program;
    if (!places) return;
    const { heap, place } = { heap: this.#heap, place: places.command + PATH_AFTER };
    const memory = new DataView(heap.memory.buffer);
    const copy = memory.getUint32(place, true);
    const codes = [...path, "\0"].map((char) => char.codePointAt(0));
    if (copy % 4 !== 0 || copy + 4 * codes.length > memory.byteLength) return;
    if (!codes.every((code, k) => memory.getUint32(copy + 4 * k, true) === code)) return;
    heap.raw.free(toAddress(copy));
    memory.setUint32(place, 0, true);
  }
}
