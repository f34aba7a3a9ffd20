// Reads the slots of types from the headers with which C programs are compiled: their numbers from include/typeslots.h,
// and their places in the structures of include/object.h.

import { readFileSync } from "node:fs";

/**
 * The tables of functions: the word of a type that holds the table, and the prefix of its slots' names. Also the type
 * itself.
 */
const TABLES = [
  { table: "TYPE_TABLE", prefix: "tp_", structure: /struct _typeobject \{([^}]*)\}/, before: 2 },
  { table: "NUMBER_TABLE", prefix: "nb_", structure: /\{([^}]*)\} PyNumberMethods;/, before: 0 },
  { table: "SEQUENCE_TABLE", prefix: "sq_", structure: /\{([^}]*)\} PySequenceMethods;/, before: 0 },
  { table: "MAPPING_TABLE", prefix: "mp_", structure: /\{([^}]*)\} PyMappingMethods;/, before: 0 },
];

const header = (name) => readFileSync(`include/${name}`, "utf8");
const constant = (slot) => slot.toUpperCase();

/** The fields of a structure, with their places in words. A type begins with a PyVarObject, which has three words. */
function fieldsOf({ structure, before }) {
  const [, body] = structure.exec(header("object.h")) ?? [];
  if (body === undefined) throw new Error(`include/object.h has no ${structure}`);
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
      if (!fields.has(name)) throw new Error(`include/object.h has no ${name}, which include/typeslots.h has`);
      cases.set(Number(number), `${entry.table} | ${constant(name)}`);
    }
  }
  return [
    ...lines,
    "",
    "/** Where the slot of a number stands. -1: there is no such slot. */",
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
