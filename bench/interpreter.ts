// An interpreter to be measured, with a program imported: stock CPython, on one of its allocators or on one that the
// caller installs; or CPython on our heap.

import { loadPyodide, type PyodideAPI } from "pyodide";
import { coreModule } from "../src/core/core.js";
import { loadWatched, PythonHeap } from "../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../src/hosts/python/pyodide-module.js";

export interface Interpreter {
  readonly name: string;
  readonly pyodide: PyodideAPI;
  readonly python: PyodideExports;
  /** Our heap, if the interpreter is on it. */
  readonly heap: PythonHeap | undefined;
}

/** What the caller does with an interpreter before its first allocation. */
interface Beginning {
  /** Gets the module's exports, if the interpreter is a stock one. */
  readonly ofStock?: (python: PyodideExports) => void;
  /** Gets our heap, if the interpreter is on it. */
  readonly ofOurs?: (heap: PythonHeap) => void;
}

const STOCK = ["malloc", "mimalloc", "floor"];

/**
 * Starts an interpreter, and imports `source` in it as the module `program`. With the names malloc, mimalloc and floor it is a stock one;
 * with any other name it is on our heap.
 */
export async function startInterpreter(
  name: string,
  source: Uint8Array,
  { ofStock, ofOurs }: Beginning = {},
): Promise<Interpreter> {
  const module = await coreModule();
  let python: PyodideExports | undefined;
  let heap: PythonHeap | undefined;
  const isStock = STOCK.includes(name);
  // Strings get the same hashes in all interpreters, so that dicts and sets behave the same.
  const env = { PYTHONHASHSEED: "0", ...(name === "mimalloc" && { PYTHONMALLOC: "mimalloc" }) };
  const pyodide = await loadWatched(loadPyodide, { env, stdout: () => undefined }, (exports) => {
    python = exports;
    if (isStock) ofStock?.(exports);
    else {
      heap = PythonHeap.attachAt(module, exports, {});
      ofOurs?.(heap);
    }
  });
  if (!python)
    throw new Error("Cannot measure: Pyodide started, but the constructors of its module were not seen to run");
  pyodide.FS.writeFile("/home/pyodide/program.py", source);
  pyodide.runPython("import gc, program");
  return { name, pyodide, python, heap };
}
