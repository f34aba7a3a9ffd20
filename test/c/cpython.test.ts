// Modules in C for CPython itself (pyheap cc --for cpython). What the headers say about CPython's objects is what the running
// CPython says: each layout, flag, slot, check and number; and each function that they declare is there, with the same type.

import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileC, compileObject } from "../../src/hosts/c/compile.js";
import { type FunctionType, functionTypes } from "../../src/hosts/c/sections.js";
import { canCompile, ROOT } from "../needs.js";
import { startPython } from "../python/start.js";
import { cache } from "./build.js";

const FOLDER = join(ROOT, "test/c/cpython");
const BUILT = join(ROOT, "build/c/cpython");
const read = (path: string) => readFileSync(join(ROOT, path), "utf8");

/** For a slot's prefix, the table of the type that has the slot: tp_as_number->nb_add. Slots with the prefix tp are in the type itself. */
const TABLES: Readonly<Record<string, string>> = {
  nb: "tp_as_number",
  sq: "tp_as_sequence",
  mp: "tp_as_mapping",
  am: "tp_as_async",
  bf: "tp_as_buffer",
};

const words = (text: string) => text.trim().split(/\s+/);
/** The numbers that abi.c tells: sizes of structs, places of fields, and macros. */
const SIZES = words(`
  PyTypeObject PyHeapTypeObject PyASCIIObject PyCompactUnicodeObject PyUnicodeObject PyBytesObject PyByteArrayObject
  PyTupleObject PyListObject PyDictObject PySetObject PyFloatObject PyComplexObject PySliceObject PyMemoryViewObject PyMethodObject
  PyCFunctionObject PyBaseExceptionObject PyDateTime_Date PyDateTime_DateTime PyDateTime_Time PyDateTime_Delta
  PyDateTime_TZInfo PyMutex PyObject
`);
const FIELDS = words(`
  PyTypeObject:tp_name PyTypeObject:tp_repr PyTypeObject:tp_flags PyTupleObject:ob_item PyVarObject:ob_size
  PyListObject:ob_item PyFloatObject:ob_fval PyLongObject:long_value.lv_tag PyLongObject:long_value.ob_digit
  PyBytesObject:ob_sval PyASCIIObject:state PyASCIIObject:length PySetObject:used PyObject:ob_type
`);
const MACROS = words(`
  PyLong_SHIFT PyUnicode_1BYTE_KIND PyUnicode_2BYTE_KIND PyUnicode_4BYTE_KIND PyBUF_SIMPLE PyBUF_WRITABLE
  PyBUF_FORMAT PyBUF_ND PyBUF_STRIDES PyBUF_C_CONTIGUOUS PyBUF_F_CONTIGUOUS PyBUF_ANY_CONTIGUOUS PyBUF_INDIRECT
  PyBUF_CONTIG PyBUF_CONTIG_RO PyBUF_STRIDED PyBUF_STRIDED_RO PyBUF_RECORDS PyBUF_RECORDS_RO PyBUF_FULL
  PyBUF_FULL_RO PyBUF_READ PyBUF_WRITE CO_OPTIMIZED CO_NEWLOCALS CO_VARARGS CO_VARKEYWORDS CO_NESTED CO_GENERATOR
  CO_COROUTINE CO_ITERABLE_COROUTINE CO_ASYNC_GENERATOR SEEK_SET SEEK_CUR SEEK_END O_RDONLY O_WRONLY O_RDWR O_CREAT
  O_EXCL O_TRUNC O_APPEND O_NONBLOCK O_CLOEXEC F_OK R_OK W_OK X_OK LC_CTYPE LC_NUMERIC LC_TIME LC_COLLATE
  LC_MONETARY LC_MESSAGES LC_ALL CLOCK_REALTIME CLOCK_MONOTONIC SIZEOF_SHORT SIZEOF_INT SIZEOF_LONG SIZEOF_LONG_LONG
  SIZEOF_FLOAT SIZEOF_DOUBLE SIZEOF_SIZE_T SIZEOF_VOID_P SIZEOF_WCHAR_T SIZEOF_TIME_T SIZEOF_OFF_T SIZEOF_UINTPTR_T
  SIZEOF_PID_T ALIGNOF_LONG ALIGNOF_SIZE_T ALIGNOF_MAX_ALIGN_T
`);
/** Macros that say whether an object is of a kind. */
const CHECKS = words(`
  PyLong_Check PyLong_CheckExact PyBool_Check PyFloat_Check PyFloat_CheckExact PyComplex_Check PyComplex_CheckExact
  PyUnicode_Check PyUnicode_CheckExact PyBytes_Check PyBytes_CheckExact PyByteArray_Check PyByteArray_CheckExact
  PyTuple_Check PyTuple_CheckExact PyList_Check PyList_CheckExact PyDict_Check PyDict_CheckExact PySet_Check
  PySet_CheckExact PyFrozenSet_Check PyFrozenSet_CheckExact PyAnySet_Check PyAnySet_CheckExact PyType_Check
  PyType_CheckExact PyExceptionClass_Check PyExceptionInstance_Check PyWeakref_Check PyWeakref_CheckRef
  PyWeakref_CheckProxy PyModule_Check PyModule_CheckExact PyCFunction_Check PyFunction_Check PyMethod_Check
  PySlice_Check PyMemoryView_Check PyRange_Check PyGen_Check PyCode_Check PyFrame_Check PyTraceBack_Check
  PyDictKeys_Check PyDictValues_Check PyDictItems_Check PyCapsule_CheckExact PyDate_Check PyDateTime_Check
  PyTime_Check PyDelta_Check PyTZInfo_Check Py_IsNone PyContext_CheckExact PyCoro_CheckExact PyObject_IS_GC
  PyIndex_Check _Py_IsImmortal
`);
/** Macros for the size of a type, with the type: abi.c tells the type's real size too. */
const REAL = { SIZEOF_TIME_T: "time_t", SIZEOF_OFF_T: "off_t", SIZEOF_WCHAR_T: "wchar_t", SIZEOF_PID_T: "pid_t" };

