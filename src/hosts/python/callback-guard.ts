// A guard against recursion through JavaScript: Python calls JavaScript, which calls Python, and so on.
//
//   Python --> JsvFunction_CallBound --> JavaScript --> any operation on a Pyodide proxy --> Python
//              (here the calls are counted)
//
// CPython's own limit counts such calls like all others, but it comes too late for them: when the limit is reached,
// Pyodide itself needs Python to convert arguments and errors, so it fails. Also, an exception that goes back through
// JavaScript is formatted with its whole traceback at each level, and all frames of the engine's stack are read. The
// time for this would grow with the square of the depth. So from some depth on, both are shortened.

import type { PyodideAPI } from "pyodide";
import { RUNNER_FILE } from "./frame-reader.js";
import { keptValue, type OwnCode } from "./kept-code.js";

/**
 * How many calls from Python to JavaScript may be inside one another. A thread with the engine's usual stack of 1 MB has
 * space for about 190 of them (docs/stack.md).
 */
const MOST_NESTED = 100;
/** Tracebacks are shortened when more calls than this are inside one another. */
const DEEP = 20;
/**
 * The number of a traceback's innermost entries that are kept. When the exception then passes through the outer calls,
 * which are not deep, their entries are added.
 */
const INNERMOST = 6;
const NOTE = `Python and JavaScript called each other more than ${DEEP} deep: the middle of the traceback is left out`;

/**
 * Returns refuse() and shorten(). `shorten` removes the middle of the traceback of the last exception that JavaScript
 * got.
 */
const SOURCE = `
def guard():
    import sys

    def refuse():
        raise RecursionError("maximum recursion depth exceeded: Python and JavaScript call each other ${MOST_NESTED} deep")

    def shorten():
        # CPython 3.12 and later have the first; Pyodide 0.27 sets only the second.
        for name in ("last_exc", "last_value"):
            error = getattr(sys, name, None)
            entries = []
            entry = getattr(error, "__traceback__", None)
            while entry is not None:
                entries.append(entry)
                entry = entry.tb_next
            if len(entries) > ${INNERMOST + 2}:
                entries[0].tb_next = entries[-${INNERMOST}]
                if "${NOTE}" not in getattr(error, "__notes__", ()):
                    error.add_note("${NOTE}")

    return refuse, shorten
guard()
`;

/** The part of the guard that is in Python. */
export const GUARD: OwnCode = { source: SOURCE, filename: RUNNER_FILE };

/** One of Pyodide's functions through which Python calls JavaScript: it calls its first argument. */
type Caller = (f: object, second: unknown, third: unknown) => unknown;

/** The part of Pyodide's module that makes a JavaScript error the current exception in Python. */
interface ErrorHandler {
  handle_js_error(error: unknown): void;
}

/** A Python exception, as Pyodide throws it in JavaScript. It has the frames of the whole stack. */
interface PythonError extends Error {
  readonly __error_address: number;
}

const isPythonError = (error: unknown): error is PythonError => error instanceof Error && "__error_address" in error;

/** The name, in JavaScript's stacks, of the function that counts a call. */
const COUNTED = "callFromPython";
/** Frames that Pyodide leaves out of Python's tracebacks. */
const OF_PYODIDE = /pyodide\.asm|wasm-function/;

/** The guard of one interpreter. */
export class CallbackGuard {
  #nested = 0;
  #refuse: (() => unknown) | undefined;
  #shorten: (() => unknown) | undefined;

  /** Counts the calls of an interpreter that is about to be instantiated. Changes its imports. */
  watch({ env }: WebAssembly.Imports): void {
    for (const name of ["JsvFunction_CallBound", "JsvFunction_Construct"]) {
      const caller = env?.[name];
      if (env && typeof caller === "function") env[name] = this.#counted(caller as Caller);
    }
  }

  /** From now on, a recursion through JavaScript ends in RecursionError. */
  arm(pyodide: PyodideAPI): void {
    const module = (pyodide as { _module?: Partial<ErrorHandler> })._module;
    const handle = module?.handle_js_error;
    if (!module || !handle) return;
    const made = keptValue(pyodide, GUARD);
    [this.#refuse, this.#shorten] = made as Iterable<() => unknown>;
    made.destroy();
    module.handle_js_error = (error) => {
      if (isPythonError(error)) this.#tidy(error);
      handle(error);
    };
  }

  #counted(caller: Caller): Caller {
    const guard = this;
    // It can be called and constructed.
    function refused(): unknown {
      return guard.#refuse?.();
    }
    const counted: Caller = (f, second, third) => {
      if (this.#nested >= MOST_NESTED && this.#refuse) return caller(refused, second, third);
      this.#nested++;
      try {
        return caller(f, second, third);
      } finally {
        this.#nested--;
      }
    };
    return Object.defineProperty(counted, "name", { value: COUNTED });
  }

  /** Shortens the stack of an exception that goes back to Python, because Pyodide adds the stack's frames to the traceback. */
  #tidy(error: PythonError): void {
    if (this.#nested > DEEP) {
      // To read the stack would take long: it has all frames of all levels.
      error.stack = "";
      this.#shorten?.();
      return;
    }
    const { stack = "", message } = error;
    const end = stack.indexOf(COUNTED, stack.indexOf(message) + message.length);
    if (end < 0) return;
    const ours = stack.lastIndexOf("\n", end);
    const frames = stack.slice(stack.indexOf(message) + message.length, ours).split("\n");
    // Pyodide can't read a stack in which all frames are its own.
    error.stack = frames.some((frame) => frame.trim() !== "" && !OF_PYODIDE.test(frame)) ? stack.slice(0, ours) : "";
  }
}
