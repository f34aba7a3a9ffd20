// What the core and others both know. The modules are compared with the interfaces that scripts/protocol.mjs generates for the host, and
// nothing in these is unused. The host knows the core's errors and other numbers. The core's functions are named by rules. The headers of
// include/ have the core's numbers and layouts. A graph has the same kinds where it is made and where it is read.

import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it, test } from "vitest";
import { chunkOwnerOf, ownerOf } from "../src/alloc/owners.js";
import { itemOf } from "../src/alloc/stats.js";
import { ALLOCATOR_TABLE, OBJECT_TABLE } from "../src/core/catalogue.gen.js";
import * as constants from "../src/core/constants.gen.js";
import { ERRORS } from "../src/core/errors.gen.js";
import { CORE_IMPORTS, MEMORY_API, THREAD_IMPORTS, WHOLE_IMPORTS } from "../src/core/functions.gen.js";
import { OBJECT_API } from "../src/core/whole-core.js";
import { ProtocolError } from "../src/ground/errors.js";
import { wordsOf } from "../src/objects/bridge/messages.js";
import { Results } from "../src/objects/bridge/results.js";
import { EDGE, FLAG, NODE } from "../src/snapshot/graph.js";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(new URL(`build/${name}.wasm`, ROOT)));
const exportsOf = (name: string) => WebAssembly.Module.exports(moduleOf(name));

/** All files of a folder with these endings, as one text. Generated files and tests are left out. */
function textOf(folder: string, ending: RegExp): string {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => ending.test(path) && !/\.(gen|generated|test)\.ts$/.test(path))
    .map((path) => read(`${folder}/${path}`))
    .join("\n");
}

