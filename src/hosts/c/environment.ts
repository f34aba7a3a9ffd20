// The names that C code can use from outside its modules: the functions of the core under their names in C, and a few
// that only a host has.

import { EXCEPTION_ALIASES, EXCEPTION_TYPES, FIXED_TYPES } from "../../core/catalogue.gen.js";
import * as C from "../../core/constants.gen.js";
import type { CoreFunctions } from "../../core/functions.gen.js";
import type { WholeCore } from "../../core/whole-core.js";
import { exceptionNumber } from "../../objects/bridge/exception-types.js";
import { inCase, isCharacter } from "./characters.js";
import type { Definition, Definitions } from "./definitions.js";
import { formatDouble } from "./format-double.js";
import { LIBRARY_NAMES } from "./library-names.gen.js";
import { writeText } from "./output.js";
import type { FunctionType } from "./sections.js";

/** `exit(status)` was called in C. */
export class CExit extends Error {
  override readonly name = "CExit";
  readonly status: number;

  constructor(status: number) {
    super(`The program called exit(${status})`);
    this.status = status;
  }
}

/** The core's functions that have another name in C. */
const C_NAMES = {
  malloc: "libc_malloc",
  calloc: "libc_calloc",
  realloc: "libc_realloc",
  free: "libc_free",
  aligned_alloc: "libc_aligned_alloc",
  memalign: "libc_aligned_alloc",
  posix_memalign: "libc_posix_memalign",
} as const satisfies Readonly<Record<string, keyof CoreFunctions>>;

/** The names of the Python/C API. A function that the core exports under such a name has the same name in C. */
const API_NAME = /^_?Py[A-Z]?[A-Za-z]*_/;

/** Functions of <math.h> that JavaScript has under the same name, with the same meaning for doubles. */
const MATH = [
  ...["sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
  ...["exp", "expm1", "log", "log10", "log2", "log1p", "cbrt", "hypot"],
] as const;

const I32 = 0x7f;
const F64 = 0x7c;
const TYPES: Readonly<Record<string, number>> = { i: I32, d: F64 };

/** A type written as letters: `dd>d` takes two doubles and returns one; `i` is an int. */
function typeOf(letters: string): FunctionType {
  const [parameters = [], results = []] = letters.split(">").map((part) => [...part].map((c) => TYPES[c] ?? I32));
  return { parameters, results };
}

/** The definitions that modules in C can import. */
export function coreDefinitions(core: WholeCore): Definitions {
  const definitions = new Map<string, Definition>();
  const define = (name: string, f: unknown, type?: string) => {
    const known = type === undefined ? undefined : typeOf(type);
    definitions.set(name, { kind: "function", f: f as WebAssembly.ExportValue, type: known });
  };
  const { functions } = core;
  for (const [name, f] of Object.entries(functions)) if (API_NAME.test(name)) define(name, f);
  defineExceptions(core, definitions);
  defineObjects(core, definitions);
  for (const [name, own] of Object.entries(C_NAMES)) define(name, functions[own]);
  for (const name of MATH) define(name, Math[name], Math[name].length === 1 ? "d>d" : "dd>d");
  define("pow", power, "dd>d");
  define("exit", exit, "i>");
  defineHost(core.memory, define);
  return definitions;
}

/**
 * PyExc_ValueError and the other exceptions are the names of words in the heap's state. Each word has the address of its
 * type, once the type has been made.
 */
function defineExceptions(core: WholeCore, definitions: Map<string, Definition>): void {
  for (const name of [...EXCEPTION_TYPES.map(([own]) => own), ...Object.keys(EXCEPTION_ALIASES)]) {
    const address = core.control + C.API_TYPES_AT + 4 * exceptionNumber(name);
    definitions.set(`PyExc_${name}`, { kind: "data", address });
  }
}

/** Objects that C refers to by name. */
const SINGLETONS = {
  _Py_NoneStruct: C.NONE_AT,
  _Py_NotImplementedStruct: C.NOT_IMPLEMENTED_AT,
  _Py_FalseStruct: C.FALSE_AT,
  _Py_TrueStruct: C.TRUE_AT,
};

/** PyLong_Type and the other types that have a fixed place, and None, True, False, NotImplemented. */
function defineObjects(core: WholeCore, definitions: Map<string, Definition>): void {
  for (const { place, variable } of FIXED_TYPES) {
    if (variable !== "")
      definitions.set(variable, { kind: "data", address: core.control + C.TYPES_AT + place * C.TYPE_BYTES });
  }
  for (const [variable, at] of Object.entries(SINGLETONS)) {
    definitions.set(variable, { kind: "data", address: core.control + at });
  }
}

/** Whether this is a name of the Python/C API. */
export function isOfApi(name: string): boolean {
  return API_NAME.test(name);
}

const IN_LIBRARY = new Set(LIBRARY_NAMES);

/** Whether this function may be missing until it is called: CPython's API has it, or the C library of CPython's host. */
export function mayBeAbsent(name: string): boolean {
  return isOfApi(name) || IN_LIBRARY.has(name);
}

/** Whether a module that imports this name may need what ExtensionHost.beginApi makes. */
export function needsApi(name: string): boolean {
  return API_NAME.test(name) && !MEMORY_NAME.test(name);
}

/** Functions of the API that only deal with memory, and need no types. */
const MEMORY_NAME =
  /^(PyMem|PyTraceMalloc)_|^PyObject_(Raw)?(Malloc|Calloc|Realloc|Free)$|^PyObject_[GS]etArenaAllocator$/;

function exit(status: number): never {
  throw new CExit(status);
}

/** The functions of the host for the small C library. */
function defineHost(memory: WebAssembly.Memory, define: (name: string, f: unknown, type: string) => void): void {
  const bytes = (at: number, n: number) => new Uint8Array(memory.buffer, at >>> 0, n >>> 0);
  define("pyheap_write", (fd: number, at: number, n: number) => writeText(fd, bytes(at, n).slice()), "iii>");
  define("pyheap_now", () => Date.now() / 1000, ">d");
  define("pyheap_remainder", (x: number, y: number) => x % y, "dd>d");
  define(
    "pyheap_number",
    (at: number, n: number) => Number(new TextDecoder("latin1").decode(bytes(at, n).slice())),
    "ii>d",
  );
  define("pyheap_is_character", (kind: number, c: number) => (isCharacter(kind, c >>> 0) ? 1 : 0), "ii>i");
  define("pyheap_to_case", (kind: number, c: number) => inCase(kind, c >>> 0), "ii>i");
  define(
    "pyheap_format",
    (at: number, room: number, value: number, kind: number, precision: number, alternate: number) => {
      const digits = formatDouble(value, String.fromCharCode(kind), precision, alternate !== 0).slice(0, room);
      return new TextEncoder().encodeInto(digits, bytes(at, room)).written;
    },
    "iidiii>i",
  );
}

/** As in C: 1 to any power is 1, and so is -1 to an infinite power. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
}
