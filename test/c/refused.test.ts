// heap.load with a module that can't be loaded: the error names the module, and the heap is unchanged.

import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { Heap } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { build } from "./build.js";

const PLAIN = "int counter = 3; int next(void) { return ++counter; }";

/** PyInit_vain makes a module with an instance in a cycle, and fails. */
const VAIN = `
#include <Python.h>
typedef struct { PyObject_HEAD PyObject *self; } Loop;
static int traverse(PyObject *op, visitproc visit, void *arg) { Py_VISIT(((Loop *)op)->self); return 0; }
static int clear(PyObject *op) { Py_CLEAR(((Loop *)op)->self); return 0; }
static void dealloc(PyObject *op) { PyObject_GC_UnTrack(op); clear(op); Py_TYPE(op)->tp_free(op); }
static PyTypeObject LoopType = {
    PyVarObject_HEAD_INIT(NULL, 0) .tp_name = "vain.Loop", .tp_basicsize = sizeof(Loop), .tp_flags = Py_TPFLAGS_HAVE_GC,
    .tp_traverse = traverse, .tp_clear = clear, .tp_dealloc = dealloc, .tp_new = PyType_GenericNew,
};
static PyObject *f(PyObject *self, PyObject *none) { (void)self, (void)none; return Py_None; }
static PyMethodDef methods[] = {{"f", f, METH_NOARGS, NULL}, {NULL, NULL, 0, NULL}};
static void release(void *module) { (void)module; }
static PyModuleDef definition = {
    .m_base = PyModuleDef_HEAD_INIT, .m_name = "vain", .m_size = 100, .m_methods = methods, .m_free = release,
};
PyMODINIT_FUNC PyInit_vain(void) {
    PyObject *module = PyModule_Create(&definition);
    if (!module || PyModule_AddType(module, &LoopType) < 0) return NULL;
    Loop *loop = (Loop *)PyObject_CallNoArgs((PyObject *)&LoopType);
    loop->self = Py_NewRef((PyObject *)loop);
    PyModule_Add(module, "loop", (PyObject *)loop);
#ifdef TRAP
    __builtin_trap();
#endif
#ifdef RELEASED
    Py_DECREF(module);
#endif
    PyErr_SetString(PyExc_ImportError, "no luck");
    return NULL;
}
`;

/** A type as CPython's headers have it, with 52 words, and 24 words behind it. */
const FOREIGN = `
typedef struct { int refcnt; void *type; int size; const char *name; int basicsize; int words[47]; } PyTypeObject;
extern int PyType_Ready(PyTypeObject *);
PyTypeObject Thing = {1, 0, 0, "foreign.Thing", 8};
int behind[24];
int ready(void) { return PyType_Ready(&Thing); }
`;

