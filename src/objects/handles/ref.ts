// Weak references: they refer to an object without keeping it alive.

import type { Bridge } from "../bridge/bridge.js";
import { PyObject } from "./object.js";

export class PyRef<T extends PyObject = PyObject> extends PyObject {
  override readonly typeName = "weakref";

  /**
   * The bridge, through a private name, which only weak references have. So a method that is called on an object of
   * another type throws TypeError before it changes anything.
   */
  get #bridge(): Bridge {
    return this.bridge;
  }

  /** The object, as a new handle; undefined once it is gone. */
  deref(): T | undefined {
    return this.#bridge.value(this.#bridge.f.ref_object(this.index)) as T | undefined;
  }
}
