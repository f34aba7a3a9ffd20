// A guard against recursion through JavaScript: Python calls JavaScript, which calls Python, and so on.
//
// CPython's own limit counts such calls like any others, but is too late for them: where it is reached, Pyodide needs Python
// itself to convert arguments and errors, and fails. Then each level on the way back formats the whole stack once more.

import type { PyodideAPI } from "pyodide";
import { RUNNER_FILE } from "./python-stack.js";

/**
 * The most calls of Python by JavaScript that may be inside of one another. The way back out of a recursion takes time by the
 * square of its depth.
 */
const MOST_NESTED = 200;

const REFUSE = `
def refuse(*args, **kwargs):
    raise RecursionError("maximum recursion depth exceeded: Python and JavaScript call each other ${MOST_NESTED} deep")
refuse
`;

/** The part of Pyodide's module by which JavaScript calls Python. */
interface Caller {
  callPyObject(callable: number, args: unknown[]): unknown;
}

/** From now on, a recursion of Python through JavaScript ends in RecursionError. */
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
