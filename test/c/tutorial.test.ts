// The four stages of the manual's tutorial on extension types, newly written: each as a static type and as a type from
// a PyType_Spec.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Heap, type HeapOptions, MemoryError, type PyExtensionObject, type PyExtensionType } from "../../src/index.js";
import { Failures } from "../failures.js";
import { canCompile, ROOT } from "../needs.js";
import { build } from "./build.js";

const FOLDER = `${ROOT}test/c/tutorial`;

async function load(stage: number, flags: readonly string[], options: HeapOptions = { allocator: "debug" }) {
  const text = readFileSync(`${FOLDER}/custom${stage}.c`, "utf8");
  const path = await build("custom", text, [...flags, "-I", FOLDER]);
  const heap = await Heap.create(options);
  const loaded = await heap.load(path);
  const Custom = loaded.module.getAttr("Custom") as PyExtensionType;
  const make = (...args: unknown[]) => Custom.call(...args) as PyExtensionObject;
  const live = () => Custom.stats.live;
  /** Checks that everything is released, that the heap is valid, and that the module freed all its blocks. */
  const finish = () => {
    expect(live()).toBe(0);
    Custom.release();
    heap.check();
    expect(loaded.unload()).toMatchObject({ blocks: 0, bytes: 0, objects: 0 });
    heap.check();
  };
  return { heap, loaded, module: loaded.module, Custom, make, live, finish };
}

