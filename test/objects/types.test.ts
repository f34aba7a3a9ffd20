// Types that a program defines: their fields and items, and what runs when an instance dies.

import { describe, expect, it } from "vitest";
import { Heap, MemoryError, PyException, type PyInstance, type PyList } from "../../src/index.js";
import { footprint, leakFree } from "./leak-free.js";

describe("fields", () => {
  it("hold objects, and numbers of every kind", async () => {
    await leakFree((heap) => {
      const Everything = heap.type("Everything", {
        fields: {
          flag: "uint8",
          next: "object",
          real: "float64",
          short: "int16",
          word: "uint32",
          single: "float32",
          byte: "int8",
          half: "uint16",
          other: "object",
          int: "int32",
        },
      });
      const o = Everything.new({ flag: 255, real: Math.PI, short: -2, word: 2 ** 32 - 1, single: 0.5, int: -5 });
      o.set("byte", -128).set("half", 65535).set("next", "text");
      expect([o.get("flag"), o.get("real"), o.get("short"), o.get("word")]).toEqual([255, Math.PI, -2, 2 ** 32 - 1]);
      expect([o.get("single"), o.get("byte"), o.get("half"), o.get("int")]).toEqual([0.5, -128, 65535, -5]);
      expect([o.get("next"), o.get("other")]).toEqual(["text", null]);
      // Two references, 8 + 4 + 4 + 4 + 2 + 2 + 1 + 1 bytes of numbers, two headers.
      expect(o.sizeof).toBe(8 + 8 + 2 * 4 + 28);
      expect(Everything.stats).toEqual({ live: 1, bytes: o.sizeof });
      expect(heap.objectStats().userTypes).toMatchObject([{ name: "Everything", live: 1, bytes: o.sizeof }]);
    });
  });

  it("are shown by repr, and errors name them", async () => {
    await leakFree((heap) => {
      const Point = heap.type("Point", { fields: { x: "float64", tag: "object" } });
      const p = Point.new({ x: 1 });
      expect(Point.repr()).toBe("<class 'Point'>");
      expect(p.repr()).toMatch(/^<Point object at 0x[0-9a-f]{8}>$/);
      expect(String(p.typeName)).toBe("Point");
      expect(() => (p as PyInstance).get("z")).toThrow("Cannot find field z in Point: its fields are tag, x");
      expect(() => (p as PyInstance).set("x", "1")).toThrow(
        new TypeError("Cannot set field x of Point: it holds a number, not a string"),
      );
      expect(() => p.set("tag", () => 0)).toThrow("Cannot use a function here");
      expect(() => p.getItem(0)).toThrow(new PyException("IndexError", "Point index out of range"));
      expect(() => Point.new({}, 3)).toThrow("Cannot make a Point of 3 items: the type has none");
      expect(() => heap.type("Bad", { fields: { x: "int64" as "int32" } })).toThrow(
        "Cannot define field Bad.x as int64: the types are object, int8",
      );
      expect(() => heap.type("Bad", { items: "toString" as "int8" })).toThrow(
        "Cannot define the items of Bad as toString",
      );
    });
  });

  it("belong to an instance that counts as true, and equals only itself", async () => {
    await leakFree((heap) => {
      const T = heap.type("T");
      const [a, b] = [T.new(), T.new()];
      expect([a.equals(a), a.equals(b), a.isTrue, a.hash() === b.hash()]).toEqual([true, false, true, false]);
      expect(heap.dict([[a, 1]]).get(a)).toBe(1);
      expect(() => a.compare("<", b)).toThrow("'<' not supported between instances of 'T' and 'T'");
      expect(() => heap.ref(a)).toThrow("cannot create weak reference to 'T' object");
    });
  });

  it("that refuse a value leave no instance", async () => {
    await leakFree((heap) => {
      const T = heap.type("T", { fields: { a: "object", n: "int8" }, items: "object" });
      expect(() => T.new({ a: [] as unknown, n: 1 })).toThrow(TypeError);
      expect(() => T.new({ n: "1" as unknown as number })).toThrow(TypeError);
      expect(() => T.new({}, ["a", Symbol()])).toThrow("Cannot use a symbol here");
      expect(T.stats.live).toBe(0);
    });
  });
});

