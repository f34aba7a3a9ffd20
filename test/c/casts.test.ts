// Functions in C that are cast: they are called with more or fewer arguments than they have parameters. Much C code does
// that, and CPython's builds for WebAssembly accept it.

import { describe, expect, it } from "vitest";
import { Heap, PyException, type PyExtensionObject, type PyExtensionType, type PyFunction } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const CASTS = `
#include <Python.h>
typedef struct { PyObject_HEAD int k; } T;
static int freed;

static PyObject *none(void) { return PyLong_FromLong(10); }
static PyObject *one(PyObject *self) { (void)self; return PyLong_FromLong(1); }
static PyObject *three(PyObject *self, PyObject *args, PyObject *kw) { (void)self; return PyLong_FromLong(PyTuple_GET_SIZE(args) * 10 + (kw == NULL)); }
static void nothing(PyObject *self, PyObject *none) { (void)self, (void)none; }
static PyObject *four(PyObject *self, PyObject *const *args, Py_ssize_t n, PyObject *names) { (void)self, (void)args; return PyLong_FromLong(n * 10 + (names == NULL)); }
/* Not static: its address comes from the global offset table. */
PyObject *visible(PyObject *self) { (void)self; return PyLong_FromLong(20); }

static PyObject *repr(void) { return PyUnicode_FromString("a T"); }
static int dealloc(PyObject *o) { freed++; PyTypeObject *type = Py_TYPE(o); type->tp_free(o); if (type->tp_flags & Py_TPFLAGS_HEAPTYPE) Py_DECREF(type); return 7; }
static PyObject *add(PyObject *a, PyObject *b, PyObject *c) { (void)a, (void)b; return PyLong_FromLong(c == NULL); }
static int length(void) { return 3; }
static PyObject *item(PyObject *o) { (void)o; return PyLong_FromLong(4); }
static PyObject *get(PyObject *o) { return PyLong_FromLong(((T *)o)->k); }
static int set(PyObject *o, PyObject *v) { ((T *)o)->k = (int)PyLong_AsLong(v); return 0; }
static PyObject *iter(PyObject *o) { (void)o; PyObject *l = Py_BuildValue("[iii]", 1, 2, 3); PyObject *i = PyObject_GetIter(l); Py_DECREF(l); return i; }

#define CAST(f) ((PyCFunction)(void (*)(void))(f))
static PyMethodDef t_methods[] = {
    {"one", CAST(one), METH_NOARGS, NULL}, {"stat", CAST(one), METH_O | METH_STATIC, NULL},
    {"cls", CAST(one), METH_NOARGS | METH_CLASS | METH_COEXIST, NULL}, {NULL},
};
static PyGetSetDef t_getset[] = {{"k", (getter)(void (*)(void))get, (setter)(void (*)(void))set, NULL, NULL}, {NULL}};
static PyNumberMethods t_number = {.nb_add = (binaryfunc)(void (*)(void))add};
static PySequenceMethods t_sequence = {.sq_length = (lenfunc)(void (*)(void))length, .sq_item = (ssizeargfunc)(void (*)(void))item};
static PyTypeObject TType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "casts.T", .tp_basicsize = sizeof(T), .tp_new = PyType_GenericNew, .tp_methods = t_methods,
    .tp_getset = t_getset, .tp_repr = (reprfunc)(void (*)(void))repr, .tp_dealloc = (destructor)(void (*)(void))dealloc,
    .tp_as_number = &t_number, .tp_as_sequence = &t_sequence, .tp_iter = iter,
};
static PyType_Slot slots[] = {
    {Py_tp_new, PyType_GenericNew}, {Py_tp_repr, repr}, {Py_tp_dealloc, dealloc}, {Py_nb_add, add}, {Py_tp_methods, t_methods}, {0, NULL},
};
static PyType_Spec spec = {"casts.S", sizeof(T), 0, Py_TPFLAGS_DEFAULT, slots};

static PyMethodDef later = {"later", CAST(one), METH_O, NULL};
static PyObject *make(PyObject *self, PyObject *none) { (void)self, (void)none; return PyCFunction_New(&later, NULL); }
/* A table of methods has functions that fit: C itself may call them as their flags say. */
static PyObject *itself(PyObject *self, PyObject *none) { PyCFunction f = t_methods[0].ml_meth; return f(self, none); }
static PyObject *ended(PyObject *self, PyObject *none) { (void)self, (void)none; return PyLong_FromLong(freed); }

static PyMethodDef methods[] = {
    {"none", CAST(none), METH_NOARGS, NULL}, {"one", CAST(one), METH_NOARGS, NULL}, {"three", CAST(three), METH_VARARGS, NULL},
    {"nothing", CAST(nothing), METH_NOARGS, NULL}, {"four", CAST(four), METH_FASTCALL, NULL}, {"visible", CAST(visible), METH_O, NULL},
    {"make", make, METH_NOARGS, NULL}, {"itself", itself, METH_NOARGS, NULL}, {"ended", ended, METH_NOARGS, NULL}, {NULL},
};
static int exec(PyObject *module, void *more) {
    (void)more;
    if (PyModule_AddType(module, &TType) < 0) return -1;
    return PyModule_Add(module, "S", PyType_FromSpec(&spec));
}
static void drop(void) {}
static PyModuleDef_Slot module_slots[] = {{Py_mod_exec, exec}, {0, NULL}};
static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "casts", .m_size = 0, .m_methods = methods, .m_slots = module_slots,
    .m_free = (freefunc)(void (*)(void))drop,
};
PyMODINIT_FUNC PyInit_casts(void) { return PyModuleDef_Init(&definition); }
`;

