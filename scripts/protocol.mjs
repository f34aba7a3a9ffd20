// Everything that the core and its host both know is written once; the other forms are generated:
//
//   protocol/*.mjs               lists: domains, types, table, operators, exceptions, errors
//                                -> core/**/*.gen.ts, src/core/catalogue.gen.ts, src/core/errors.gen.ts
//   include/*.h                  slots of C's types: their numbers and places, and the types of their functions
//                                -> core/objects/model/slots.gen.ts, core/objects/model/uses.gen.ts
//   libc/**/*.h                  names of functions of the C library                     -> src/hosts/c/library-names.gen.ts
//   core/exports/*.ts            functions, with their types, as the compiler sees them   -> src/core/functions.gen.ts
//   core/exports/constants.ts    numbers, as the compiler computes them                   -> src/core/constants.gen.ts
//   core/exports/c-constants.ts  numbers that a test compares with those in include/      -> build/c-constants.json
//
// A file whose content would not change is not touched.

import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { DOMAINS, INTERNAL } from "../protocol/domains.mjs";
import { ERRORS } from "../protocol/errors.mjs";
import { ALIASES, EXCEPTIONS } from "../protocol/exceptions.mjs";
import { BINARY, COMPARISONS, NAMED_IN_ERRORS, UNARY } from "../protocol/operators.mjs";
import { ALLOCATORS, OBJECTS, SLOTS } from "../protocol/table.mjs";
import { BUILT_IN, OWN, USER } from "../protocol/types.mjs";
import { slotLines, useLines, useNames } from "./slots.mjs";

const MADE_BY = "Made by scripts/protocol.mjs. Do not edit.";