describe.runIf(canCompile).each([
  ["static", []],
  ["made of a table", ["-DFROM_SPEC"]],
] as const)("a type, %s,", (kind, flags) => {
  it("of the first stage: instances that have nothing", async () => {
    const { heap, module, Custom, make, live, finish } = await load(1, flags);
    heap.scope(() => {
      expect(Custom.name).toBe("Custom");
      expect(Custom.getAttr("__doc__")).toBe("Custom objects");
      expect(module.getAttr("__doc__")).toBe("A module with a type that has no fields.");
      const custom = make();
      expect(String(custom)).toMatch(/^<custom\.Custom object at 0x[0-9a-f]{8}>$/);
      expect(custom.sizeof).toBe(8);
      expect((custom.getAttr("__class__") as PyExtensionType).is(Custom)).toBe(true);
      const other = make();
      const same = [custom.equals(other), custom.equals(custom), custom.hash() === other.hash()];
      expect(same).toEqual([false, true, false]);
      expect(live()).toBe(2);
      expect(() => custom.setAttr("x", 1)).toThrow("'custom.Custom' object has no attribute 'x'");
    });
    finish();
  });

  it("of the second stage: fields that take anything, a constructor, a method", async () => {
    const { heap, Custom, make, finish } = await load(2, flags);
    heap.scope(() => {
      const custom = make("Ada", "Lovelace", 3);
      expect(custom.getAttr("first")).toBe("Ada");
      expect(custom.getAttr("number")).toBe(3);
      expect(custom.callMethod("name")).toBe("Ada Lovelace");
      custom.setAttr("first", heap.list([1])).setAttr("number", -7);
      expect(custom.callMethod("name")).toBe("[1] Lovelace");
      expect(custom.getAttr("number")).toBe(-7);
      expect(() => custom.setAttr("number", "x")).toThrow(/int/);
      expect(() => custom.setAttr("number", 2 ** 40)).toThrow(/too large/);
      custom.delAttr("first");
      expect(() => custom.getAttr("first")).toThrow("'custom.Custom' object has no attribute 'first'");
      expect(() => custom.callMethod("name")).toThrow(expect.objectContaining({ name: "AttributeError" }));
      expect(() => custom.delAttr("first")).toThrow(expect.objectContaining({ name: "AttributeError" }));
      const named = Custom.callWith([], { last: "Hopper", number: 5 }) as PyExtensionObject;
      expect([named.getAttr("first"), named.getAttr("last"), named.getAttr("number")]).toEqual(["", "Hopper", 5]);
      expect(() => Custom.callWith([], { middle: "x" })).toThrow(expect.objectContaining({ name: "TypeError" }));
      expect(() => make("a", "b", "c")).toThrow(expect.objectContaining({ name: "TypeError" }));
    });
    finish();
  });

  it("of the third stage: setters that say what may be stored", async () => {
    const { heap, make, finish } = await load(3, flags);
    heap.scope(() => {
      const custom = make("Ada", "Lovelace");
      custom.setAttr("first", "Augusta");
      expect(custom.callMethod("name")).toBe("Augusta Lovelace");
      expect(() => custom.setAttr("first", 1)).toThrow("The first attribute value must be a string");
      expect(() => custom.delAttr("last")).toThrow("Cannot delete the last attribute");
      expect(() => make(1)).toThrow(expect.objectContaining({ name: "TypeError" }));
      expect(custom.callMethod("name")).toBe("Augusta Lovelace");
    });
    finish();
  });

  it("of the fourth stage: cycles that the collector finds", async () => {
    const { heap, make, live, finish } = await load(4, flags);
    heap.scope(() => {
      const custom = make("Ada", "Lovelace");
      expect(custom.isTracked).toBe(true);
      expect(custom.sizeof).toBe(28);
      custom.setAttr("first", custom);
      const other = make();
      const list = heap.list([other]);
      other.setAttr("last", list);
      expect(heap.gc.collect()).toBe(0);
      expect(heap.gc.getReferrers(list).length).toBe(1);
    });
    expect(live()).toBe(2);
    expect(heap.gc.collect()).toBe(3);
    expect(live()).toBe(0);
    finish();
  });

  it("stays where it is, and so do its instances and what they hold, when the heap is compacted", async () => {
    const { heap, make, Custom, finish } = await load(4, flags, {});
    heap.scope(() => {
      const others = Array.from({ length: 3000 }, (_, k) => heap.list([k, `text ${k}`]));
      const names = Array.from({ length: 40 }, (_, k) => make(`first ${k}`, `last ${k}`));
      const before = [Custom, ...names].map((object) => heap.addressOf(object));
      for (const [k, other] of others.entries()) if (k % 10 !== 0) other.release();
      heap.compact();
      heap.check();
      expect([Custom, ...names].map((object) => heap.addressOf(object))).toEqual(before);
      for (const [k, custom] of names.entries()) expect(custom.callMethod("name")).toBe(`first ${k} last ${k}`);
      for (const [k, other] of others.entries()) if (k % 10 === 0) expect(other.at(0)).toBe(k);
    });
    finish();
  });

  it("is in no image, nor is what the API brought along; once the module is gone, the heap can be saved", async () => {
    const { heap, loaded, make, Custom } = await load(4, flags, {});
    heap.roots.set("kept", heap.list(["kept"]));
    make("a", "b", 1).release();
    await expect(heap.save()).rejects.toThrow("modules in C are loaded");
    Custom.release();
    loaded.unload();
    const copy = await Heap.load(await heap.save(), { verify: true });
    expect(copy.repr(copy.roots.get("kept"))).toBe("['kept']");
    expect(copy.objectStats().userTypes).toEqual([]);
    const text = readFileSync(`${FOLDER}/custom4.c`, "utf8");
    const again = await copy.load(await build("custom", text, [...flags, "-I", FOLDER]));
    copy.scope(() => {
      const custom = (again.module.getAttr("Custom") as PyExtensionType).call("a", "b") as PyExtensionObject;
      expect(custom.callMethod("name")).toBe("a b");
    });
    expect(again.unload().objects).toBe(0);
    copy.check();
    heap.check();
  });

  it("is in the way of an image as long as it has instances, though its module was unloaded", async () => {
    const { heap, loaded, make } = await load(4, flags, {});
    const custom = make("a", "b", 1);
    loaded.unload();
    await expect(heap.save()).rejects.toThrow("it has objects that modules in C defined");
    expect(custom.callMethod("name")).toBe("a b");
    heap.check();
  });

  it("is in the statistics, and keeps its module's data as long as it has instances", async () => {
    const { heap, loaded, make, Custom } = await load(2, flags, {});
    const custom = make("a", "b", 1);
    const stats = heap.objectStats().userTypes.find(({ name }) => name === "custom.Custom");
    expect(stats).toMatchObject({ live: 1, bytes: 20 });
    Custom.release();
    const report = loaded.unload();
    expect(report.objects).toBe(kind === "static" ? 1 : 3); // with the type, and the module that it knows
    expect(custom.callMethod("name")).toBe("a b");
    custom.release();
    heap.check();
  });

  it.each([2, 4])("of stage %i throws MemoryError wherever memory ends, and leaves nothing", async (stage) => {
    const { heap, Custom, make, live, finish } = await load(stage, flags);
    const use = () =>
      heap.scope(() => {
        const custom = make("Ada", "Lovelace", 2 ** 20);
        custom.setAttr("first", "x".repeat(100));
        custom.callMethod("name");
        Custom.callWith(["a"], { number: 1000 });
        custom.getAttr("number");
        String(custom);
      });
    use();
    const failures = new Failures(heap);
    let failed = 0;
    for (let after = 1; ; after++) {
      const error = failures.during(after, () => {
        try {
          return use();
        } catch (caught) {
          return caught;
        }
      });
      heap.check();
      expect(live(), `allocation ${after}`).toBe(0);
      if (failures.failed === 0) break;
      failed++;
      expect(error ?? new MemoryError(0, ""), `allocation ${after}`).toBeInstanceOf(MemoryError);
    }
    expect(failed).toBeGreaterThan(8);
    finish();
  });
});
