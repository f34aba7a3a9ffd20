// What C finds outside of its modules: the functions of the core under their names in C, and a few that only a host has.

import type { Core } from "../../core.js";
import { EXCEPTION_ALIASES, EXCEPTION_TYPES, exceptionNumber } from "../../objects/exception-types.js";
import { CONSTANTS, FIXED_TYPES } from "../../objects/fixed-types.js";
import type { Definition, Definitions } from "./definitions.js";
import { formatDouble } from "./format-double.js";
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

/** Names in C of the core's functions that have another name there. */
const C_NAMES: Readonly<Record<string, string>> = {
  malloc: "libc_malloc",
  calloc: "libc_calloc",
  realloc: "libc_realloc",
  free: "libc_free",
  aligned_alloc: "libc_aligned_alloc",
  memalign: "libc_aligned_alloc",
  posix_memalign: "libc_posix_memalign",
};

/** What the core exports under a name of the Python/C API, C has under the same. */
const API_NAME = /^_?Py[A-Z]?[A-Za-z]*_/;

/** Functions of <math.h> that JavaScript has under the same name, and with the same meaning for doubles. */
const MATH = [
  ...["sin", "cos", "tan", "asin", "acos", "atan", "atan2", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
  ...["exp", "expm1", "log", "log10", "log2", "log1p", "cbrt", "hypot"],
] as const;

const I32 = 0x7f;
const F64 = 0x7c;
const TYPES: Readonly<Record<string, number>> = { i: I32, d: F64 };

/** A type as letters: `dd>d` takes two doubles and answers one; i is for int. */
function typeOf(letters: string): FunctionType {
  const [parameters = [], results = []] = letters.split(">").map((part) => [...part].map((c) => TYPES[c] ?? I32));
  return { parameters, results };
}

/** What C can import, in any heap that has such a core. */
export function coreDefinitions(core: Core): Definitions {
  const definitions = new Map<string, Definition>();
  const define = (name: string, f: unknown, type?: string) => {
    const known = type === undefined ? undefined : typeOf(type);
    definitions.set(name, { kind: "function", f: f as WebAssembly.ExportValue, type: known });
  };
  const functions = core.functions as unknown as Readonly<Record<string, unknown>>;
  for (const [name, f] of Object.entries(functions))
    if (API_NAME.test(name) && typeof f === "function") define(name, f);
  defineExceptions(core, definitions);
  defineObjects(core, definitions);
  for (const [name, own] of Object.entries(C_NAMES)) define(name, functions[own]);
  for (const name of MATH) define(name, Math[name], Math[name].length === 1 ? "d>d" : "dd>d");
  define("pow", power, "dd>d");
  define("exit", exit, "i>");
  defineHost(core.memory, define);
  return definitions;
}

/** PyExc_ValueError and its kin are words of the core's: each leads to the type, once that is made. */
function defineExceptions(core: Core, definitions: Map<string, Definition>): void {
  const { API_TYPES_AT } = core.constants as Readonly<Record<string, number>>;
  if (API_TYPES_AT === undefined) return;
  for (const name of [...EXCEPTION_TYPES.map(([own]) => own), ...Object.keys(EXCEPTION_ALIASES)]) {
    const address = core.control + API_TYPES_AT + 4 * exceptionNumber(name);
    definitions.set(`PyExc_${name}`, { kind: "data", address });
  }
}

/** PyLong_Type and the other types that have a fixed place, and None, True, False, NotImplemented. */
function defineObjects(core: Core, definitions: Map<string, Definition>): void {
  const { TYPES_AT, TYPE_BYTES, SINGLETONS_AT } = core.constants as Readonly<Record<string, number>>;
  if (TYPES_AT === undefined || TYPE_BYTES === undefined || SINGLETONS_AT === undefined) return;
  for (const { place, variable } of FIXED_TYPES) {
    if (variable !== "")
      definitions.set(variable, { kind: "data", address: core.control + TYPES_AT + place * TYPE_BYTES });
  }
  for (const [variable, offset] of Object.entries(CONSTANTS)) {
    definitions.set(variable, { kind: "data", address: core.control + SINGLETONS_AT + offset });
  }
}

/** Whether a module that imports this name may need what `beginApi` of the linker's heap makes. */
export function needsApi(name: string): boolean {
  return API_NAME.test(name) && !MEMORY_NAME.test(name);
}

/** Names of functions for which there need be no types. */
const MEMORY_NAME =
  /^(PyMem|PyTraceMalloc)_|^PyObject_(Raw)?(Malloc|Calloc|Realloc|Free)$|^PyObject_[GS]etArenaAllocator$/;

function exit(status: number): never {
  throw new CExit(status);
}

/** What the small C library asks of the host. */
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
  define(
    "pyheap_format",
    (at: number, room: number, value: number, kind: number, precision: number, alternate: number) => {
      const digits = formatDouble(value, String.fromCharCode(kind), precision, alternate !== 0).slice(0, room);
      return new TextEncoder().encodeInto(digits, bytes(at, room)).written;
    },
    "iidiii>i",
  );
}

/** As C has it: 1 to any power, and -1 to an infinite one, are 1. */
function power(x: number, y: number): number {
  return x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;
}
