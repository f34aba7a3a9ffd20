// Reads the slots of types from the headers with which C programs are compiled: their numbers from include/typeslots.h,
// their places in the structures of include/object.h and include/pybuffer.h, and the types of the functions in them.

import { readFileSync } from "node:fs";

/**
 * The structures that have slots: a type, and its tables of functions. For each: its constant, the prefix of its slots'
 * names, and its text in the headers. `before` is 2 for a structure whose first field takes three words: its field
 * number k > 0 is word k + 2.
 */
const TABLES = [
  { table: "TYPE_TABLE", prefix: "tp_", structure: /struct _typeobject \{([^}]*)\}/, before: 2 },
  { table: "NUMBER_TABLE", prefix: "nb_", structure: /\{([^}]*)\} PyNumberMethods;/, before: 0 },
  { table: "SEQUENCE_TABLE", prefix: "sq_", structure: /\{([^}]*)\} PySequenceMethods;/, before: 0 },
  { table: "MAPPING_TABLE", prefix: "mp_", structure: /\{([^}]*)\} PyMappingMethods;/, before: 0 },
  { table: "ASYNC_TABLE", prefix: "am_", structure: /\{([^}]*)\} PyAsyncMethods;/, before: 0 },
  { table: "BUFFER_TABLE", prefix: "bf_", structure: /struct PyBufferProcs \{([^}]*)\}/, before: 0 },
];

const header = (name) => readFileSync(`include/${name}`, "utf8");
/** The headers with the structures, and with the types of the functions in them. */
const HEADERS = ["object.h", "pybuffer.h", "methodobject.h"];
const constant = (slot) => slot.toUpperCase();

function bodyOf({ structure }) {
  const [, body] = structure.exec(HEADERS.map(header).join("\n")) ?? [];
  if (body === undefined) throw new Error(`include/ has no ${structure}`);
  return body;
}

/** The fields of a structure, with their places in words. A type begins with a PyVarObject, which has three words. */
function fieldsOf({ structure, before }) {
  const body = bodyOf({ structure });
  const fields = [...body.matchAll(/(\w+)(?:\[\d+\])?;/g)].map(([, name]) => name);
  return new Map(fields.map((name, k) => [name, k === 0 && before > 0 ? 0 : k + before]));
}

/** The lines of a file of the core: places, and a function from a slot's number to its place. */
export function slotLines() {
  const numbers = [...header("typeslots.h").matchAll(/#define Py_(\w+) (\d+)/g)];
  const lines = ["// table << 8 | word", ...TABLES.map(({ table }, k) => `export const ${table}: u32 = ${k} << 8;`)];
  const cases = new Map();
  for (const entry of TABLES) {
    const fields = fieldsOf(entry);
    lines.push("", `// Words of ${entry.table}.`);
    for (const [name, word] of fields) {
      if (name.startsWith(entry.prefix)) lines.push(`export const ${constant(name)}: u32 = ${word};`);
    }
    for (const [, name, number] of numbers) {
      if (!name.startsWith(entry.prefix)) continue;
      if (!fields.has(name)) throw new Error(`include/ has no field ${name}, which include/typeslots.h has`);
      cases.set(Number(number), `${entry.table} | ${constant(name)}`);
    }
  }
  return [
    ...lines,
    "",
    "/** The place of the slot with a number: its table and word. -1: there is no such slot. */",
    "export function placeOfSlot(slot: i32): i32 {",
    "  switch (slot) {",
    ...[...cases]
      .sort(([a], [b]) => a - b)
      .flatMap(([number, place]) => [`    case ${number}:`, `      return ${place};`]),
    "    default:",
    "      return -1;",
    "  }",
    "}",
  ];
}

// ---- functions ----

/** Functions that are neither methods nor slots of types: their numbers, their names in errors, and their types. */
const OTHERS = [
  { constant: "USE_GETTER", name: "a getter", type: "PyObject *(PyObject *, void *)" },
  { constant: "USE_SETTER", name: "a setter", type: "int (PyObject *, PyObject *, void *)" },
  { constant: "USE_MODULE_CREATE", name: "Py_mod_create", type: "PyObject *(PyObject *, PyModuleDef *)" },
  { constant: "USE_MODULE_EXEC", name: "Py_mod_exec", type: "int (PyObject *)" },
  { constant: "USE_MODULE_TRAVERSE", name: "m_traverse", type: "int (PyObject *, visitproc, void *)" },
  { constant: "USE_MODULE_CLEAR", name: "m_clear", type: "int (PyObject *)" },
  { constant: "USE_MODULE_FREE", name: "m_free", type: "void (void *)" },
];

/**
 * A use is a way in which C gives the core a function. Its number: for a method, its flags, which are below 1 << 16;
 * for a slot of a type, 1 << 16 | its place; for a function in OTHERS, 2 << 16 | its number there.
 */
const SLOT = 1 << 16;
const OTHER = 2 << 16;

/**
 * The shape of a function, whose parameters all have 32 bits: the number of parameters << 1 | whether it has a result.
 */
function shapeOf(type) {
  const [, result, parameters] = /^(.*?)\s*\((.*)\)$/s.exec(type);
  return (parameters.split(",").length << 1) | (result === "void" ? 0 : 1);
}

/** The slots of types that are functions, with their places and shapes. */
function slotFunctions() {
  const types = new Map();
  for (const name of HEADERS) {
    for (const [, result, type, parameters] of header(name).matchAll(/typedef ([^;(]*?)\(\*(\w+)\)\(([^;]*)\);/g))
      types.set(type, shapeOf(`${result}(${parameters})`));
  }
  return TABLES.flatMap((entry, k) => {
    const places = fieldsOf(entry);
    return [...bodyOf(entry).matchAll(/(\w+) (\w+);/g)]
      .filter(([, type]) => types.has(type))
      .map(([, type, name]) => ({ name, place: (k << 8) | places.get(name), shape: types.get(type) }));
  });
}

/** The lines of a file of the core: the numbers of uses, and a function that returns the shape for a use. */
export function useLines() {
  const byShape = new Map();
  for (const slot of slotFunctions()) byShape.set(slot.shape, [...(byShape.get(slot.shape) ?? []), slot]);
  return [
    "/** The use of a slot of a type: this | its place. */",
    `export const USE_SLOT: u32 = ${SLOT};`,
    ...OTHERS.map(({ constant }, k) => `export const ${constant}: u32 = ${OTHER | k};`),
    "",
    "/** The shape of functions for a use: the number of parameters << 1 | whether there is a result. 0: it is not a function. */",
    "export function shapeOf(use: u32): u32 {",
    "  switch (use) {",
    ...[...byShape].flatMap(([shape, slots]) => [
      ...slots.map(({ place }) => `    case ${SLOT | place}:`),
      `      return ${shape};`,
    ]),
    ...OTHERS.flatMap(({ type }, k) => [`    case ${OTHER | k}:`, `      return ${shapeOf(type)};`]),
    "    default:",
    "      return 0;",
    "  }",
    "}",
  ];
}

/** The names of uses in errors, and the flags of a method. */
export function useNames() {
  const uses = [
    ...slotFunctions().map(({ name, place }) => [SLOT | place, name]),
    ...OTHERS.map(({ name }, k) => [OTHER | k, name]),
  ];
  const flags = [...header("methodobject.h").matchAll(/#define (METH_\w+) (0x\d+)/g)];
  return { uses: Object.fromEntries(uses), flags: flags.map(([, name, value]) => [name, Number(value)]) };
}
