// Modules in C for tests of packages, compiled here: one that is complete, and one that needs a library, which is another
// package.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { zipSync } from "fflate";
import { HEADERS, targetCalled } from "../src/hosts/c/target.js";
import { findToolchain } from "../src/hosts/c/toolchain.js";
import { command } from "./command.js";
import { ROOT } from "./needs.js";
import { type TestWheel, wheel } from "./wheels.js";

const NATIVE = `
#include <Python.h>
#include <stdlib.h>
#include <string.h>

static PyObject *reversed_copy(PyObject *self, PyObject *text) {
    Py_ssize_t n;
    const char *from = PyUnicode_AsUTF8AndSize(text, &n);
    if (from == NULL) return NULL;
    char *copy = malloc(n + 1);
    if (copy == NULL) return PyErr_NoMemory();
    for (Py_ssize_t k = 0; k < n; k++) copy[k] = from[n - 1 - k];
    copy = realloc(copy, n + 1000);
    PyObject *result = PyUnicode_FromStringAndSize(copy, n);
    free(copy);
    return result;
}

static char *kept[1000];

static PyObject *keep(PyObject *self, PyObject *number) {
    long n = PyLong_AsLong(number);
    for (long k = 0; k < n && k < 1000; k++) kept[k] = calloc(1, 100 + k);
    Py_RETURN_NONE;
}

static PyObject *drop(PyObject *self, PyObject *unused) {
    for (int k = 0; k < 1000; k++) { free(kept[k]); kept[k] = NULL; }
    Py_RETURN_NONE;
}

static PyMethodDef methods[] = {
    {"reversed_copy", reversed_copy, METH_O, NULL},
    {"keep", keep, METH_O, NULL},
    {"drop", drop, METH_NOARGS, NULL},
    {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "_native", NULL, -1, methods};
PyMODINIT_FUNC PyInit__native(void) { return PyModule_Create(&definition); }
`;

/** A module that needs a library, which is another package. */
const NEEDY = `
#include <Python.h>
int answer_of(int n);
static PyObject *ask(PyObject *self, PyObject *n) { return PyLong_FromLong(answer_of(PyLong_AsLong(n))); }
static PyMethodDef methods[] = {{"ask", ask, METH_O, NULL}, {NULL, NULL, 0, NULL}};
static struct PyModuleDef definition = {PyModuleDef_HEAD_INIT, "needy", NULL, -1, methods};
PyMODINIT_FUNC PyInit_needy(void) { return PyModule_Create(&definition); }
`;

const TAGS = "cp314-cp314-pyemscripten_2026_0_wasm32";

/** The compiled files. */
export interface NativeFiles {
  readonly native: Uint8Array;
  readonly needy: Uint8Array;
  readonly answer: Uint8Array;
}

/** Compiles the modules and the library in a folder. */
export async function compileNative(folder: string): Promise<NativeFiles> {
  const at = (name: string) => join(folder, name);
  writeFileSync(at("_native.c"), NATIVE);
  const made = command(["cc", "--for", "cpython", "_native.c", "-o", "_native.wasm"], { cwd: folder });
  if (made.status !== 0) throw new Error(made.stderr);
  const tools = await findToolchain(ROOT);
  const build = async (tool: "clang" | "wasm-ld", args: readonly string[], output: string) => {
    const words = [...args, "-o", at(output)];
    if (!(await tools?.run(tool, words, [folder, ROOT], at(output)))) throw new Error(`${tool} ${words.join(" ")}`);
  };
  writeFileSync(at("answer.c"), "int answer_of(int n) { return n * 7; }\n");
  writeFileSync(at("needy.c"), NEEDY);
  const { flags } = targetCalled("cpython");
  const folders = HEADERS.map((name) => `-I${join(ROOT, name)}`);
  for (const name of ["answer", "needy"]) {
    const words = [...flags, "-nostdlibinc", ...folders, "-fvisibility=default", "-c", at(`${name}.c`)];
    await build("clang", words, `${name}.o`);
  }
  const link = ["-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic", "--no-entry"];
  await build("wasm-ld", [...link, "--export=answer_of", at("answer.o")], "libanswer.so");
  await build("wasm-ld", [...link, "--export=PyInit_needy", at("needy.o"), at("libanswer.so")], "needy.so");
  const [native, needy, answer] = ["_native.wasm", "needy.so", "libanswer.so"].map((name) => readFileSync(at(name)));
  return { native, needy, answer } as NativeFiles;
}

/** The same as wheels and an archive: `native`, `needy`, and `libanswer`, which `needy` needs. */
export async function nativeWheels(folder: string): Promise<TestWheel[]> {
  const { native, needy, answer } = await compileNative(folder);
  const files = {
    "native/__init__.py": "from ._native import *\n",
    "native/_native.cpython-314-wasm32-emscripten.so": native,
  };
  const bytes = zipSync({ "libanswer.so": answer });
  return [
    wheel("native", "2.0", files, { tags: TAGS }),
    wheel("needy", "1.0", { "needy.cpython-314-wasm32-emscripten.so": needy }, { tags: TAGS, depends: ["libanswer"] }),
    { file: "libanswer-1.0.zip", bytes, name: "libanswer", version: "1.0", depends: [], imports: [] },
  ];
}
