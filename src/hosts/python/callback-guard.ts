// A guard against recursion through JavaScript: Python calls JavaScript, which calls Python, and so on.
//
// CPython's own limit counts such calls like all others, but it comes too late for them: when the limit is reached,
// Pyodide itself needs Python to convert arguments and errors, so it fails. Then each level on the way back formats the
// whole stack again.

import type { PyodideAPI } from "pyodide";
import { RUNNER_FILE } from "./frame-reader.js";

/**
 * How many calls from JavaScript to Python may be nested. The time for the return from a recursion grows with the square
 * of its depth.
 */
const MOST_NESTED = 200;

const REFUSE = `
def refuse(*args, **kwargs):
    raise RecursionError("maximum recursion depth exceeded: Python and JavaScript call each other ${MOST_NESTED} deep")
refuse
`;

/** The part of Pyodide's module with which JavaScript calls Python. */
interface Caller {
  callPyObject(callable: number, args: unknown[]): unknown;
}

/** After this call, a recursion of Python through JavaScript ends in RecursionError. */
export function guardCallbacks(pyodide: PyodideAPI): void {
  const caller = (pyodide as { _module?: Partial<Caller> })._module;
  const call = caller?.callPyObject;
  if (!caller || !call) return;
  const globals = pyodide.toPy({});
  const refuse = pyodide.runPython(REFUSE, { globals, filename: RUNNER_FILE }) as () => never;
  globals.destroy();
  let nested = 0;
  caller.callPyObject = (callable, args) => {
    if (nested === MOST_NESTED) {
      nested++;
      try {
        return refuse();
      } finally {
        nested--;
      }
    }
    nested++;
    try {
      return call(callable, args);
    } finally {
      nested--;
    }
  };
}
