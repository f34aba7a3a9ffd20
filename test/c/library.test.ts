// The library of objects (capi/objects/): modules of a heap share it, and import each other; a function that a heap does not have is an
// error when it is called.

import { describe, expect, it } from "vitest";
import { Heap, LinkError, PyException } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const GIVER = `
#include <Python.h>
static int number = 42;
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "giver"};
PyMODINIT_FUNC PyInit_giver(void) {
    PyObject *module = PyModule_Create(&definition);
    if (module) PyModule_Add(module, "_API", PyCapsule_New(&number, "spam.giver._API", NULL));
    return module;
}`;

const TAKER = `
#include <Python.h>
int take(void) {
    int *number = PyCapsule_Import("spam.giver._API", 0);
    return number ? *number : -1;
}
int is_bytes(void) {
    PyObject *o = PyByteArray_FromStringAndSize("x", 1);
    const int answer = PyByteArray_Check(o) && !PyFunction_Check(o);
    Py_DECREF(o);
    return answer;
}
PyObject *absent(void) { return PyRun_String("1", 0, NULL, NULL); }
static PyObject *(*const by_address)(PyObject *) = PyOS_FSPath;
#include <pthread.h>
#include <unistd.h>
int starts_thread(int really) { pthread_t t; return really ? pthread_create(&t, NULL, NULL, NULL) : 3; }
static int (*const remove_file)(const char *) = unlink;
int removes(void) { return remove_file("x"); }
int has_address(void) { return by_address != NULL; }
PyObject *absent_by_address(void) { return by_address(Py_None); }`;

describe.runIf(canCompile)("the library of objects", () => {
  it("is the same for all modules, which import each other by their full names", async () => {
    const heap = await Heap.create();
    const taker = await heap.load(await build("taker", TAKER));
    expect(() => taker.call("take")).toThrow("No module named 'spam.giver'");
    expect(() => taker.call("take")).toThrow(PyException);
    const giver = await heap.load(await build("giver", GIVER), { module: "spam.giver" });
    expect(taker.call("take")).toBe(42);
    expect(taker.call("is_bytes")).toBe(1);
    expect(giver.unload()).toMatchObject({ objects: 0 });
    expect(() => taker.call("take")).toThrow("No module named 'spam.giver'");
    taker.unload();
    heap.check();
    expect(heap.stats().account.native).toBe(0);
  });

  it("knows the modules that were loaded before it", async () => {
    const plain = `#include <Python.h>
      static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "plain"};
      PyMODINIT_FUNC PyInit_plain(void) { return PyModule_Create(&definition); }`;
    const finder = `#include <Python.h>
      int find(void) { PyObject *m = PyImport_ImportModule("plain"); Py_XDECREF(m); return m != NULL; }`;
    const heap = await Heap.create();
    await heap.load(await build("plain", plain));
    expect((await heap.load(await build("finder", finder))).call("find")).toBe(1);
  });

  it("is not there for a module that does not use it", async () => {
    const heap = await Heap.create();
    await heap.load(await build("alone", "int f(void) { return 1; }"));
    expect(heap.stats().account.native).toBe(0);
  });

  it("has no function that needs an interpreter: to call one is an error", async () => {
    const heap = await Heap.create();
    const taker = await heap.load(await build("taker", TAKER));
    expect(() => taker.call("absent")).toThrow(LinkError);
    expect(() => taker.call("absent")).toThrow(
      "Cannot call PyRun_String: a heap does not have this function of CPython",
    );
    expect(taker.call("has_address")).toBe(1);
    expect(() => taker.call("absent_by_address")).toThrow();
    expect(taker.call("starts_thread", 0)).toBe(3);
    expect(() => taker.call("starts_thread", 1)).toThrow(
      "Cannot call pthread_create: a heap does not have this function of the C library",
    );
    expect(() => taker.call("removes")).toThrow(/Cannot call unlink: a heap does not have this function/);
    taker.unload();
    heap.check();
  });
});
