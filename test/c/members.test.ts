// Members of instances in C (PyMemberDef) are set to values in and out of their range: in CPython's own test type, and in the
// same type on our heap. The value afterwards, the error and its words, and the warnings are the same.

import { describe, expect, it, vi } from "vitest";
import { Heap, type PyExtensionType } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { startPython } from "../python/start.js";
import { build } from "./build.js";

/** The members of CPython's type that are no floats, and the types of their fields in C. */
const MEMBERS = {
  T_BOOL: "char",
  T_BYTE: "char",
  T_UBYTE: "unsigned char",
  T_SHORT: "short",
  T_USHORT: "unsigned short",
  T_INT: "int",
  T_UINT: "unsigned int",
  T_PYSSIZET: "Py_ssize_t",
  T_LONG: "long",
  T_ULONG: "unsigned long",
  T_STRING_INPLACE: "char",
  T_LONGLONG: "long long",
  T_ULONGLONG: "unsigned long long",
  T_CHAR: "char",
};
const NAMES = Object.keys(MEMBERS);

const MODULE = `
#include <Python.h>
#include <structmember.h>
typedef struct { PyObject_HEAD ${Object.entries(MEMBERS)
  .map(([name, type]) => `${type} ${name.toLowerCase()}[${name === "T_STRING_INPLACE" ? 6 : 1}];`)
  .join(" ")} } Record;
static PyMemberDef members[] = {
  ${NAMES.map((name) => `{"${name}", ${name}, offsetof(Record, ${name.toLowerCase()}), 0, NULL},`).join("\n  ")}
  {NULL, 0, 0, 0, NULL}};
static PyType_Slot slots[] = {{Py_tp_members, members}, {Py_tp_new, PyType_GenericNew}, {0, NULL}};
static PyType_Spec spec = {"ranges.Record", sizeof(Record), 0, 0, slots};
static PyModuleDef definition = {.m_base = PyModuleDef_HEAD_INIT, .m_name = "ranges", .m_size = -1};
PyMODINIT_FUNC PyInit_ranges(void) {
  PyObject *module = PyModule_Create(&definition);
  PyModule_Add(module, "Record", PyType_FromSpec(&spec));
  return module;
}
`;

/** Each power of two that is the edge of a type in C, with its neighbours; and what is no number. */
const EDGES = [0, 7, 8, 15, 16, 31, 32, 40, 63, 64, 70].flatMap((power) => {
  const edge = 2n ** BigInt(power);
  return [edge - 1n, edge, edge + 1n].flatMap((value) => [value, -value]);
});
const VALUES = [...EDGES, 1.5, 1e300, true, null, "a", "é", "ab", "", "\0"];

const asPython = (value: unknown) =>
  typeof value === "string" ? JSON.stringify(value) : value === null ? "None" : value === true ? "True" : String(value);

/** In CPython: for each member and each value, what a new instance then has, the error, and the warnings. */
const IN_PYTHON = `
import _testcapi, json, warnings
found = []
for name in ${JSON.stringify(NAMES)}:
    for value in [${VALUES.map(asPython).join(", ")}]:
        record = _testcapi._test_structmembersType_NewAPI(T_CHAR=b"\\0")
        error = ""
        with warnings.catch_warnings(record=True) as warned:
            warnings.simplefilter("always")
            try:
                setattr(record, name, value)
            except Exception as e:
                error = f"{type(e).__name__}: {e}"
        found.append([name, repr(value), repr(getattr(record, name)), error, [f"{w.category.__name__}: {w.message}" for w in warned]])
json.dumps(found)
`;

describe.runIf(canCompile)("members of instances in C", () => {
  it("take the values that CPython's take, with its errors and warnings", async () => {
    const heap = await Heap.create();
    const loaded = await heap.load(await build("ranges", MODULE));
    const Record = loaded.module.getAttr("Record") as PyExtensionType;
    let warned = "";
    vi.spyOn(process.stderr, "write").mockImplementation((bytes) => {
      warned += typeof bytes === "string" ? bytes : new TextDecoder().decode(bytes);
      return true;
    });
    const found = NAMES.flatMap((name) =>
      VALUES.map((value) =>
        heap.scope(() => {
          const record = Record.call() as ReturnType<PyExtensionType["call"]> & {
            setAttr(name: string, value: unknown): void;
            getAttr(name: string): unknown;
          };
          warned = "";
          let error = "";
          try {
            record.setAttr(name, value);
          } catch (caught) {
            error = String(caught);
          }
          const shown = heap.repr(record.getAttr(name));
          return [name, heap.repr(value), shown, error, warned.split("\n").slice(0, -1)];
        }),
      ),
    );
    vi.restoreAllMocks();
    const { pyodide } = await startPython();
    const expected = JSON.parse(pyodide.runPython(IN_PYTHON) as string) as unknown[];
    expect(found.length).toBe(NAMES.length * VALUES.length);
    expect(found).toEqual(expected);
    expect(found.filter(([, , , , warnings]) => (warnings as string[]).length > 0).length).toBeGreaterThan(50);
    heap.check();
  });
});
