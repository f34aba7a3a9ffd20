import { describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { build, canCompile } from "./build.js";

const TEXT = `
#include <Python.h>
typedef struct { PyObject_HEAD int x; } CustomObject;
static PyTypeObject CustomType = {
    .ob_base = PyVarObject_HEAD_INIT(NULL, 0)
    .tp_name = "custom.Custom",
    .tp_basicsize = sizeof(CustomObject),
    .tp_flags = Py_TPFLAGS_DEFAULT,
    .tp_new = PyType_GenericNew,
};
static PyTypeObject Positional = {
    PyVarObject_HEAD_INIT(NULL, 0) "custom.Positional", sizeof(CustomObject), 0, NULL,
};
int ready(void) { return PyType_Ready(&CustomType) + PyType_Ready(&Positional); }
int check(void) {
  PyObject *o = PyObject_CallNoArgs((PyObject *)&CustomType);
  if (!o) return -1;
  if (Py_TYPE(o) != &CustomType || Py_REFCNT(o) != 1) return -2;
  if (!PyObject_TypeCheck(o, &PyBaseObject_Type) || PyObject_TypeCheck(o, &PyList_Type)) return -3;
  Py_DECREF(o);
  return sizeof(PyTypeObject);
}
`;

describe.runIf(canCompile)("a type in C", () => {
  it("works", async () => {
    const heap = await Heap.create({ allocator: "debug" });
    const module = await heap.load(await build("custom", TEXT));
    expect(module.call("ready")).toBe(0);
    expect(module.call("check")).toBe(304);
    heap.check();
    heap.compact();
    heap.check();
    expect(module.unload()).toMatchObject({ blocks: 0 });
    heap.check();
  });
});
