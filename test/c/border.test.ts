// Calls from C back to TypeScript, and exceptions that pass through C.

import { describe, expect, it } from "vitest";
import { Heap, type PyExtensionType } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const TEXT = `
#include <Python.h>
extern int ask(int deep);
static int use_stack(int n) { volatile char room[1000]; room[n] = n; return ask(n) + room[n]; }
static PyObject *asks(PyObject *self, PyObject *arg) { (void)self; return PyLong_FromLong(use_stack(PyLong_AsLong(arg))); }
static PyObject *repr(PyObject *self) { (void)self; return PyUnicode_FromFormat("%d", use_stack(0)); }
static PyTypeObject Type = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "border.Type", .tp_basicsize = sizeof(PyObject), .tp_repr = repr, .tp_new = PyType_GenericNew,
};
static PyObject *nests(PyObject *self, PyObject *arg) { (void)self; return PyLong_FromLong(ask(PyLong_AsLong(arg))); }
static PyMethodDef methods[] = {{"asks", asks, METH_O, NULL}, {"nests", nests, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "border", .m_size = -1, .m_methods = methods};
PyMODINIT_FUNC PyInit_border(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module && PyModule_AddType(module, &Type) < 0) Py_CLEAR(module);
    return module;
}
int where(void) { volatile int here = 0; volatile intptr_t at = (intptr_t)&here; return (int)at + here; }
int plain(int n) { return use_stack(n); }
`;

async function load(ask: (deep: number) => number) {
  const heap = await Heap.create();
  const loaded = await heap.load(await build("border", TEXT), { imports: { ask } });
  return { heap, loaded, module: loaded.module };
}

describe.runIf(canCompile)("the border to C", () => {
  it("lets nothing move while C waits, whatever way it was called", async () => {
    const refused: string[] = [];
    const { heap, loaded, module } = await load(() => {
      try {
        heap.compact();
      } catch (error) {
        refused.push((error as Error).message);
      }
      return 1;
    });
    const custom = (module.getAttr("Type") as PyExtensionType).call();
    expect([module.callMethod("asks", 1), String(custom), loaded.call("plain", 2)]).toEqual([2, "1", 3]);
    expect(refused).toEqual(Array(3).fill("Cannot compact the heap: a call to a function in C is under way"));
    heap.compact();
  });

  it("lets exceptions through, and nothing is left of the calls that they ended", async () => {
    const { heap, loaded, module } = await load((deep) => {
      if (deep === 0) throw new RangeError("deep enough");
      return module.callMethod("asks", deep - 1) as number;
    });
    const custom = (module.getAttr("Type") as PyExtensionType).call();
    const before = loaded.call("where");
    for (let k = 0; k < 200; k++) {
      expect(() => module.callMethod("asks", 5)).toThrow("deep enough");
      expect(() => String(custom)).toThrow("deep enough");
      expect(() => loaded.call("plain", 3)).toThrow("deep enough");
    }
    expect(loaded.call("where")).toBe(before);
    heap.compact();
    heap.check();
  });

  it("is closed to calls that are nested too deeply", async () => {
    const { module } = await load((deep) => module.callMethod("nests", deep) as number);
    for (let k = 0; k < 3; k++) expect(() => module.callMethod("nests", 1)).toThrow(/recursion|stack/);
  });

  it("lets no module go while C waits", async () => {
    const messages: string[] = [];
    const { heap, loaded, module } = await load(() => {
      try {
        loaded.unload();
      } catch (error) {
        messages.push((error as Error).message);
      }
      return 1;
    });
    expect([module.callMethod("asks", 1), loaded.call("plain", 2)]).toEqual([2, 3]);
    expect(messages).toEqual(Array(2).fill("Cannot unload border.wasm: a call to a function in C is under way"));
    expect(loaded.unload().objects).toBe(0);
    heap.check();
  });

  it("lets a recursion through C come to Python's limit, before the stack ends", async () => {
    const text = `
      #include <Python.h>
      static PyObject *again(PyObject *self, PyObject *args) {
        int n; PyObject *o; char room[64];
        if (!PyArg_ParseTuple(args, "iO", &n, &o)) return NULL;
        snprintf(room, sizeof room, "level %d", n);
        PyObject *f = PyObject_GetAttrString(self, "again");
        PyObject *result = f ? PyObject_CallFunction(f, "iO", n + 1, o) : NULL;
        Py_XDECREF(f);
        return result;
      }
      static PyMethodDef methods[] = {{"again", again, METH_VARARGS, NULL}, {NULL, NULL, 0, NULL}};
      static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "again", .m_size = -1, .m_methods = methods};
      PyMODINIT_FUNC PyInit_again(void) { return PyModule_Create(&definition); }`;
    const heap = await Heap.create();
    const { module } = await heap.load(await build("again", text));
    for (let k = 0; k < 3; k++)
      expect(() => module.callMethod("again", 0, "x")).toThrow("maximum recursion depth exceeded");
    heap.check();
  });
});
