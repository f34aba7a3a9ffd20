// What the core and its host both know: the modules against the interfaces that were generated for the host, both ways; and nothing that
// nobody uses. scripts/protocol.mjs makes the interfaces.

import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ALLOCATOR_TABLE, OBJECT_TABLE } from "../src/core/catalogue.gen.js";
import * as constants from "../src/core/constants.gen.js";
import { CORE_IMPORTS, MEMORY_API, WHOLE_IMPORTS } from "../src/core/functions.gen.js";
import { OBJECT_API } from "../src/objects/module.js";

const ROOT = new URL("../", import.meta.url);
const read = (path: string) => readFileSync(new URL(path, ROOT), "utf8");
const moduleOf = (name: string) => new WebAssembly.Module(readFileSync(new URL(`build/${name}.wasm`, ROOT)));
const exportsOf = (name: string) => WebAssembly.Module.exports(moduleOf(name));

/** All files of a folder with these endings, as one text; generated ones are left out. */
function textOf(folder: string, ending: RegExp): string {
  return readdirSync(new URL(folder, ROOT), { recursive: true, encoding: "utf8" })
    .filter((path) => ending.test(path) && !/\.(gen|generated|test)\.ts$/.test(path))
    .map((path) => read(`${folder}/${path}`))
    .join("\n");
}

/** The names that each generated interface declares itself. */
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

  it("has names that say who knows a function: snake_case leaves the module, Py is CPython's, camelCase is the host's", () => {
    const odd = exportsOf("whole").filter(({ name }) => !isApi(name) && !/^[a-z]+\d*(_[a-z\d]+)+$/.test(name));
    expect(odd).toEqual([]);
    expect(of("CoreImports", "WholeImports").filter((name) => !/^[a-z]+([A-Z][a-z]+)*$/.test(name))).toEqual([]);
  });
});

describe("nothing is known that nobody uses", () => {
  const words = new Set(src.match(/\w+/g));

  it("each function for the host is called there, or stands in the table", () => {
    const unused = of("CoreFunctions", "ObjectFunctions").filter((name) => !tables.includes(name) && !words.has(name));
    expect(unused).toEqual([]);
  });

  it("each function for the table stands there, and what stands there is exported", () => {
    expect(of("TableFunctions").filter((name) => !tables.includes(name))).toEqual([]);
    const all = of("MemoryApi", "CoreFunctions", "TableFunctions", "ObjectApi");
    expect(tables.filter((name) => !all.includes(name))).toEqual([]);
  });

  it("each function of the Python/C API is declared for C", () => {
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

  it("number the slots of types as the core does", () => {
    const places = read("core/objects/capi/runtime/slot-places.ts");
    const slots = [...places.matchAll(/case (\d+):\n\s+return .*?; \/\/ (\w+)/g)];
    expect(slots.length).toBeGreaterThan(70);
    const wrong = slots.filter(([, number, name]) => defines.get(`Py_${name}`) !== number);
    expect(wrong.map(([, number, name]) => `${name} ${number}`)).toEqual([]);
  });
});
