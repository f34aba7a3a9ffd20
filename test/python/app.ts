// Runs a text as the program app.py of an interpreter, and records it.

import type { Python } from "../../src/hosts/python/pyodide.js";
import type { TraceOptions } from "../../src/index.js";
import { Tape } from "../trace-data.js";

/** Records what `run` does in the interpreter, and checks the heap afterwards. */
export function recordRun({ heap }: Python, run: () => unknown, options: Omit<TraceOptions, "write"> = {}): Tape {
  const tape = new Tape();
  const recorder = heap.trace({ write: tape.write, ...options });
  try {
    run();
  } finally {
    recorder.stop();
  }
  heap.check();
  return tape;
}

/** Records a program that runs as app.py, in a module of its own. */
export function recordApp(python: Python, program: string, options?: Omit<TraceOptions, "write">): Tape {
  const { pyodide } = python;
  const globals = pyodide.toPy({ __name__: "app" });
  return recordRun(python, () => pyodide.runPython(program, { globals, filename: "app.py" }), options);
}
