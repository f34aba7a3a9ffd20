// One module in C, compiled for CPython and for a heap (test/c/both/): each call must give the same on both, in value, type and words.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { Heap, type PyExtensionObject, type PyExtensionType } from "../../src/index.js";
import { canCompile } from "../needs.js";
import { startPython } from "../python/start.js";
import { edgesOf, nodesById, typeName } from "../python/versions/objects.js";
import { differing, FLAGS, FOLDER, onCPython, onHeap } from "./both-ways.js";
import { build } from "./build.js";

describe.runIf(canCompile)("one source on CPython and on a heap", () => {
  let pyodide: Awaited<ReturnType<typeof startPython>>["pyodide"];
  beforeAll(async () => {
    ({ pyodide } = await startPython());
  });

  it.each([
    ["derived", 3000],
    ["managed", 200],
    ["dates", 9000],
  ])("%s gives the same", async (name, least) => {
    const right = await onCPython(pyodide, name);
    expect(right.length).toBeGreaterThan(least);
    for (const allocator of ["default", "debug"] as const) {
      const { lines, blocks, objects } = await onHeap(name, { allocator });
      expect(differing(right, lines)).toEqual([]);
      expect(lines.length).toBe(right.length);
      expect({ blocks, objects }).toEqual({ blocks: 0, objects: 0 });
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