/** The parts of abi.c that are made here: from the lists above, and from the slots and error numbers that the headers define. */
function generated(): Readonly<Record<string, string>> {
  const slots = [...read("include/typeslots.h").matchAll(/#define (Py_(\w\w)_(\w+)) \d+/g)];
  const fields = slots.map(([, name = "", table = "", rest = ""]) => {
    const [field, group] = [`${table}_${rest}`, TABLES[table]];
    const value = group === undefined ? `type->${field}` : `type->${group} ? (void *)type->${group}->${field} : NULL`;
    return `case ${name}: return (void *)(${value});`;
  });
  const errors = [...read("libc/include/errno.h").matchAll(/#define (E\w+) /g)].map(([, name = ""]) => name);
  const numbers = [
    ...SIZES.map((name) => `SIZE(${name})`),
    ...FIELDS.map((field) => `FIELD(${field.replace(":", ", ")})`),
    ...[...MACROS, ...errors].map((name) => `MACRO(${name})`),
    ...Object.entries(REAL).map(([name, type]) => `NUMBER("real ${name}", sizeof(${type}))`),
    "MACRO(PY_VERSION_HEX >> 16)",
  ];
  return {
    SLOT_NUMBERS: slots.map(([, name]) => `{"${name}", ${name}}`).join(","),
    SLOT_FIELDS: fields.join(" "),
    NUMBERS: numbers.join(","),
    CHECK_FUNCTIONS: CHECKS.map((name) => `CHECKED(${name})`).join(" "),
    CHECK_ENTRIES: CHECKS.map((name) => `CHECK(${name})`).join(","),
  };
}

/** All headers. */
const INCLUDES = ["include", "libc/include", "include/cpython", "libc/host", "libc/host/sys", "libc/host/arpa"]
  .flatMap((folder) => readdirSync(join(ROOT, folder)).map((file) => join(folder, file)))
  .filter((path) => path.endsWith(".h"))
  .map((path) => `#include <${path.replace(/^(libc\/host|libc\/include|include\/cpython|include)\//, "")}>`)
  .join("\n");

/** The names of the functions that a preprocessed text declares, and does not define. */
function declaredIn(text: string): string[] {
  const found = text
    .replace(/\{[^{}]*\}/g, "")
    .replace(/\{[^{}]*\}/g, "")
    .split(/[;{}]/)
    .filter((part) => !/\btypedef\b|\bstatic\b/.test(part))
    .flatMap((part) => /\b(\w+)\s*\((?:[^()]|\([^()]*\))*\)\s*(?:__attribute__.*)?$/.exec(part.trim())?.slice(1) ?? []);
  return [...new Set(found)];
}

const FLAGS = ["-Wall", "-Werror", "-Wno-unused-parameter"];

describe.runIf(canCompile)("a module for CPython", () => {
  let pyodide: Awaited<ReturnType<typeof startPython>>["pyodide"];
  beforeAll(async () => {
    ({ pyodide } = await startPython());
  });

  /** Compiles a module where Python finds it. Returns the names that it exports. */
  async function install(file: string, flags: readonly string[] = []): Promise<string[]> {
    const name = `${file.replace(/\.\w+$/, "")}.cpython-314-wasm32-emscripten.so`;
    const output = join(BUILT, name);
    await compileC({ sources: [join(FOLDER, file)], output, target: "cpython", flags: [...FLAGS, ...flags], cache });
    const bytes = readFileSync(output);
    pyodide.FS.writeFile(`/lib/python3.14/site-packages/${name}`, bytes);
    return WebAssembly.Module.exports(new WebAssembly.Module(bytes)).map((each) => each.name);
  }

  it("has CPython's layouts, flags, slots, checks and numbers, and its C library", async () => {
    const names = await install(
      "abi.c",
      Object.entries(generated()).map(([name, value]) => `-D${name}=${value}`),
    );
    expect(names.filter((name) => !name.startsWith("__wasm"))).toEqual(["PyInit_abi"]);
    const said: string[] = [];
    pyodide.setStdout({ batched: (line) => said.push(line) });
    pyodide.runPython(readFileSync(join(FOLDER, "abi.py"), "utf8"));
    const [compared, ...differing] = said;
    expect(differing).toEqual([]);
    expect(Number(compared)).toBeGreaterThan(2000);
  });

  it("exports its PyInit function and nothing else, also if it is not declared with PyMODINIT_FUNC", async () => {
    mkdirSync(BUILT, { recursive: true });
    const [source, output] = [join(BUILT, "bare.c"), join(BUILT, "bare.so")];
    writeFileSync(source, "#include <Python.h>\nint other; PyObject *PyInit_bare(void) { return NULL; }");
    await compileC({ sources: [source], output, target: "cpython", cache });
    const names = WebAssembly.Module.exports(new WebAssembly.Module(readFileSync(output))).map(({ name }) => name);
    expect(names.filter((name) => !name.startsWith("__wasm"))).toEqual(["PyInit_bare"]);
  });

  it("can be in C++", async () => {
    await install("cpp.cpp");
    expect(pyodide.runPython("import cpp; cpp.run(4)")).toBe("50 int");
  });

  it("declares no function that CPython does not have, and each with the type that it has there", async () => {
    mkdirSync(BUILT, { recursive: true });
    const source = join(BUILT, "declared.c");
    writeFileSync(source, INCLUDES);
    const preprocessed = join(BUILT, "declared.i");
    await compileObject({ sources: [source], output: preprocessed, target: "cpython", flags: ["-E", "-P"] });
    const names = declaredIn(readFileSync(preprocessed, "utf8"));
    const uses = names.map((name) => `(void *)${name},`);
    writeFileSync(source, `${INCLUDES}\nvoid *all[] = {\n${uses.join("\n")}\n};\n`);
    const output = join(BUILT, "declared.o");
    await compileObject({ sources: [source], output, target: "cpython", flags: ["-Wall", "-Werror"] });
    const { imported } = functionTypes(readFileSync(output));
    const main = functionTypes(readFileSync(join(ROOT, "node_modules/pyodide-314/pyodide.asm.wasm")));
    const typeOf = (type: FunctionType | undefined) => JSON.stringify(type);
    const wrong = [...imported].filter(
      ([name, type]) => typeOf(main.exported.get(name) ?? main.imported.get(name)) !== typeOf(type),
    );
    expect(wrong.map(([name, type]) => `${name} ${typeOf(type)} ${typeOf(main.exported.get(name))}`)).toEqual([]);
    expect(imported.size).toBeGreaterThan(900);
  });
});