describe("items", () => {
  it("are numbers of every kind, or objects", async () => {
    await leakFree(
      (heap) => {
        for (const [items, values] of [
          ["int8", [-128, 127]],
          ["uint8", [0, 255]],
          ["int16", [-32768, 32767]],
          ["uint16", [0, 65535]],
          ["int32", [-(2 ** 31), 2 ** 31 - 1]],
          ["uint32", [0, 2 ** 32 - 1]],
          ["float32", [0.25, -0]],
          ["float64", [Math.E, Number.NaN]],
          ["object", ["text", 1n << 70n]],
        ] as const) {
          const Row = heap.type("Row", { fields: { name: "object", n: "int8" }, items });
          const row = Row.new({ name: items, n: -1 }, values);
          expect([row.length, [...row]]).toEqual([2, values]);
          expect([row.getItem(-1), row.getItem(-2)]).toEqual([values[1], values[0]]);
          row.setItem(-1, values[0]);
          expect([...row]).toEqual([values[0], values[0]]);
          expect([row.get("name"), row.get("n")]).toEqual([items, -1]);
          const size = { int8: 1, int16: 2, int32: 4, float32: 4, float64: 8, object: 4 }[
            items.replace("uint", "int") as "int8"
          ];
          // Two headers, the length, two fields; items of 8 bytes at a multiple of 8.
          expect(row.sizeof).toBe(8 + (size === 8 ? 24 : 20) + 2 * size);
          expect(Row.stats.bytes).toBe(row.sizeof);
        }
      },
      { allocator: "debug" },
    );
  });

  it("have a range", async () => {
    await leakFree((heap) => {
      const Row = heap.type("Row", { items: "object" });
      const row = Row.new({}, 3);
      expect([...row]).toEqual([null, null, null]);
      expect(() => row.getItem(3)).toThrow(new PyException("IndexError", "Row index out of range"));
      expect(() => row.getItem(-4)).toThrow(PyException);
      expect(() => row.setItem(3, 0)).toThrow(new PyException("IndexError", "Row assignment index out of range"));
      expect(() => row.getItem(0.5)).toThrow(TypeError);
      expect(() => Row.new({}, -1)).toThrow("Cannot make a Row of -1 items: not a number from 0 to 4294967295");
      expect(() => Row.new({}, 1.5)).toThrow(RangeError);
      expect(() => Row.new({}, 2 ** 32 - 1)).toThrow(MemoryError);
      const Numbers = heap.type("Numbers", { items: "float64" });
      expect(() => Numbers.new({}, ["1" as unknown as number])).toThrow("Cannot set an item of Numbers");
      expect(Numbers.new().length).toBe(0);
    });
  });

  it("that are objects are followed by the collector, and released", async () => {
    await leakFree((heap) => {
      const Row = heap.type("Row", { items: "object" });
      heap.scope(() => {
        const row = Row.new({}, 4);
        const list = heap.list([row]);
        row.setItem(2, list);
        expect(row.isTracked).toBe(true);
        expect([...heap.gc.getReferents(row)].map(String)).toEqual(["null", "null", String(list), "null"]);
        expect([...heap.gc.getReferrers(list)].some((o) => o.is(row))).toBe(true);
      });
      expect(Row.stats.live).toBe(1);
      expect(heap.gc.collect()).toBe(2);
      expect(Row.stats).toEqual({ live: 0, bytes: 0 });
    });
  });

  it("of numbers do not make an object that the collector tracks", async () => {
    await leakFree((heap) => {
      const Row = heap.type("Row", { items: "float64" });
      expect(Row.new({}, 4).isTracked).toBe(false);
      expect(Row.new({}, 4).sizeof).toBe(16 + 4 * 8);
    });
  });
});

