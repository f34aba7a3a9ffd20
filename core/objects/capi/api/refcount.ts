// Makes instances and counts references for other WebAssembly modules. The functions have the names of the Python/C API.

import { decref, incref } from "../../model/refcount";
import { isDerived, PyObject, PyType } from "../../model/type";
import { derived_new } from "../../types/derived";
import { instance_new } from "../../types/instance";

/** A new tracked instance with `items` items; its slots are None, all else is 0. NULL with MemoryError. */
export function PyType_GenericAlloc(type: PyType, items: u32): PyObject | null {
  return isDerived(type) ? derived_new(type, items) : instance_new(type, items);
}

export function Py_IncRef(o: PyObject | null): void {
  if (o) incref<PyObject>(o);
}

export function Py_DecRef(o: PyObject | null): void {
  if (o) decref(o);
}
