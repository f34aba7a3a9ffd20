// Python's exceptions, each with the one that it is derived from, which stands before it. The first have the numbers that the core knows
// (core/objects/model/exception-numbers.ts).

const TYPES = [
  ["BaseException", ""],
  ["Exception", "BaseException"],
  ["TypeError", "Exception"],
  ["StopIteration", "Exception"],
  ["RuntimeError", "Exception"],
  ["RecursionError", "RuntimeError"],
  ["LookupError", "Exception"],
  ["IndexError", "LookupError"],
  ["KeyError", "LookupError"],
  ["ValueError", "Exception"],
  ["UnicodeError", "ValueError"],
  ["UnicodeEncodeError", "UnicodeError"],
  ["UnicodeDecodeError", "UnicodeError"],
  ["ArithmeticError", "Exception"],
  ["OverflowError", "ArithmeticError"],
  ["ZeroDivisionError", "ArithmeticError"],
  ["SystemError", "Exception"],
  ["ReferenceError", "Exception"],
  ["MemoryError", "Exception"],
  ["AttributeError", "Exception"],
  ["BaseExceptionGroup", "BaseException"],
  ["GeneratorExit", "BaseException"],
  ["KeyboardInterrupt", "BaseException"],
  ["SystemExit", "BaseException"],
  ["StopAsyncIteration", "Exception"],
  ["FloatingPointError", "ArithmeticError"],
  ["AssertionError", "Exception"],
  ["BufferError", "Exception"],
  ["EOFError", "Exception"],
  ["ImportError", "Exception"],
  ["ModuleNotFoundError", "ImportError"],
  ["NameError", "Exception"],
  ["UnboundLocalError", "NameError"],
  ["NotImplementedError", "RuntimeError"],
  ["PythonFinalizationError", "RuntimeError"],
  ["SyntaxError", "Exception"],
  ["IndentationError", "SyntaxError"],
  ["TabError", "IndentationError"],
  ["UnicodeTranslateError", "UnicodeError"],
  ["OSError", "Exception"],
  ["BlockingIOError", "OSError"],
  ["ChildProcessError", "OSError"],
  ["ConnectionError", "OSError"],
  ["BrokenPipeError", "ConnectionError"],
  ["ConnectionAbortedError", "ConnectionError"],
  ["ConnectionRefusedError", "ConnectionError"],
  ["ConnectionResetError", "ConnectionError"],
  ["FileExistsError", "OSError"],
  ["FileNotFoundError", "OSError"],
  ["InterruptedError", "OSError"],
  ["IsADirectoryError", "OSError"],
  ["NotADirectoryError", "OSError"],
  ["PermissionError", "OSError"],
  ["ProcessLookupError", "OSError"],
  ["TimeoutError", "OSError"],
  ["Warning", "Exception"],
  ["BytesWarning", "Warning"],
  ["DeprecationWarning", "Warning"],
  ["EncodingWarning", "Warning"],
  ["FutureWarning", "Warning"],
  ["ImportWarning", "Warning"],
  ["PendingDeprecationWarning", "Warning"],
  ["ResourceWarning", "Warning"],
  ["RuntimeWarning", "Warning"],
  ["SyntaxWarning", "Warning"],
  ["UnicodeWarning", "Warning"],
  ["UserWarning", "Warning"],
] as const;

/** The name of one of Python's own exceptions. */
export type PyExceptionName = (typeof TYPES)[number][0];

export const EXCEPTION_TYPES: readonly (readonly [PyExceptionName, PyExceptionName | ""])[] = TYPES;

/** Other names that C knows the variables by: PyExc_IOError. */
export const EXCEPTION_ALIASES: Readonly<Record<string, PyExceptionName>> = {
  EnvironmentError: "OSError",
  IOError: "OSError",
};

/** Number of an exception, which is its place; -1 if there is none of that name. */
export function exceptionNumber(name: string): number {
  const plain = EXCEPTION_ALIASES[name] ?? name;
  return TYPES.findIndex(([known]) => known === plain);
}

/** The exceptions that one of Python's own is derived from, nearest first. */
export function basesOf(name: string): string[] {
  const bases: string[] = [];
  for (let at = name; ; ) {
    const base = TYPES.find(([known]) => known === at)?.[1];
    if (!base) return bases;
    bases.push(base);
    at = base;
  }
}
