// An interpreter to be measured: stock CPython on one of its allocators, or CPython on our heap, with a program
// imported.

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

/** Starts an interpreter by name: malloc and mimalloc are stock; any other name is on our heap. */
export async function startInterpreter(name: string, source: Uint8Array): Promise<Interpreter> {
  const module = await coreModule();
  let python: PyodideExports | undefined;
  let heap: PythonHeap | undefined;
  const isStock = name === "malloc" || name === "mimalloc";
  // Strings get the same hashes in all of them, so that dicts and sets behave the same.
  const env = { PYTHONHASHSEED: "0", ...(name === "mimalloc" && { PYTHONMALLOC: "mimalloc" }) };
  const pyodide = await loadWatched(loadPyodide, { env, stdout: () => undefined }, (exports) => {
    python = exports;
    if (!isStock) heap = PythonHeap.attachAt(module, exports, {});
  });
  if (!python) throw new Error("Cannot measure: Pyodide did not start");
  pyodide.FS.writeFile("/home/pyodide/program.py", source);
  pyodide.runPython("import gc, program");
  return { name, pyodide, python, heap };
}
