// A module in C for tests of native memory. It allocates in each way that C and C++ have, and says what it has asked for.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { PyodideAPI } from "pyodide";
import { HEADERS } from "../../src/hosts/c/target.js";
import { findToolchain } from "../../src/hosts/c/toolchain.js";
import { ROOT } from "../needs.js";

const SOURCE = `
#include <Python.h>

typedef __SIZE_TYPE__ size_t;
void *malloc(size_t); void *calloc(size_t, size_t); void *realloc(void *, size_t); void free(void *);
void *aligned_alloc(size_t, size_t); void *memalign(size_t, size_t); int posix_memalign(void **, size_t, size_t);
size_t malloc_usable_size(void *); char *strdup(const char *); char *strndup(const char *, size_t);
char *realpath(const char *, char *); long getdelim(char **, size_t *, int, void *);
void *fmemopen(void *, size_t, const char *);
void *_Znwm(size_t); void *_Znam(size_t); void _ZdlPv(void *); void _ZdaPv(void *); void _ZdlPvm(void *, size_t);
void *_ZnwmRKSt9nothrow_t(size_t, const void *);

#define MOST 100000
static char *kept[MOST];
static long count, asked;

static PyObject *keep(void *block, size_t n) {
    if (block == NULL) return PyErr_NoMemory();
    memset(block, 1, n);
    kept[count++] = block;
    asked += n;
    return PyLong_FromUnsignedLong((unsigned long)block);
}

/* Allocates n bytes in the way with this letter, and keeps the block. */
static PyObject *take(PyObject *self, PyObject *args) {
    int way; long n; void *block = NULL;
    if (!PyArg_ParseTuple(args, "il", &way, &n)) return NULL;
    switch (way) {
    case 'm': block = malloc(n); break;
    case 'c': block = calloc(n, 1); break;
    case 'r': block = malloc(n / 2); if (block) block = realloc(block, n); break;
    case 'a': block = aligned_alloc(64, n); break;
    case 'A': block = memalign(4096, n); break;
    case 'p': if (posix_memalign(&block, 256, n)) block = NULL; break;
    case 'd': { char text[256]; memset(text, 'x', 256); text[n - 1] = 0; block = strdup(text); break; }
    case 'D': { char text[256]; memset(text, 'x', 256); block = strndup(text, n - 1); break; }
    case 'n': block = _Znwm(n); break;
    case 'N': block = _Znam(n); break;
    case 't': block = _ZnwmRKSt9nothrow_t(n, ""); break;
    case 'f': { void *(*volatile f)(size_t) = malloc; block = f(n); break; }
    }
    return keep(block, n);
}

/* Frees all blocks, each in one of the ways. */
static PyObject *drop(PyObject *self, PyObject *unused) {
    void (*volatile indirect)(void *) = free;
    while (count > 0) {
        char *block = kept[--count];
        switch (count % 5) {
        case 0: free(block); break;
        case 1: _ZdlPv(block); break;
        case 2: _ZdaPv(block); break;
        case 3: _ZdlPvm(block, 1); break;
        case 4: indirect(block); break;
        }
    }
    asked = 0;
    Py_RETURN_NONE;
}

static PyObject *sum(PyObject *self, PyObject *unused) { return PyLong_FromLong(asked); }

static PyObject *usable(PyObject *self, PyObject *unused) {
    return PyLong_FromLong(malloc_usable_size(kept[count - 1]));
}

/* The last block gets n bytes. */
static PyObject *resize(PyObject *self, PyObject *n) {
    char *block = realloc(kept[count - 1], PyLong_AsLong(n));
    if (block == NULL) return PyErr_NoMemory();
    kept[count - 1] = block;
    Py_RETURN_NONE;
}

/* The last block holds an object. */
static PyObject *hold(PyObject *self, PyObject *object) {
    Py_INCREF(object);
    *(PyObject **)kept[count - 1] = object;
    Py_RETURN_NONE;
}

/* Blocks of the main module, which are freed here. */
static PyObject *from_main(PyObject *self, PyObject *unused) {
    for (int k = 0; k < 100; k++) free(realloc(realpath("/", NULL), 5000));
    Py_RETURN_NONE;
}

/* Our blocks, which the main module resizes: they are then the main module's, and are freed here. */
static PyObject *by_main(PyObject *self, PyObject *unused) {
    static char text[300];
    memset(text, 'x', 299);
    for (int k = 0; k < 100; k++) {
        char *line = malloc(10);
        size_t size = 10;
        void *file = fmemopen(text, 300, "r");
        long n = getdelim(&line, &size, 0, file);
        fclose(file);
        if (n < 299) return PyLong_FromLong(n);
        free(line);
    }
    Py_RETURN_NONE;
}

/* Frees and allocates small blocks, n times. */
static PyObject *churn(PyObject *self, PyObject *n) {
    static char *blocks[512];
    unsigned random = 1;
    for (long k = PyLong_AsLong(n); k > 0; k--) {
        random = random * 1664525 + 1013904223;
        unsigned at = (random >> 8) % 512;
        free(blocks[at]);
        blocks[at] = malloc(1 + (random >> 20) % 256);
        blocks[at][0] = 1;
    }
    for (int k = 0; k < 512; k++) { free(blocks[k]); blocks[k] = NULL; }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"take", take, METH_VARARGS, NULL}, {"drop", drop, METH_NOARGS, NULL}, {"sum", sum, METH_NOARGS, NULL},
    {"usable", usable, METH_NOARGS, NULL}, {"resize", resize, METH_O, NULL}, {"from_main", from_main, METH_NOARGS, NULL},
    {"by_main", by_main, METH_NOARGS, NULL}, {"hold", hold, METH_O, NULL}, {"churn", churn, METH_O, NULL},
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "taker", NULL, -1, methods};
PyMODINIT_FUNC PyInit_taker(void) { return PyModule_Create(&definition); }
`;

/** The bytes of the module `taker`, compiled in a folder. Its functions are named in its name section. */
export async function compileTaker(folder: string): Promise<Uint8Array> {
  const at = (name: string) => join(folder, name);
  const tools = await findToolchain(ROOT);
  const build = async (tool: "clang" | "wasm-ld", args: readonly string[], output: string) => {
    const words = [...args, "-o", at(output)];
    if (!(await tools?.run(tool, words, [folder, ROOT], at(output)))) throw new Error(`${tool} ${words.join(" ")}`);
  };
  writeFileSync(at("taker.c"), SOURCE);
  const headers = HEADERS.map((name) => `-I${join(ROOT, name)}`);
  const flags = ["--target=wasm32", "-O1", "-fPIC", "-fno-builtin", "-nostdlibinc", ...headers];
  await build("clang", [...flags, "-c", at("taker.c")], "taker.o");
  const link = ["-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic", "--no-entry"];
  await build("wasm-ld", [...link, "--export=PyInit_taker", at("taker.o")], "taker.so");
  return readFileSync(at("taker.so"));
}

/** Puts a module in C into an interpreter's site-packages, as `name`. */
export function installModule(pyodide: PyodideAPI, name: string, bytes: Uint8Array): void {
  const site = pyodide.runPython("import site; site.getsitepackages()[0]") as string;
  const tag = pyodide.runPython("import sys; 'cpython-%d%d-wasm32-emscripten' % sys.version_info[:2]") as string;
  pyodide.FS.writeFile(`${site}/${name}.${tag}.so`, bytes);
  pyodide.runPython("import importlib; importlib.invalidate_caches()");
}
