// Python's exceptions that operations on objects raise, with Python's names and messages.

import type { PyExceptionName } from "../../core/catalogue.gen.js";
import { basesOf } from "./exception-types.js";

/**
 * An exception that Python would raise; `name` is the name of its type. When memory runs out, a `MemoryError` is thrown
 * instead.
 */
export class PyException extends Error {
  /** One of Python's own exceptions, or an exception that a module in C defined: "spam.error". */
  override readonly name: PyExceptionName | (string & Record<never, never>);
  /** Names of the exceptions that its type is derived from, nearest first. */
  readonly bases: readonly string[];

  /** `cause` is the exception that it was raised from. */
  constructor(name: PyException["name"], message: string, bases: readonly string[] = basesOf(name), cause?: Error) {
    super(message, cause && { cause });
    this.name = name;
    this.bases = bases;
  }
}