function write(path, head, lines) {
  const text = `// ${head}\n// ${MADE_BY}\n\n${lines.join("\n")}\n`;
  if (existsSync(path) && readFileSync(path, "utf8") === text) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

const numbered = (names, type) => names.map((name, k) => `export const ${name}: ${type} = ${k};`);

/** The constant for an exception: EXC_ZERO_DIVISION for ZeroDivisionError. */
function exceptionConstant(name) {
  const words = name.replace(/Error$/, "").replace(/(?<=[a-z])(?=[A-Z])/g, "_");
  return `EXC_${words.toUpperCase()}`;
}

// ---- from the lists ----

function writeCoreTable() {
  const lines = [];
  let place = 0;
  for (const [constant, functions] of ALLOCATORS) {
    lines.push(`export const ${constant}: u32 = ${place};`);
    place += functions.length;
  }
  lines.push("/** How many entries the allocators have. */", `export const TABLE_FUNCTIONS: u32 = ${place};`);
  write(
    "core/ground/table.gen.ts",
    "Places of the allocators' functions in the table, from protocol/table.mjs.",
    lines,
  );
}

function writeObjectTable() {
  const types = BUILT_IN.length + 1;
  const lines = [
    "/** How many functions each kind of type has, and users' types have. The first ones come after the allocators' functions. */",
  ];
  lines.push(`export const TYPE_FUNCTIONS: u32 = 4;`);
  const first = `TABLE_FUNCTIONS + ${types} * TYPE_FUNCTIONS`;
  OBJECTS.forEach(([constant], k) => {
    lines.push(`export const ${constant}: u32 = ${first} + ${k};`);
  });
  lines.push(`/** The place from which SLOT_* count. */`, `export const SLOTS: u32 = ${first} + ${OBJECTS.length};`);
  lines.push(
    ...numbered(
      SLOTS.map(([constant]) => constant),
      "u32",
    ),
  );
  const head = "Places of the object layer's functions in the table, from protocol/table.mjs.";
  write("core/objects/model/table.gen.ts", head, [
    'import { TABLE_FUNCTIONS } from "../../ground/table.gen";',
    "",
    ...lines,
  ]);
}

function writeCoreLists() {
  write("core/ground/domains.gen.ts", "Numbers of the domains, from protocol/domains.mjs.", [
    ...numbered(
      [...DOMAINS, INTERNAL].map(([constant]) => constant),
      "u32",
    ),
    `export const DOMAINS: u32 = ${DOMAINS.length};`,
  ]);
  const places = [...BUILT_IN, USER, ...OWN].map(({ constant }) => constant);
  write("core/objects/model/kinds.gen.ts", "Kinds and places of types, from protocol/types.mjs.", [
    ...numbered(places, "u32"),
    "/** How many kinds have a built-in type, and how many types have a fixed place. */",
    `export const KINDS: u32 = ${BUILT_IN.length};`,
    `export const PLACES: u32 = ${places.length};`,
  ]);
  const constants = (rows) =>
    numbered(
      rows.map(([constant]) => constant),
      "i32",
    );
  write("core/objects/model/operators.gen.ts", "Numbers of operators, from protocol/operators.mjs.", [
    ...constants(COMPARISONS),
    "",
    ...constants([...BINARY, ...NAMED_IN_ERRORS]),
    "",
    ...constants(UNARY),
  ]);
  write("core/objects/model/exceptions.gen.ts", "Numbers of Python's exceptions, from protocol/exceptions.mjs.", [
    ...numbered(
      EXCEPTIONS.map(([name]) => exceptionConstant(name)),
      "u32",
    ),
    `export const EXCEPTIONS: u32 = ${EXCEPTIONS.length};`,
  ]);
}

// ---- errors ----

/** Whether the parameters of a kind of placeholder are objects or numbers. */
const KINDS = {
  type: ["object"],
  text: ["object"],
  repr: ["object"],
  layout: ["object"],
  prefix: ["object"],
  element: ["object"],
  container: ["object"],
  number: ["number"],
  operator: ["number"],
  inPlace: ["number"],
  unary: ["number"],
  comparison: ["number"],
  use: ["number"],
  bytes: ["number", "number", "number"],
  characters: ["object", "number", "number"],
};

/** The errors of the catalogue, with their codes and parameters. Throws if the catalogue contradicts itself. */
function errors() {
  const numbers = new Map(EXCEPTIONS.map(([name], k) => [name, k]));
  return ERRORS.map(([name, exception, sentence, more = []], k) => {
    const number = numbers.get(exception);
    if (number === undefined) throw new Error(`${name}: there is no exception ${exception}`);
    const placeholders = [...sentence.matchAll(/\{([\w,]+:\w+)\}/g)].map(([, text]) => text);
    const parameters = new Map();
    for (const placeholder of [...placeholders, ...more]) {
      const [names, kind] = placeholder.split(":");
      if (!(kind in KINDS)) throw new Error(`${name}: there is no kind ${kind}`);
      names.split(",").forEach((parameter, k) => {
        const type = KINDS[kind][k];
        if ((parameters.get(parameter) ?? type) !== type)
          throw new Error(`${name}: ${parameter} is an object and a number`);
        parameters.set(parameter, type);
      });
    }
    for (const type of ["object", "number"]) {
      const count = [...parameters.values()].filter((other) => other === type).length;
      if (count > 3) throw new Error(`${name}: more than three of its parameters are ${type}s`);
    }
    return { name, exception, sentence, code: (number << 8) | (k + 1), parameters: [...parameters] };
  });
}

/** The name of an error's function: raiseNotIterable for NOT_ITERABLE. */
const raiserOf = (name) =>
  `raise${name
    .split("_")
    .map((word) => word[0] + word.slice(1).toLowerCase())
    .join("")}`;

/** The functions of errors that the core's sources name. Only these are made. */
function namedRaisers() {
  const sources = readdirSync("core", { recursive: true, encoding: "utf8" }).filter((path) =>
    /(?<!\.gen)\.ts$/.test(path),
  );
  return new Set(sources.flatMap((path) => readFileSync(`core/${path}`, "utf8").match(/\braise[A-Z]\w*/g) ?? []));
}

function raiser({ name, exception, sentence, parameters }) {
  const list = parameters.map(([parameter, type]) => `${parameter}: ${type === "object" ? "PyObject" : "i32"}`);
  const of = (type) => parameters.filter((entry) => entry[1] === type).map(([parameter]) => parameter);
  const [objects, numbers] = [of("object"), of("number")];
  const given = [`E_${name}`, ...objects];
  if (numbers.length > 0) given.push(...Array(3 - objects.length).fill("null"), ...numbers);
  return [
    `/** ${exception}: ${sentence} */`,
    `export function ${raiserOf(name)}(${list.join(", ")}): void {`,
    `  raiseError(${given.join(", ")});`,
    "}",
    "",
  ];
}

function writeErrors() {
  const all = errors();
  const head = "Errors, from protocol/errors.mjs";
  write("core/objects/model/errors.gen.ts", `${head}: the number of the exception << 8 | their own.`, [
    ...all.map(({ name, code }) => `export const E_${name}: u32 = ${code};`),
  ]);
  // Lack of memory, and the errors of C, are raised by other functions.
  const named = namedRaisers();
  const raised = all.filter(({ name }) => named.has(raiserOf(name)) && name !== "MEMORY" && name !== "RAISED");
  write("core/objects/model/raises.gen.ts", `${head}: the functions that raise them.`, [
    `import { ${raised.map(({ name }) => `E_${name}`).join(", ")} } from "./errors.gen";`,
    'import { raiseError } from "./raise";',
    'import { PyObject } from "./type";',
    "",
    ...raised.flatMap(raiser),
  ]);
  write(
    "src/core/errors.gen.ts",
    `${head}: what the host says of each.`,
    [
      "export interface ErrorDefinition {",
      "  readonly name: string;",
      "  readonly exception: PyExceptionName;",
      "  readonly sentence: string;",
      "  /** In the order in which the core has them: its objects, and its numbers. */",
      '  readonly parameters: readonly (readonly [name: string, type: "object" | "number"])[];',
      "}",
      "",
      "export const ERRORS: ReadonlyMap<number, ErrorDefinition> = new Map<number, ErrorDefinition>([",
      ...all.map(({ code, ...definition }) => `  [${code}, ${JSON.stringify(definition)}],`),
      "]);",
    ].toSpliced(0, 0, 'import type { PyExceptionName } from "./catalogue.gen.js";', ""),
  );
}

/** The union type of some texts. */
const union = (name, texts) => `export type ${name} = ${texts.map((text) => JSON.stringify(text)).join(" | ")};`;
const typed = (name, type, value) => `export const ${name}: ${type} = ${JSON.stringify(value)};`;
const literal = (name, value) => `export const ${name} = ${JSON.stringify(value)} as const;`;

function writeCatalogue() {
  const tableOfObjects = [...BUILT_IN, USER].flatMap(({ functions }) => functions);
  for (const [, name] of [...OBJECTS, ...SLOTS]) tableOfObjects.push(name);
  const places = [...BUILT_IN, USER, ...OWN];
  const fixed = places.flatMap(({ name, variable }, place) => (name === undefined ? [] : [{ place, name, variable }]));
  const signs = (rows) => rows.map(([, sign]) => sign);
  write("src/core/catalogue.gen.ts", "Lists that the host shares with the core, from protocol/*.mjs.", [
    "/** Functions that are in the table, in order: of the allocators, and after them of the objects. */",
    literal(
      "ALLOCATOR_TABLE",
      ALLOCATORS.flatMap(([, functions]) => functions),
    ),
    literal("OBJECT_TABLE", tableOfObjects),
    "/** Domains by number: those that blocks are allocated from, and with what the heap needs for itself. */",
    literal(
      "BLOCK_DOMAINS",
      DOMAINS.map(([, name]) => name),
    ),
    literal(
      "ALL_DOMAINS",
      [...DOMAINS, INTERNAL].map(([, name]) => name),
    ),
    "/** What Python calls the built-in types, by kind. */",
    literal(
      "TYPE_NAMES",
      BUILT_IN.map(({ name }) => name),
    ),
    "/** Types that are at fixed places, and the variables that C knows them by. */",
    literal("FIXED_TYPES", fixed),
    "/** Signs of operators, by number. */",
    union("Comparison", signs(COMPARISONS)),
    typed("COMPARISON_SIGNS", "readonly Comparison[]", signs(COMPARISONS)),
    union("BinaryOperator", signs(BINARY)),
    typed("BINARY_SIGNS", "readonly BinaryOperator[]", signs(BINARY)),
    union("UnaryOperator", signs(UNARY)),
    typed("UNARY_SIGNS", "readonly UnaryOperator[]", signs(UNARY)),
    "/** What errors call binary and unary operators, by number. */",
    typed(
      "OPERATOR_NAMES",
      "readonly string[]",
      [...BINARY, ...NAMED_IN_ERRORS].map(([, sign, name = sign]) => name),
    ),
    typed(
      "IN_PLACE_NAMES",
      "readonly string[]",
      [...BINARY, ...NAMED_IN_ERRORS].map(([, sign]) => `${sign}=`),
    ),
    typed(
      "UNARY_NAMES",
      "readonly string[]",
      UNARY.map(([, sign, name = sign]) => name),
    ),
    "/** Python's exceptions by number, each with the one that it is derived from. */",
    union(
      "PyExceptionName",
      EXCEPTIONS.map(([name]) => name),
    ),
    typed("EXCEPTION_TYPES", 'readonly (readonly [PyExceptionName, PyExceptionName | ""])[]', EXCEPTIONS),
    "/** Other names of exceptions. */",
    typed("EXCEPTION_ALIASES", "Readonly<Record<string, PyExceptionName>>", ALIASES),
    "/** What a function in C is called as, by number: slots of types, and others. Numbers below are a method's flags. */",
    typed("FUNCTION_USES", "Readonly<Record<number, string>>", useNames().uses),
    typed("METHOD_FLAGS", "readonly (readonly [name: string, flag: number])[]", useNames().flags),
  ]);
}

/** The functions that the headers of the C library declare. A heap does not have all of them. */
function writeLibraryNames() {
  const headers = ["libc/include", "libc/host", "libc/host/sys", "libc/host/arpa"].flatMap((folder) =>
    readdirSync(folder)
      .filter((file) => file.endsWith(".h"))
      .map((file) => `${folder}/${file}`),
  );
  const names = headers.flatMap((path) =>
    readFileSync(path, "utf8")
      .replace(/^#.*(?:\\\n.*)*|\/\*[\s\S]*?\*\/|\{[^{}]*\}/gm, "")
      .split(";")
      .filter((part) => !/\b(?:typedef|static)\b/.test(part))
      .flatMap((part) => /\b(\w+)\((?:[^()]|\([^()]*\))*\)\s*(?:__attribute__.*)?$/.exec(part.trim())?.slice(1) ?? []),
  );
  write("src/hosts/c/library-names.gen.ts", "The functions of the C library that headers declare, from libc/.", [
    typed("LIBRARY_NAMES", "readonly string[]", [...new Set(names)].sort()),
  ]);
}

/** Writes the files that the core's compiler needs, and the host's files from the same lists. */
export function writeLists() {
  writeCoreTable();
  writeObjectTable();
  writeCoreLists();
  writeLibraryNames();
  write(
    "core/objects/model/slots.gen.ts",
    "Slots of types, from include/object.h and include/typeslots.h.",
    slotLines(),
  );
  write(
    "core/objects/model/uses.gen.ts",
    "The ways in which the core calls functions in C, and the parameters for each, from include/*.h.",
    useLines(),
  );
  writeErrors();
  writeCatalogue();
}

// ---- from the compiled core ----

const readDescription = (folder, name) => JSON.parse(readFileSync(`${folder}${name}.json`, "utf8"));

/** The JavaScript type for a type of the core. */
function hostType(type) {
  if (type === "void") return "void";
  return type === "i64" || type === "u64" ? "bigint" : "number";
}

function signature({ parameters, result }) {
  const list = parameters.map(({ name, type }) => `${name}: ${hostType(type)}`).join(", ");
  return `(${list}) => ${hostType(result)}`;
}

function members(functions) {
  const lines = [];
  for (const f of functions) {
    lines.push(`  /** ${f.comment ? `${f.comment} ` : ""}[${f.from.replace(/\/[^/]*$/, "")}] */`);
    lines.push(`  readonly ${f.name}: ${signature(f)};`);
  }
  return lines;
}

function describeInterface(name, comment, functions, base = "") {
  return [`/** ${comment} */`, `export interface ${name}${base} {`, ...members(functions), "}", ""];
}

/** A module's exports, by entry. Throws if a name is exported twice. */
function exportsOf(description) {
  const known = new Set();
  return new Map(
    description.entries.map(({ path, functions, globals }) => {
      for (const { name } of functions) {
        if (known.has(name)) throw new Error(`${name} is exported twice`);
        known.add(name);
      }
      if (globals.length > 0)
        throw new Error(
          `${path} exports ${globals[0].name}, which is a constant: it belongs in core/exports/constants.ts`,
        );
      return [path.replace("core/exports/", ""), functions];
    }),
  );
}

function writeFunctions(folder) {
  const [core, whole, threads] = ["core", "whole", "threads"].map((name) => readDescription(folder, name));
  const entries = exportsOf(whole);
  exportsOf(core);
  const own = new Set(core.imports.map(({ name }) => name));
  const names = (functions) => JSON.stringify(functions.map(({ name }) => name));
  const alloc = entries.get("alloc");
  const known = new Set(alloc.map(({ name }) => name));
  const ofThreads = exportsOf(threads).get("threads");
  const shared = (functions, others) => functions.filter(({ name }) => others.has(name)).map(({ name }) => `"${name}"`);
  const isApi = ({ name }) => /^Py/.test(name);
  const ofObjects = whole.imports.filter(({ name }) => !own.has(name));
  write(
    "src/core/functions.gen.ts",
    "The functions of the core's modules, and those that they import, from core/exports/*.ts.",
    [
      ...describeInterface("MemoryApi", "The memory functions of the Python/C API.", alloc.filter(isApi)),
      ...describeInterface(
        "CoreFunctions",
        "What both modules export.",
        alloc.filter((f) => !isApi(f)),
        " extends MemoryApi",
      ),
      ...describeInterface("TableFunctions", "What the object layer has in the table.", entries.get("table")),
      ...describeInterface("ObjectFunctions", "What the host calls of the objects.", entries.get("host")),
      ...describeInterface("ObjectApi", "The Python/C API of objects.", entries.get("capi")),
      "/** What the module with the objects exports. */",
      "export interface WholeFunctions extends CoreFunctions, TableFunctions, ObjectFunctions, ObjectApi {}",
      "",
      ...describeInterface("CoreImports", "What both modules call.", core.imports),
      ...describeInterface(
        "WholeImports",
        "What the module with the objects calls.",
        ofObjects,
        " extends CoreImports",
      ),
      ...describeInterface(
        "ThreadFunctions",
        "What the module for threads exports.",
        ofThreads.filter(({ name }) => !known.has(name)),
        ` extends Pick<CoreFunctions, ${shared(ofThreads, known).join(" | ")}>`,
      ),
      ...describeInterface(
        "ThreadImports",
        "What the module for threads calls.",
        threads.imports.filter(({ name }) => !own.has(name)),
        ` extends Pick<CoreImports, ${shared(threads.imports, own).join(" | ")}>`,
      ),
      `export const MEMORY_API = ${names(alloc.filter(isApi))} as const satisfies readonly (keyof MemoryApi)[];`,
      `export const CORE_IMPORTS = ${names(core.imports)} as const satisfies readonly (keyof CoreImports)[];`,
      `export const THREAD_IMPORTS = ${names(threads.imports)} as const satisfies readonly (keyof ThreadImports)[];`,
      `export const WHOLE_IMPORTS = ${names(ofObjects)} as const satisfies readonly (keyof WholeImports)[];`,
    ],
  );
}

/** The constants of each entry, with their values, from a module that exports only constants. */
async function readConstants(folder) {
  const { entries } = readDescription(folder, "constants");
  const module = await WebAssembly.compile(readFileSync(`${folder}constants.wasm`));
  const memory = new WebAssembly.Memory({ initial: 1 });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const host = Object.fromEntries(
    WebAssembly.Module.imports(module)
      .filter(({ module }) => module === "host")
      .map(({ name, kind }) => [name, kind === "function" ? () => 0 : 0]),
  );
  const { exports } = await WebAssembly.instantiate(module, { env: { memory, table }, host });
  const valued = ({ globals }) =>
    globals.map((global) => {
      const { value } = exports[global.name];
      return { ...global, value: global.type.startsWith("u") ? value >>> 0 : value };
    });
  return new Map(entries.map((entry) => [entry.path.replace("core/exports/", ""), valued(entry)]));
}

async function writeConstants(folder) {
  const constants = await readConstants(folder);
  const lines = constants
    .get("constants")
    .flatMap(({ name, from, comment, value }) => [
      `/** ${comment ? `${comment} ` : ""}[${from.replace(/\/[^/]*$/, "")}] */`,
      `export const ${name} = ${value};`,
    ]);
  write(
    "src/core/constants.gen.ts",
    "Numbers that the core and its host both know, from core/exports/constants.ts.",
    lines,
  );
  const ofC = Object.fromEntries(constants.get("c-constants").map(({ name, value }) => [name, value]));
  writeFileSync("build/c-constants.json", JSON.stringify(ofC, null, 1));
}

/** Writes the host's files about the modules that were compiled into a folder, from the compiler's descriptions. */
export async function writeInterfaces(folder) {
  writeFunctions(folder);
  await writeConstants(folder);
}
