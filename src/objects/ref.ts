// Weak references: they know an object without keeping it alive.

import { PyObject } from "./object.js";

export class PyRef<T extends PyObject = PyObject> extends PyObject {
  override readonly typeName = "weakref";

  /** The object, as a new handle; undefined once it is gone. */
  deref(): T | undefined {
    return this.bridge.value(this.bridge.f.ref_object(this.index)) as T | undefined;
  }
}