/** A module with a function that no adapter can be made for. */
const refused = (methods: string, type = "") => `
#include <Python.h>
static PyObject *wide(PyObject *self, double x) { (void)self; return PyFloat_FromDouble(x); }
static double wider(PyObject *self) { (void)self; return 1; }
#define CAST(f) ((PyCFunction)(void (*)(void))(f))
#define CALL(f) ((void *)(void (*)(void))(f))
static PyMethodDef methods[] = {${methods} {NULL}};
${type}
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "wide", .m_size = -1, .m_methods = methods};
PyMODINIT_FUNC PyInit_wide(void) {
    (void)wide, (void)wider;
    PyObject *module = PyModule_Create(&definition);
#ifdef TYPE
    if (module && PyModule_AddType(module, &WideType) < 0) { Py_DECREF(module); return NULL; }
#endif
    return module;
}
`;
const typeWith = (fields: string, tables = "") => `
#define TYPE
${tables}
static PyTypeObject WideType = {PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "wide.T", .tp_basicsize = sizeof(PyObject), ${fields}};`;
const NO_TYPE = "";

describe.runIf(canCompile)("functions of C that are cast", () => {
  it("are called with what they take: the rest is left out, and what is missing is NULL", async () => {
    for (const allocator of ["default", "debug"] as const) {
      const heap = await Heap.create({ allocator });
      const loaded = await heap.load(await build("casts", CASTS));
      heap.scope(() => {
        const { module } = loaded;
        expect(module.callMethod("none")).toBe(10);
        expect(module.callMethod("one")).toBe(1);
        expect(module.callMethod("three", 5, 6)).toBe(21);
        expect(module.callMethod("four", 5, 6, 7)).toBe(31);
        expect(module.callMethod("visible", null)).toBe(20);
        expect(() => module.callMethod("nothing")).toThrow("returned NULL without setting an exception");
        expect(() => module.callMethod("one", 1)).toThrow("casts.one() takes no arguments (1 given)");
        expect((module.callMethod("make") as PyFunction).call(3)).toBe(1);
        expect(module.callMethod("itself")).toBe(1);
        for (const name of ["T", "S"]) {
          const before = module.callMethod("ended") as number;
          const type = module.getAttr(name) as PyExtensionType;
          const o = type.call() as PyExtensionObject;
          expect(o.callMethod("one")).toBe(1);
          expect(type.callMethod("stat", 1)).toBe(1);
          expect(type.callMethod("cls")).toBe(1);
          expect(String(o)).toBe("a T");
          expect(heap.binary(o, "+", o)).toBe(1);
          if (name === "T") {
            o.setAttr("k", 12);
            expect(o.getAttr("k")).toBe(12);
            expect(o.length).toBe(3);
            expect([...o]).toEqual([1, 2, 3]);
          }
          o.release();
          expect(module.callMethod("ended")).toBe(before + 1);
        }
      });
      heap.check();
      expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
    }
  });

  it.each([
    ["a method", refused('{"wide", CAST(wide), METH_O, NULL},'), "wide.wide: its function in C does not fit METH_O"],
    [
      "a function of keywords",
      refused('{"wide", CAST(wide), METH_FASTCALL | METH_KEYWORDS, NULL},'),
      "wide.wide: its function in C does not fit METH_KEYWORDS | METH_FASTCALL",
    ],
    [
      "a result",
      refused('{"wider", CAST(wider), METH_NOARGS, NULL},'),
      "wide.wider: its function in C does not fit METH_NOARGS",
    ],
    ["a slot", refused(NO_TYPE, typeWith(".tp_repr = CALL(wider)")), "wide.T: its function in C does not fit tp_repr"],
    [
      "a slot in a table",
      refused(
        NO_TYPE,
        typeWith(".tp_as_number = &number", "static PyNumberMethods number = {.nb_negative = CALL(wider)};"),
      ),
      "wide.T: its function in C does not fit nb_negative",
    ],
    [
      "a getter",
      refused(
        NO_TYPE,
        typeWith(
          ".tp_getset = getset",
          'static PyGetSetDef getset[] = {{"g", CALL(wider), NULL, NULL, NULL}, {NULL}};',
        ),
      ),
      "wide.T.g: its function in C does not fit a getter",
    ],
    [
      "a setter",
      refused(
        NO_TYPE,
        typeWith(".tp_getset = getset", 'static PyGetSetDef getset[] = {{"g", NULL, CALL(wide), NULL, NULL}, {NULL}};'),
      ),
      "wide.T.g: its function in C does not fit a setter",
    ],
  ])("that can't be called at all are refused when the module is made: %s", async (_, text, message) => {
    const heap = await Heap.create();
    const error = await heap.load(await build("wide", text)).catch((error: unknown) => error);
    expect(error).toBeInstanceOf(PyException);
    expect(error).toMatchObject({
      name: "SystemError",
      message: `${message}: a parameter or the result is not of 32 bits`,
    });
    heap.check();
  });

  it("where C itself calls through an address of another type, the error names the functions of C", async () => {
    const heap = await Heap.create();
    const text = `
      typedef int (*two)(int, int);
      static int one(int a) { return a + 1; }
      __attribute__((noinline)) static int through(void *f) { return ((two)f)(1, 2); }
      int direct(void) { return through((void *)one); }
      int null(void) { return through((void *)0); }`;
    const loaded = await heap.load(await build("through", text));
    for (const name of ["direct", "null"]) {
      expect(() => loaded.call(name)).toThrow(WebAssembly.RuntimeError);
      expect(() => loaded.call(name)).toThrow(
        `Cannot call a function through its address in through (through.wasm), called from ${name}: it is NULL, or the function's own`,
      );
    }
    heap.check();
  });
});