/** The members that each generated interface declares itself, by the interface's name. Inherited members are left out. */
function interfaces(): Map<string, string[]> {
  const found = new Map<string, string[]>();
  const text = read("src/core/functions.gen.ts");
  for (const [, name = "", body = ""] of text.matchAll(/interface (\w+)[^{\n]*\{\n([\s\S]*?)^\}/gm)) {
    const members = [...body.matchAll(/^ {2}readonly (\w+):/gm)];
    found.set(
      name,
      members.map(([, member = ""]) => member),
    );
  }
  return found;
}

const declared = interfaces();
const of = (...names: string[]) => names.flatMap((name) => declared.get(name) ?? []).sort();
const isApi = (name: string) => /^_?Py[A-Z]?[A-Za-z]*_/.test(name);
const src = textOf("src", /\.ts$/);
const tables: readonly string[] = [...ALLOCATOR_TABLE, ...OBJECT_TABLE];

describe("the modules and the generated interfaces", () => {
  it.each([
    ["core", ["MemoryApi", "CoreFunctions"]],
    ["whole", ["MemoryApi", "CoreFunctions", "TableFunctions", "ObjectFunctions", "ObjectApi"]],
  ])("%s.wasm exports what is declared, and nothing else", (module, names) => {
    const exported = exportsOf(module);
    expect(exported.filter(({ kind }) => kind !== "function")).toEqual([]);
    expect(exported.map(({ name }) => name).sort()).toEqual(of(...names));
  });

  it.each([
    ["core", CORE_IMPORTS, ["CoreImports"]],
    ["whole", [...CORE_IMPORTS, ...WHOLE_IMPORTS], ["CoreImports", "WholeImports"]],
  ])("%s.wasm imports what is declared, and nothing else", (module, given, names) => {
    const imported = WebAssembly.Module.imports(moduleOf(module)).filter(({ kind }) => kind === "function");
    expect(imported.map(({ name }) => name).sort()).toEqual(of(...names));
    expect([...given].sort()).toEqual(of(...names));
  });

  it("threads.wasm exports functions of core.wasm and those declared for threads, and imports what is declared", () => {
    const known = of("MemoryApi", "CoreFunctions");
    const exported = exportsOf("threads").map(({ name }) => name);
    expect(exported.filter((name) => !known.includes(name)).sort()).toEqual(of("ThreadFunctions"));
    const imported = WebAssembly.Module.imports(moduleOf("threads")).filter(({ kind }) => kind === "function");
    expect(imported.map(({ name }) => name).sort()).toEqual([...THREAD_IMPORTS].sort());
  });

  it("has names that say who knows a function: snake_case leaves the module, Py is CPython's, camelCase is the host's", () => {
    const odd = exportsOf("whole").filter(({ name }) => !isApi(name) && !/^[a-z]+\d*(_[a-z\d]+)+$/.test(name));
    expect(odd).toEqual([]);
    expect(of("CoreImports", "WholeImports").filter((name) => !/^[a-z]+([A-Z][a-z]+)*$/.test(name))).toEqual([]);
  });
});

describe("nothing is known that nobody uses", () => {
  const words = new Set(src.match(/\w+/g));

  it("each function for the host is named in src/, or stands in the table", () => {
    const unused = of("CoreFunctions", "ObjectFunctions", "ThreadFunctions").filter(
      (name) => !tables.includes(name) && !words.has(name),
    );
    expect(unused).toEqual([]);
  });

  it("each function for the table stands there, and what stands there is exported", () => {
    expect(of("TableFunctions").filter((name) => !tables.includes(name))).toEqual([]);
    const all = of("MemoryApi", "CoreFunctions", "TableFunctions", "ObjectApi");
    expect(tables.filter((name) => !all.includes(name))).toEqual([]);
  });

  it("each function of the Python/C API is named in the sources in C, or is in heap.imports", () => {
    const c = ["include", "capi", "libc"].map((folder) => textOf(folder, /\.(h|c|cpp)$/)).join("\n");
    const wordsOfC = new Set(c.match(/\w+/g));
    const known: readonly string[] = [...MEMORY_API, ...OBJECT_API];
    expect(of("MemoryApi", "ObjectApi").filter((name) => !wordsOfC.has(name) && !known.includes(name))).toEqual([]);
  });

  it("each number is read by the host", () => {
    const unused = Object.keys(constants).filter((name) => !new RegExp(`\\bC\\.${name}\\b`).test(src));
    expect(unused).toEqual([]);
  });
});

describe("the errors", () => {
  const core = new Map(
    readdirSync(new URL("core", ROOT), { recursive: true, encoding: "utf8" })
      .filter((path) => /(?<!\.gen)\.ts$/.test(path))
      .map((path) => [
        path,
        read(`core/${path}`)
          .replace(/^import [^;]*;/gm, "")
          .replace(/\/\/.*|\/\*[\s\S]*?\*\//g, ""),
      ]),
  );
  const byName = new Map([...ERRORS.values()].map((error) => [error.name, error]));
  const raiserOf = (name: string) =>
    `raise${name.toLowerCase().replace(/(?:^|_)(\w)/g, (_, c: string) => c.toUpperCase())}`;

  it("are all raised, and no others are", () => {
    const words = new Set([...core.values()].join("\n").match(/\w+/g));
    expect([...byName.keys()].filter((name) => !words.has(`E_${name}`) && !words.has(raiserOf(name)))).toEqual([]);
    const codes = [...words].filter((word) => /^E_[A-Z]/.test(word)).map((word) => word.slice(2));
    expect(codes.filter((name) => !byName.has(name))).toEqual([]);
  });

  it("have at most three parameters of a kind, and sentences that the host can make", () => {
    const show = {
      typeName: (o: number) => `type ${o}`,
      layoutName: (o: number) => `layout ${o}`,
      text: (o: number) => `text ${o}`,
      repr: (o: number) => `repr ${o}`,
    };
    for (const [code, { name, sentence, exception, parameters }] of ERRORS) {
      const record = { code, objects: [8, 16, 24], numbers: [1, 2, 3] };
      const words = wordsOf(record, show);
      expect(words.exception, name).toBe(exception);
      expect(words.message, name).not.toMatch(/[{}]|undefined/);
      if (parameters.some(([, type]) => type === "object")) {
        expect(() => wordsOf({ ...record, objects: [0, 0, 0] }, show), name).toThrow(ProtocolError);
      }
      expect(sentence, name).not.toBe("");
    }
  });

  it("that are not known throw, with their number", () => {
    const show = { typeName: String, layoutName: String, text: String, repr: String };
    const strange = () => wordsOf({ code: 0xffff, objects: [0, 0, 0], numbers: [0, 0, 0] }, show);
    expect(strange).toThrow(ProtocolError);
    expect(strange).toThrow("65535");
  });

  /** Functions that raise a given error, with the number of objects and of numbers that they add. */
  const RAISERS: Readonly<Record<string, readonly [objects: number, numbers: number]>> = {
    "objects/capi/api/construct.ts complain": [1, 0],
    "objects/capi/api/construct.ts isOneOf": [0, 0],
    // The caller adds the position.
    "objects/capi/api/dict.ts fastOf": [1, 1],
    "objects/capi/runtime/builtin.ts complain": [1, 1],
    "objects/operations/abstract.ts indexIn": [1, 0],
    complain: [1, 0],
    complainNumber: [1, 0],
    checked: [1, 0],
    failed: [0, 0],
    fastOf: [1, 0],
    hashAs: [2, 0],
    hostWarn: [0, 0],
    instance_index: [1, 0],
    list_index: [1, 0],
    narrow: [1, 2],
    raiseAboutRepr: [1, 1],
    raiseTypeAttribute: [2, 0],
    signed: [0, 0],
    unsigned: [0, 0],
  };

  /**
   * The innermost call that has the place `at` of a text in its arguments: the function and the arguments. undefined if the statement around
   * `at` has no such call.
   */
  function callAround(text: string, at: number): { name: string; args: string[] } | undefined {
    let start = at;
    for (let depth = 0; start >= 0; start--) {
      const c = text[start] ?? "";
      if (c === ")") depth++;
      else if (c === "(" && depth-- === 0) break;
      else if (/[;{}]/.test(c)) return undefined;
    }
    const name = /(\w+)$/.exec(text.slice(0, start))?.[1] ?? "";
    const args = [""];
    for (let k = start + 1, depth = 0; k < text.length; k++) {
      const c = text[k] ?? "";
      if (c === ")" && depth === 0) break;
      depth += c === "(" ? 1 : c === ")" ? -1 : 0;
      if (c === "," && depth === 0) args.push("");
      else args.push(`${args.pop()}${c}`);
    }
    return { name, args: args.map((arg) => arg.trim()) };
  }

  it("get all values that are in their sentences, also from functions whose parameter is the error", () => {
    const faults: string[] = [];
    let seen = 0;
    for (const [path, text] of core) {
      for (const { 0: word, index } of text.matchAll(/\bE_[A-Z_]+\b/g)) {
        if (/(?:[=!]=|[^=]=|case) *$/.test(text.slice(0, index))) continue;
        const call = callAround(text, index);
        if (!call || call.name === "setCode") continue;
        const { parameters } = byName.get(word.slice(2)) ?? { parameters: [] };
        const need = (type: string) => parameters.filter(([, other]) => other === type).length;
        const given = (from: number) => call.args.slice(from, from + 3).filter((arg) => arg !== "null").length;
        const has =
          call.name === "raiseError" ? [given(1), given(4)] : (RAISERS[`${path} ${call.name}`] ?? RAISERS[call.name]);
        seen++;
        if (!has) faults.push(`${path}: what does ${call.name} do with ${word}?`);
        else if (need("object") > (has[0] ?? 0) || need("number") > (has[1] ?? 0)) {
          faults.push(`${path}: ${call.name} gives ${word} ${has}, which needs ${parameters.join()}`);
        }
      }
    }
    expect(faults).toEqual([]);
    expect(seen).toBeGreaterThan(60);
  });
});

describe("other numbers that are not known", () => {
  it("throw an error that names their kind: domains, parts of the heap, results", () => {
    const says = (what: string, number: number) => `the core reported ${what} number ${number}, which is not known`;
    expect(() => ownerOf(4)).toThrow(says("a domain", 4));
    expect(() => chunkOwnerOf(5)).toThrow(says("a domain", 5));
    expect(() => itemOf(99, 0, 0, 0, 0)).toThrow(says("a part of the heap", 99));
    expect(() => itemOf(constants.VISIT_BLOCK, 0, 0, constants.RAW, 1)).toThrow(says("a pool's domain", constants.RAW));
    const reader = { bytes: new Uint8Array(), word: () => 77 };
    const results = new Results({} as never, reader as never, {} as never, 0, () => expect.fail());
    expect(() => results.special()).toThrow(says("a result", 77));
  });
});

describe("the names of the core's functions", () => {
  /** What an operation's name can begin with: types, structures and parts of the core. */
  const SUBJECTS = [
    ...[
      "base",
      "raw",
      "hosted",
      "evacuation",
      "debug",
      "watched",
      "tally",
      "sums",
      "rows",
      "store",
      "nodes",
      "edges",
      "buffers",
      "pools",
      "blocks",
      "texts",
      "draft",
      "refs",
      "values",
      "reach",
      "loose",
      "reader",
      "gc",
      "claims",
      "objects",
      "types",
      "type",
      "nest",
      "native",
      "domain",
    ],
    ...[
      "int",
      "float",
      "str",
      "utf8",
      "bytes",
      "tuple",
      "list",
      "dict",
      "keys",
      "shapes",
      "set",
      "instance",
      "derived",
      "weak",
      "ref",
    ],
    ...["function", "builtin", "descriptor", "module", "exception"],
  ];
  const declarations = textOf("core", /\.ts$/).matchAll(/^(?:export )?function (\w+)/gm);
  const names = [...declarations].map(([, name = ""]) => name).filter((name) => !/^_?Py/.test(name));
  const library = exportsOf("libpyheap").map(({ name }) => name);
  const leaving = new Set([...of(...declared.keys()), ...tables, ...library]);

  it("are in snake_case only if they leave the module, or are an operation on what their first word names", () => {
    const isOperation = (name: string) => SUBJECTS.includes(name.slice(0, name.indexOf("_")));
    const snakes = names.filter((name) => name.includes("_") && !leaving.has(name));
    expect(snakes.length).toBeGreaterThan(200);
    expect(snakes.filter((name) => !isOperation(name))).toEqual([]);
  });

  it("never have both an underscore and a capital, and those that leave the module have no capital", () => {
    expect(names.filter((name) => name.includes("_") && /[A-Z]/.test(name))).toEqual([]);
    const exported = exportsOf("whole").map(({ name }) => name);
    expect(exported.filter((name) => !/^_?Py/.test(name) && /[A-Z]/.test(name))).toEqual([]);
  });
});

describe("the headers of include/", () => {
  const headers = textOf("include", /\.h$/);
  const defines = new Map<string, string>();
  for (const [, name = "", value = ""] of headers.matchAll(/^#define (\w+) +(.+)$/gm)) defines.set(name, value);

  /** The value of a number as C writes it. */
  function numberOf(name: string): number {
    const text = (defines.get(name) ?? "").replace(/\((?:Py_ssize_t|size_t)\)/g, "").replace(/[()]|(?<=\d)UL\b/g, "");
    const [number, shift = "0"] = text.split("<<").map((part) => part.trim());
    return Number(number) * 2 ** Number(shift);
  }

  it("have the core's numbers", () => {
    const known = JSON.parse(read("build/c-constants.json")) as Record<string, number>;
    expect(Object.keys(known).length).toBeGreaterThan(40);
    expect(Object.fromEntries(Object.keys(known).map((name) => [name, numberOf(name)]))).toEqual(known);
  });

  it("have another PYHEAP_ABI_VERSION if a struct has another layout", () => {
    const code = headers.replace(/\/\*[\s\S]*?\*\//g, "").replace(/\s+/g, " ");
    const structs = [...code.matchAll(/struct \w* ?\{[^}]*\}[^;]*;/g)].map(([text]) => text);
    expect(structs.length).toBeGreaterThan(20);
    const made = createHash("sha256").update(structs.sort().join("\n")).digest("hex").slice(0, 16);
    // After a change, raise PYHEAP_ABI_VERSION and ABI_VERSION: modules that were compiled before would overwrite memory.
    expect([defines.get("PYHEAP_ABI_VERSION"), made]).toEqual(["3", "68ac5afc4f4913fa"]);
  });

  it("have the fields of a type object where the core has them", () => {
    const [, body = ""] = /class PyType extends PyVarObject \{([^}]*)\}/.exec(read("core/objects/model/type.ts")) ?? [];
    const fields = [...body.matchAll(/^ {2}(\w+): [^;]*;/gm)].map(([, name = ""]) => name);
    const places = new Map(
      [...read("core/objects/model/slots.gen.ts").matchAll(/const (TP_\w+): u32 = (\d+);/g)].map(([, name = "", k]) => [
        name.toLowerCase(),
        Number(k),
      ]),
    );
    // A PyVarObject has three words; every field after it has one.
    const compared = fields.map((name, k) => [name, k + 3] as const).filter(([name]) => name.startsWith("tp_"));
    expect(compared.length).toBeGreaterThan(30);
    expect(compared.filter(([name, word]) => places.get(name) !== word)).toEqual([]);
  });
});

test("kinds of nodes and references, and flags, are the same where a graph is made and where it is read", () => {
  const named = { NODE, EDGE, FLAG } as Readonly<Record<string, Readonly<Record<string, number>>>>;
  const found = [...read("core/graph/kinds.ts").matchAll(/^export const ([A-Z]+)_([A-Z]+): u32 = (\d+);$/gm)];
  expect(found.length).toBeGreaterThan(9);
  for (const [line, group = "", name = "", value] of found) {
    expect(named[group]?.[name.toLowerCase()], line).toBe(Number(value));
  }
});
