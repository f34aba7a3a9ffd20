// Python's exceptions, raised by operations on objects: with the name and the words that Python has for them.

import type { PyExceptionName } from "../../core/catalogue.gen.js";
import { basesOf } from "./exception-types.js";

/** An exception that Python would raise; `name` is its type. Out of memory is a `MemoryError` instead. */
export class PyException extends Error {
  /** One of Python's own, or one that a module in C made: "spam.error". */
  override readonly name: PyExceptionName | (string & Record<never, never>);
  /** Names of the exceptions that its type is derived from, nearest first. */
  readonly bases: readonly string[];

  /** `cause`: what it was raised from. */
  constructor(name: PyException["name"], message: string, bases: readonly string[] = basesOf(name), cause?: Error) {
    super(message, cause && { cause });
    this.name = name;
    this.bases = bases;
  }
}
