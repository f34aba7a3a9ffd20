// One module in C, compiled for CPython and for a heap: what its function show() tells on each, and where that differs.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compileC } from "../../src/hosts/c/compile.js";
import { Heap, type HeapOptions } from "../../src/index.js";
import { ROOT } from "../needs.js";
import type { startPython } from "../python/start.js";
import { build, cache } from "./build.js";

type Pyodide = Awaited<ReturnType<typeof startPython>>["pyodide"];

export const FOLDER = join(ROOT, "test/c/both");
export const FLAGS = [`-I${FOLDER}`, "-Wno-unused-function"];

/** The lines of a module on CPython. */
export async function onCPython(pyodide: Pyodide, name: string): Promise<string[]> {
  const file = `${name}.cpython-314-wasm32-emscripten.so`;
  const output = join(ROOT, "build/c", file);
  await compileC({ sources: [join(FOLDER, `${name}.c`)], output, target: "cpython", flags: FLAGS, cache });
  pyodide.FS.writeFile(`/lib/python3.14/site-packages/${file}`, readFileSync(output));
  return pyodide.runPython(`import ${name}; ${name}.show()`).toJs();
}

/** The lines of a module on a heap, which must be valid afterwards, also compacted; and what is left when it is unloaded. */
export async function onHeap(
  name: string,
  options: HeapOptions,
): Promise<{ lines: string[]; blocks: number; objects: number }> {
  const wasm = await build(name, readFileSync(join(FOLDER, `${name}.c`), "utf8"), FLAGS);
  const heap = await Heap.create(options);
  // With these keys, the table of interned strings keeps its size.
  heap.from(Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`key ${k}`, k])));
  const loaded = await heap.load(wasm);
  const lines = heap.scope(() => heap.toJS(loaded.module.callMethod("show"))) as string[];
  heap.check();
  heap.compact();
  heap.check();
  const { blocks, objects } = loaded.unload();
  heap.check();
  return { lines, blocks, objects };
}

/** The modules that call the functions of the API with every combination of arguments. */
export const CALLS = readdirSync(FOLDER)
  .filter((file) => /^calls_\w+\.c$/.test(file))
  .map((file) => file.replace(/\.c$/, ""));

/** The functions that docs/c-api.md lists. */
export function listedFunctions(): string[] {
  const text = readFileSync(join(ROOT, "docs/c-api.md"), "utf8");
  const rows = text.matchAll(/^\| [^|\n]*`[\w.]+\.h`[^|\n]*\| ([^|\n]*)\|/gm);
  const names = [...rows].flatMap(([, functions]) => functions?.match(/\b_?Py\w+/g) ?? []);
  return [...new Set(names)];
}

/** Those of them that the modules in CALLS call. */
export function calledFunctions(): string[] {
  const sources = CALLS.map((name) => readFileSync(join(FOLDER, `${name}.c`), "utf8")).join("\n");
  const called = new Set(sources.match(/\b_?Py\w+/g));
  return listedFunctions().filter((name) => called.has(name));
}

/** Whether a line is about a call of the API, not about a number that a call left. */
export const isCall = (line: string) => /\b_?Py\w+\(/.test(line);

/** What has no meaning for a comparison, addresses above all: the same text in its place. */
export function alike(line: string): string {
  return line
    .replace(/Objects\/\w+\.c:\d+: /, "")
    .replace(/cannot fit '[\w.]+' into/, "cannot fit 'int' into")
    .replace(/0x[0-9a-f]+/g, "0x");
}

/** The lines that differ: CPython's, and a heap's. */
export function differing(right: readonly string[], ours: readonly string[]): [string, string][] {
  return ours.flatMap((line, k): [string, string][] =>
    alike(line) === alike(right[k] ?? "") ? [] : [[right[k] ?? "", line]],
  );
}