describe.runIf(canCompile)("a module", () => {
  it("that is not one at all is refused", async () => {
    const heap = await Heap.create();
    const before = heap.stats().account;
    await expect(heap.load(Uint8Array.from([0, 0x61, 0x73, 0x6d, 1, 0, 0, 0]))).rejects.toThrow(
      /Cannot load module: not a dynamic library, it has no "dylink\.0" section/,
    );
    const garbage = heap.load(Uint8Array.from([1, 2, 3, 4, 5, 6, 7, 8]), { name: "garbage.wasm" });
    await expect(garbage).rejects.toThrow(WebAssembly.CompileError);
    await expect(garbage).rejects.toThrow(/^Cannot load garbage\.wasm: .*01 02 03 04/);
    await expect(heap.load(new Uint8Array(0), { name: "none.wasm" })).rejects.toThrow(
      /^Cannot load none\.wasm: .*empty/,
    );
    for (const source of [null, undefined, 5, {}]) {
      await expect(heap.load(source as unknown as string)).rejects.toThrow(
        /^Cannot load a module from (null|undefined|5|an object): give bytes/,
      );
    }
    const path = await build("plain", PLAIN);
    const bytes = new Uint8Array(await readFile(path));
    await expect(heap.load(bytes.slice(0, 60), { name: "half.wasm" })).rejects.toThrow(/^Cannot load half\.wasm: /);
    await expect(heap.load(path, { name: 5 as unknown as string })).rejects.toThrow("its name is not a string");
    const asks = await build("asks", "extern int ask(int); int f(int x) { return ask(x); }");
    await expect(heap.load(asks, { imports: { ask: 3 as never } })).rejects.toThrow(
      /^Cannot load asks\.wasm.*: .*"ask"/,
    );
    await expect(heap.load("nowhere.wasm")).rejects.toThrow(/nowhere\.wasm/);
    await expect(heap.load(await build("plain", PLAIN), { stackBytes: 10 })).rejects.toThrow(RangeError);
    // A size that does not fit 32 bits; cut to 32 bits it would be 0.
    await expect(heap.load(path, { stackBytes: 2 ** 32 })).rejects.toThrow(RangeError);
    expect(heap.stats().account).toEqual(before);
  });

  it.each([
    ["lacks a part of its section", [1, 4, 200], /"dylink\.0" section is broken/],
    [
      "wants more than there is",
      [1, 9, 128, 128, 128, 128, 128, 1, 0, 0, 0],
      /^Cannot load odd\.wasm: it wants 34359738368 bytes/,
    ],
    [
      "wants an alignment that no memory has",
      [1, 4, 8, 40, 0, 0],
      /^Cannot load odd\.wasm: it wants 8 bytes at a multiple of 1099511627776/,
    ],
  ])("that %s is refused", async (_what, content, message) => {
    const name = [8, ...new TextEncoder().encode("dylink.0")];
    const bytes = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, 0, name.length + content.length, ...name, ...content];
    const heap = await Heap.create();
    await expect(heap.load(Uint8Array.from(bytes), { name: "odd.wasm" })).rejects.toThrow(message);
  });

  it.each(["", "-DRELEASED", "-DTRAP"])("whose PyInit fails leaves a heap that is whole (%s)", async (flag) => {
    for (const allocator of ["default", "debug"] as const) {
      const heap = await Heap.create({ allocator });
      const path = await build("vain", VAIN, flag === "" ? [] : [flag]);
      const escaped = heap.stats().account.native;
      for (let k = 0; k < 3; k++) {
        await expect(heap.load(path)).rejects.toThrow(flag === "-DTRAP" ? /unreachable/ : "no luck");
        // Fills freed memory, so that a use of it is noticed.
        const junk = Array.from({ length: 50 }, (_, n) => heap.raw.malloc(100 + 20 * n));
        for (const block of junk) new Uint8Array(heap.memory.buffer, block, 100).fill(0xee);
        heap.gc.collect();
        heap.check();
      }
      if (flag === "-DRELEASED") expect(heap.stats().account.native).toBe(escaped);
    }
  });

  it("that was compiled with other headers than pyheap's is refused: its types have another size", async () => {
    const heap = await Heap.create();
    const before = heap.stats().account;
    const path = await build("foreign", FOREIGN);
    await expect(heap.load(path)).rejects.toThrow(
      "Cannot load foreign.wasm: it uses PyType_Ready, but was not compiled with pyheap's headers, so its objects have another layout: compile it with pyheap cc",
    );
    const module = new WebAssembly.Module(await readFile(path));
    await expect(heap.load(module)).rejects.toThrow(/^Cannot load module: it uses PyType_Ready, but/);
    expect(heap.stats().account).toEqual(before);
    // Functions of memory have no objects.
    const memory = "void *PyMem_Malloc(unsigned long n); void *get(void) { return PyMem_Malloc(24); }";
    expect((await heap.load(await build("memory", memory))).call("get")).not.toBe(0);
  });

  it("that was compiled for another version of the layouts is refused, with both versions", async () => {
    const heap = await Heap.create();
    const bytes = Buffer.from(await readFile(await build("vain", VAIN)));
    const mark = bytes.indexOf("pyheap.abi") + "pyheap.abi".length;
    expect(bytes.toString("latin1", mark, mark + 2)).toBe("3;");
    bytes.write("7;", mark, "latin1");
    await expect(heap.load(bytes, { name: "vain.wasm" })).rejects.toThrow(
      "Cannot load vain.wasm: it was compiled for version 7 of the layouts of objects, and this is version 3: compile it again with pyheap cc",
    );
  });
});