describe("dealloc", () => {
  it("runs once, when the instance is gone for good, with its numbers", async () => {
    await leakFree((heap) => {
      const Buffer = heap.type("Buffer", {
        fields: { block: "uint32", label: "object", size: "int32" },
        items: "uint16",
        dealloc: ({ block, size }, items) => {
          seen.push([block, size, [...items]]);
          heap.raw.free(block as ReturnType<typeof heap.raw.malloc>);
        },
      });
      const seen: unknown[] = [];
      const buffer = Buffer.new({ block: heap.raw.malloc(1000), size: -1, label: "x" }, [7, 8]);
      const block = buffer.get("block");
      const list = heap.list([buffer]);
      buffer.release();
      expect(seen).toEqual([]);
      list.clear();
      expect(seen).toEqual([[block, -1, [7, 8]]]);
    });
  });

  it("comes after finalize and weak references, and before the slots are released", async () => {
    await leakFree((heap) => {
      const log: string[] = [];
      const Leaf = heap.type("Leaf", { fields: { n: "int8" }, dealloc: ({ n }) => log.push(`leaf ${n}`) });
      const Tree = heap.type("Tree", {
        fields: { left: "object", right: "object" },
        items: "object",
        weakReferences: true,
        finalize: () => log.push("finalize"),
        dealloc: (fields, items) => log.push(`dealloc ${JSON.stringify([fields, items])}`),
      });
      heap.scope(() => {
        const tree = Tree.new({ left: Leaf.new({ n: 1 }), right: Leaf.new({ n: 2 }) }, [Leaf.new({ n: 3 })]);
        const ref = heap.ref(tree, () => log.push("weak reference"));
        for (const leaf of [tree.get("left"), tree.get("right"), tree.getItem(0)]) (leaf as PyInstance).release();
        tree.release();
        ref.release();
      });
      expect(log).toEqual(["finalize", "weak reference", "dealloc [{},[]]", "leaf 1", "leaf 2", "leaf 3"]);
    });
  });

  it("runs for an instance in a cycle, and not for one that was resurrected until that dies", async () => {
    await leakFree((heap) => {
      const log: string[] = [];
      let saved: PyInstance | undefined;
      const Node = heap.type("Node", {
        fields: { n: "int32", next: "object" },
        finalize: (o) => {
          log.push(`finalize ${o.get("n")}`);
          saved = o.clone() as unknown as PyInstance;
        },
        dealloc: ({ n }) => log.push(`dealloc ${n}`),
      });
      heap.scope(() => {
        const node = Node.new({ n: 1 });
        node.set("next", node);
      });
      expect(heap.gc.collect()).toBe(0);
      expect(log).toEqual(["finalize 1"]);
      expect(saved?.isFinalized).toBe(true);
      saved?.release();
      expect(heap.gc.collect()).toBe(1);
      expect(log).toEqual(["finalize 1", "dealloc 1"]);
    });
  });

  it("may use the heap, and what it throws is reported", async () => {
    await leakFree((heap) => {
      const reports: unknown[] = [];
      heap.onUnraisable = (error) => reports.push(error);
      const T = heap.type("T", {
        fields: { n: "int8" },
        dealloc: ({ n }) => {
          heap.gc.collect();
          heap.scope(() => void heap.list([heap.list([n])]));
          heap.check();
          throw new Error(`dealloc ${n}`);
        },
      });
      T.new({ n: 5 }).release();
      expect(reports).toEqual([new Error("dealloc 5")]);
      expect(T.stats.live).toBe(0);
      heap.gc.collect();
    });
  });
});

describe("functions of a type", () => {
  it("whose exceptions are reported, also if the report throws", async () => {
    const heap = await Heap.create();
    const before = footprint(heap);
    heap.scope(() => {
      const reports: string[] = [];
      heap.onUnraisable = (error) => {
        reports.push(String(error));
        throw new Error("in the report");
      };
      const printed: unknown[][] = [];
      const { error } = console;
      console.error = (...args) => printed.push(args);
      try {
        const T = heap.type("T", {
          finalize: () => {
            throw new Error("in finalize");
          },
        });
        T.new().release();
        heap.check();
      } finally {
        console.error = error;
      }
      expect(reports).toEqual(["Error: in finalize"]);
      expect(printed.map((line) => line.map(String))).toEqual([
        ["Exception ignored in onUnraisable:", "Error: in the report", "after", "Error: in finalize"],
      ]);
    });
    expect(footprint(heap)).toEqual(before);
  });

  it("are given back to the table with the type", async () => {
    const heap = await Heap.create();
    const table = heap.imports.__indirect_function_table;
    const define = () =>
      heap.type("Short", { fields: { x: "int8" }, finalize: () => undefined, dealloc: () => undefined });
    define().release();
    const { length } = table;
    const before = footprint(heap);
    for (let k = 0; k < 50; k++) {
      const T = define();
      const instance = T.new();
      T.release();
      // The type lives as long as its instance.
      expect(heap.objectStats().userTypes).toMatchObject([{ name: "Short", live: 1, bytes: instance.sizeof }]);
      expect(instance.get("x")).toBe(0);
      instance.release();
    }
    expect(table.length).toBe(length);
    expect(footprint(heap)).toEqual(before);
  });

  it("are given back if the type can't be made", async () => {
    const heap = await Heap.create();
    const table = heap.imports.__indirect_function_table;
    const options = { finalize: () => undefined };
    heap.type("T", options).release();
    const { length } = table;
    const { limit } = heap;
    heap.release();
    heap.limit = heap.reserved;
    const kept: PyList[] = [];
    try {
      for (;;) kept.push(heap.list(new Array(8).fill(null)));
    } catch (error) {
      expect(error).toBeInstanceOf(MemoryError);
    }
    for (let k = 0; k < 5; k++)
      expect(() => heap.type(`a type with a name of some length ${k}`, options)).toThrow(MemoryError);
    heap.limit = limit;
    for (const list of kept) list.release();
    heap.type("T", options).release();
    expect(table.length).toBe(length);
    heap.check();
  });
});
