// One module in C, compiled for CPython and for a heap (test/c/both/): each call must give the same on both, in value, type and words.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { compileC } from "../../src/hosts/c/compile.js";
import { Heap, type PyExtensionObject, type PyExtensionType } from "../../src/index.js";
import { canCompile, ROOT } from "../needs.js";
import { startPython } from "../python/start.js";
import { edgesOf, nodesById, typeName } from "../python/versions/objects.js";
import { build, cache } from "./build.js";

const FOLDER = join(ROOT, "test/c/both");
const FLAGS = [`-I${FOLDER}`, "-Wno-unused-function"];

/** What differs, and is in docs/c-api.md: the same text in its place. */
function alike(line: string): string {
  return line
    .replace(/Objects\/\w+\.c:\d+: /, "")
    .replace(/cannot fit '[\w.]+' into/, "cannot fit 'int' into")
    .replace("object is not iterable", "cannot convert dictionary update sequence element #0 to a sequence");
}

describe.runIf(canCompile)("one source on CPython and on a heap", () => {
  let pyodide: Awaited<ReturnType<typeof startPython>>["pyodide"];
  beforeAll(async () => {
    ({ pyodide } = await startPython());
  });

  /** What the module's function show() tells on CPython. */
  async function onCPython(name: string): Promise<string[]> {
    const file = `${name}.cpython-314-wasm32-emscripten.so`;
    const output = join(ROOT, "build/c", file);
    await compileC({ sources: [join(FOLDER, `${name}.c`)], output, target: "cpython", flags: FLAGS, cache });
    pyodide.FS.writeFile(`/lib/python3.14/site-packages/${file}`, readFileSync(output));
    return pyodide.runPython(`import ${name}; ${name}.show()`).toJs();
  }

  it.each([
    ["derived", 3000],
    ["managed", 60],
    ["dates", 5000],
  ])("%s gives the same", async (name, least) => {
    const right = await onCPython(name);
    expect(right.length).toBeGreaterThan(least);
    const wasm = await build(name, readFileSync(join(FOLDER, `${name}.c`), "utf8"), FLAGS);
    for (const allocator of ["default", "debug"] as const) {
      const heap = await Heap.create({ allocator });
      // With these keys, the table of interned strings keeps its size.
      heap.from(Object.fromEntries(Array.from({ length: 1000 }, (_, k) => [`key ${k}`, k])));
      const loaded = await heap.load(wasm);
      const ours = heap.scope(() => heap.toJS(loaded.module.callMethod("show"))) as string[];
      heap.check();
      heap.compact();
      heap.check();
      const differing = ours.flatMap((line, k) => (alike(line) === alike(right[k] ?? "") ? [] : [[right[k], line]]));
      expect(differing).toEqual([]);
      expect(ours.length).toBe(right.length);
      expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
      heap.check();
    }
  });

  it("shows what an instance refers to in a snapshot, and counts its parts with it", async () => {
    const heap = await Heap.create();
    const wasm = await build("derived", readFileSync(join(FOLDER, "derived.c"), "utf8"), FLAGS);
    const { module } = await heap.load(wasm);
    heap.scope(() => {
      const make = (type: string, value: unknown) =>
        (module.getAttr(type) as PyExtensionType).call(value) as PyExtensionObject;
      const basket = make("Basket", heap.list(["first", "second"]));
      basket.setAttr("other", heap.tuple([1]));
      const settings = make("Settings", heap.dict([["key", basket]]));
      const text = make("PlainStr", "\u20ac".repeat(500));
      expect([basket.length, String(basket.getItem(1)), settings.length, text.length]).toEqual([2, "second", 1, 500]);
      const graph = heap.graph();
      expect(graph.sizes.reduce((sum, size) => sum + size, 0)).toBe(heap.stats().account.platform);
      const nodes = [...nodesById(graph).values()];
      const ofType = (type: string) => nodes.find((node) => typeName(graph, node) === type) as number;
      const names = (type: string) => edgesOf(graph, ofType(type)).map(({ name }) => String(name));
      expect(names("derived.Basket").sort()).toEqual(["[0]", "[1]", "__class__", "other"]);
      expect(names("derived.Settings").sort()).toEqual(["(key)", "['key']", "__class__"]);
      expect(graph.sizes[ofType("derived.PlainStr")]).toBeGreaterThan(1000);
    });
  });
});
