// The interpreter of programs that people have reported as faults of other tools and runtimes: one for all of a file, with
// a limit. After each program, the heap is whole.

import { afterEach, beforeAll } from "vitest";
import type { Python } from "../../src/hosts/python/pyodide.js";
import type { Analysis } from "../../src/trace/analysis.js";
import { recordRun } from "./app.js";
import { startPython } from "./start.js";

export const MIB = 2 ** 20;
/** The program's part of the limit; the rest is for the interpreter's start. */
const ROOM = 48 * MIB;
/** Modules that each program has. */
export const IMPORTS = "import ast, gc, json, sys, traceback, tracemalloc, weakref; from pyodide.ffi import to_js";

/** A file creates one where it defines its tests. */
export class LimitedPython {
  #python: Python | undefined;

  constructor() {
    beforeAll(async () => {
      this.#python = await startPython();
      this.run("");
      const { heap } = this.python;
      heap.limit = heap.stats().account.platform + ROOM;
    });
    afterEach(() => this.python.heap.check());
  }

  get python(): Python {
    if (!this.#python) throw new Error("Cannot run a program: Python has not started");
    return this.#python;
  }

  /** Runs a program, and returns the value of its last line. */
  readonly run = (program: string, file = "app.py"): unknown => {
    const { pyodide } = this.python;
    const globals = pyodide.toPy({ __name__: "app" });
    try {
      pyodide.runPython(IMPORTS, { globals });
      return pyodide.runPython(program, { globals, filename: file });
    } finally {
      globals.destroy();
    }
  };

  /** Records a program. */
  readonly record = async (program: string): Promise<Analysis> => {
    const { analysis } = await recordRun(this.python, () => this.run(program)).analyse();
    return analysis;
  };
}
