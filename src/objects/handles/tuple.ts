// Tuples: sequences of items that never change.

import { PyException } from "../bridge/exceptions.js";
import { PyRow } from "./object.js";

export class PyTuple<T = unknown> extends PyRow<T> {
  override readonly typeName = "tuple";

  /** t[start:stop:step]. */
  slice(start?: number, stop?: number, step?: number): PyTuple<T> {
    return this.sliceValue(start, stop, step) as PyTuple<T>;
  }

  protected override notFound(): Error {
    return new PyException("ValueError", "tuple.index(x): x not in tuple");
  }
}
