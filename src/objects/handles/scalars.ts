// Handles for objects that also exist as JavaScript values: strings, bytes and numbers. They are for programs that need
// the object itself.

import type { Bridge } from "../bridge/bridge.js";
import { describe } from "../bridge/describe.js";
import { bound, PyObject, PySequence } from "./object.js";

export class PyStr extends PySequence<string> {
  override readonly typeName = "str";

  /**
   * The bridge, through a private name, which only strings have. So a method that is called on an object of another
   * type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** The text. */
  get value(): string {
    return this.#bridge.value(this.#bridge.f.value_of(this.index)) as string;
  }

  override toString(): string {
    return this.released ? "<released str>" : this.value;
  }

  /** s[start:stop:step], by code points. */
  slice(start?: number, stop?: number, step?: number): string {
    return this.sliceValue(start, stop, step) as string;
  }

  /**
   * s.find(part, from): the index of a part, in code points; -1 if it is nowhere. A `from` below 0 counts as 0, as in
   * JavaScript; in Python it would count from the end.
   */
  indexOf(part: string, from = 0): number {
    if (typeof part !== "string") throw new TypeError(`Cannot find ${describe(part)} in a str: it is not a string`);
    this.#bridge.push(part);
    return this.#bridge.f.str_find_text(this.index, Math.max(0, bound(from)));
  }
}

export class PyBytes extends PySequence<number> {
  override readonly typeName = "bytes";

  /**
   * The bridge, through a private name, which only bytes have. So a method that is called on an object of another type
   * throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** A copy of the bytes. */
  get value(): Uint8Array {
    const at = this.#bridge.f.bytes_data(this.index) >>> 0;
    return this.#bridge.reader.bytes.slice(at, at + this.length);
  }

  /** b[start:stop:step]. */
  slice(start?: number, stop?: number, step?: number): PyBytes {
    return this.sliceValue(start, stop, step) as PyBytes;
  }
}

abstract class PyNumber<T> extends PyObject {
  /**
   * The bridge, through a private name, which only numbers have. So a method that is called on an object of another
   * type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  get value(): T {
    return this.#bridge.value(this.#bridge.f.value_of(this.index)) as T;
  }

  override valueOf(): T {
    return this.value;
  }
}

export class PyInt extends PyNumber<number | bigint> {
  override readonly typeName = "int";

  /**
   * The bridge, through a private name, which only ints have. So a method that is called on an object of another type
   * throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** i.bit_length(). */
  get bitLength(): number {
    return this.#bridge.f.bit_length(this.index);
  }
}

export class PyBool extends PyNumber<boolean> {
  override readonly typeName = "bool";
}

export class PyFloat extends PyNumber<number> {
  override readonly typeName = "float";
}

export class PyNone extends PyNumber<null> {
  override readonly typeName = "NoneType";
}
