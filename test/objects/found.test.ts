// Mistakes that random programs found, each as a test. CPython 3.14 gives the expected results.

import { beforeEach, describe, expect, it } from "vitest";
import {
  DEBUG_COLLECTABLE,
  DEBUG_UNCOLLECTABLE,
  Heap,
  MemoryError,
  PyBytes,
  PyDict,
  PyInt,
  PyList,
  PyRef,
  PySet,
  PyStr,
  PyTuple,
} from "../../src/index.js";

describe("as in CPython", () => {
  let heap: Heap;
  beforeEach(async () => {
    heap = await Heap.create({ hashKey: [0n, 0n] });
  });

  it("text is hashed with SipHash-1-3: under the key 0, what a CPython with PYTHONHASHSEED=0 has in its lowest 32 bits", () => {
    expect(heap.hash("abc")).toBe(69611762);
    expect(heap.hash(heap.bytes([97, 98, 99]))).toBe(69611762);
  });

  it("repr and value are not handles in heap.exact", () => {
    heap.exact(() => {
      expect(heap.repr(heap.list([1, "a"]))).toBe("[1, 'a']");
      expect(heap.str("text").value).toBe("text");
      expect(() => heap.list([1]).findIndex(2)).toThrow("list.index(x): x not in list");
    });
  });

  it("a list reserves as much room for items as CPython's list", () => {
    const list = heap.list([1, 2, 3]);
    expect(list.sizeof).toBe(44);
    expect((heap.binary(list, "*", 4) as PyList).sizeof).toBe(76);
    list.deleteItem(0);
    expect(list.sizeof).toBe(44);
    expect(heap.list(heap.set([1])).sizeof).toBe(44);
  });

  it("an empty list that is extended by itself keeps the room that it has", () => {
    const list = heap.list([1]);
    list.deleteItem(-1);
    const { sizeof } = list;
    list.extend(list);
    expect(list.sizeof).toBe(sizeof);
    expect(sizeof).toBeGreaterThan(heap.list().sizeof);
  });

  it("a list whose last item was removed keeps no memory for items", () => {
    const ways = [
      (list: PyList) => list.pop(),
      (list: PyList) => list.deleteSlice(0, 1),
      (list: PyList) => {
        list.deleteItem(0);
        list.deleteSlice(-(2 ** 40), -4);
      },
    ];
    for (const empty of ways) {
      const list = heap.list([1]).copy();
      expect(list.sizeof).toBe(32);
      empty(list);
      expect(list.sizeof).toBe(28);
    }
  });

  it("0 divided by a negative int is -0.0, however large the int is", () => {
    expect(heap.binary(0, "/", -3)).toBe(-0);
    expect(heap.binary(0, "/", -(2n ** 80n))).toBe(-0);
  });

  it("the repr of an int with many digits stays within its work space", () => {
    for (let digits = 280; digits < 470; digits++) {
      const v = (1n << BigInt(30 * digits)) - 1n;
      expect(heap.repr(v)).toBe(String(v));
    }
    heap.check();
  });

  it("symmetricDifferenceUpdate adds a dict's keys in their order", () => {
    const set = heap.set<unknown>([4, 2, 0, 8]);
    set.symmetricDifferenceUpdate(
      heap.dict([
        [-2, 7],
        [1, 1],
        [-116, 1],
        [15, -2],
        [256, 8],
      ]),
    );
    expect(set.repr()).toBe("{0, 1, 2, 256, 4, 8, -116, 15, -2}");
  });

  it("NaN does not equal itself, but is found where it is", () => {
    const nan = heap.float(Number.NaN);
    expect(nan.equals(nan)).toBe(false);
    expect(heap.compare(nan, "!=", nan)).toBe(true);
    expect(heap.list([nan]).includes(nan)).toBe(true);
  });

  it("an empty dict has nothing to pop, whatever the key is", () => {
    const dict = heap.dict<unknown, unknown>();
    expect(() => dict.pop(heap.list())).toThrow("[]");
    expect(dict.pop(heap.list(), 1)).toBe(1);
    expect(dict.delete(heap.list())).toBe(false);
    expect(() => dict.deleteItem(heap.list())).toThrow(/unhashable/);
  });

  it("dict(d) has no more room than it needs, and d.copy() has the room of d", () => {
    const dict = heap.dict([1, 2, 3, 4, 5, 6].map((key) => [key, key] as const));
    expect([dict.sizeof, heap.dict(dict).sizeof, dict.copy().sizeof]).toEqual([196, 196, 196]);
    dict.delete(1);
    expect([dict.sizeof, heap.dict(dict).sizeof, dict.copy().sizeof]).toEqual([196, 128, 196]);
    const empty = heap.dict<number, number>();
    empty.update(dict);
    expect(empty.sizeof).toBe(128);
    dict.delete(2);
    dict.delete(3);
    expect([dict.sizeof, heap.dict(dict).sizeof, dict.copy().sizeof]).toEqual([196, 128, 128]);
    expect(heap.toJS(dict.copy())).toEqual(heap.toJS(dict));
  });

  it("a set puts a new item into the first slot of a removed one that the search passes", () => {
    const set = heap.set([0, 8]);
    set.delete(8);
    set.add(24).add(2).add(3);
    expect(set.repr()).toBe("{0, 24, 2, 3}");
    expect(set.sizeof).toBe(108);
  });

  it("a union with itself is a copy", () => {
    const set = heap.set([-3, 234, 7, 0, 1]);
    expect(set.union(set).sizeof).toBe(236);
    expect((heap.binary(set, "|", set) as PySet).sizeof).toBe(236);
  });

  it("isDisjoint and its like stop reading an iterable at the item that decides", () => {
    const set = heap.set<unknown>([1]);
    expect(set.isSupersetOf([2, heap.list()])).toBe(false);
    expect(set.isDisjointFrom([1, heap.list()])).toBe(false);
    expect(set.isSubsetOf([1, heap.list()])).toBe(true);
    expect(set.intersection([1, heap.list()]).repr()).toBe("{1}");
    expect(() => set.isDisjointFrom([2, heap.list()])).toThrow(
      "cannot use 'list' as a set element (unhashable type: 'list')",
    );
  });

  it("the items before an item that can't be hashed stay", () => {
    const set = heap.set<unknown>([1]);
    expect(() => set.update([2, heap.dict(), 3])).toThrow(/unhashable/);
    expect(set.repr()).toBe("{1, 2}");
  });

  it("a weak reference shows what it refers to", () => {
    const set = heap.set([1]);
    const ref = heap.ref(set);
    expect(ref.repr()).toMatch(/^<weakref at 0x[0-9a-f]+; to 'set' at 0x[0-9a-f]+>$/);
    set.release();
    expect(ref.repr()).toMatch(/^<weakref at 0x[0-9a-f]+; dead>$/);
  });

  it("assigns a list to a slice of itself, also where the copy needs a new pool", () => {
    const lists = Array.from({ length: 3000 }, (_, k) => heap.list([k, -1, -2]));
    for (const list of lists) list.setSlice(list, undefined, undefined, -1);
    for (const [k, list] of lists.entries()) expect([...list]).toEqual([-2, -1, k]);
    const more = Array.from({ length: 3000 }, (_, k) => {
      const list = heap.list([k, -1, -2]);
      list.setSlice(list, undefined, undefined, -1);
      return list;
    });
    for (const [k, list] of more.entries()) expect([...list]).toEqual([-2, -1, k]);
    for (const list of [...lists, ...more]) list.release();
    heap.check();
  });

  it.each<[string, (heap: Heap) => unknown]>([
    ['can only concatenate list (not "int") to list', (h) => h.binary(h.list(), "+", 1)],
    ["can't concat int to bytes", (h) => h.binary(h.bytes([1]), "+", 1)],
    ["can't multiply sequence by non-int of type 'float'", (h) => h.binary(1.5, "*", "text")],
    ["cannot fit 'int' into an index-sized integer", (h) => h.binary("a", "*", -(2n ** 80n))],
    ["cannot fit 'int' into an index-sized integer", (h) => h.list().repeat(2 ** 40)],
    ["cannot use 'tuple' as a dict key (unhashable type: 'list')", (h) => h.dict([[h.tuple([h.list()]), 1]])],
    [
      "attempt to assign sequence of size 1 to extended slice of size 2",
      (h) => h.list([1, 2, 3]).setSlice([1], 0, 3, 2),
    ],
    [
      "slice step cannot be zero",
      (h) => h.list([1, 2, 3]).setSlice(h.exact(() => h.tuple([null]).getItem(0)) as never, 0, 3, 0),
    ],
    ["bad operand type for abs(): 'str'", (h) => h.unary("abs", "a")],
    ["string index out of range", (h) => h.str("").getItem(0)],
    ["list.remove(x): x not in list", (h) => h.list().remove(1)],
    ["pow() 3rd argument not allowed unless all arguments are integers", (h) => h.pow(2, 0.5, 3)],
    ["unsupported operand type(s) for ** or pow(): 'str', 'int', 'int'", (h) => h.pow("a", 1, 2)],
  ])("%s", (message, run) => {
    expect(() => run(heap)).toThrow(message);
    expect(heap.pow(2, 5, null)).toBe(32);
  });
});

describe("a method that is called on an object of another type", () => {
  const own = (type: { prototype: object }, name: string) =>
    Object.getOwnPropertyDescriptor(type.prototype, name) as PropertyDescriptor;
  const all = [PyList, PyDict, PySet, PyStr, PyBytes, PyInt, PyRef, PyTuple].flatMap((type) =>
    Object.getOwnPropertyNames(type.prototype)
      .filter((name) => name !== "constructor" && name !== "toString")
      .map((name) => [type.name, name, own(type, name)] as const),
  );

  it.each(all)("%s.%s leaves that as it was", async (type, _, { value, get }) => {
    const heap = await Heap.create();
    const objects = [heap.tuple([2, 1]), heap.dict({ a: 1 }), heap.list([1]), heap.frozenset([1]), heap.int(2n ** 70n)];
    const others = objects.filter((object) => object.constructor.name !== type);
    const before = others.map((object) => object.repr());
    for (const other of others) {
      try {
        const result = (value ?? get).call(other, "a", "b");
        if (typeof result?.next === "function") result.next();
      } catch (error) {
        expect(error).not.toBeInstanceOf(WebAssembly.RuntimeError);
      }
    }
    expect(others.map((object) => object.repr())).toEqual(before);
    heap.check();
  });
});

describe("what a user meets", () => {
  let heap: Heap;
  beforeEach(async () => {
    heap = await Heap.create();
  });

  it("a sort whose key function adds to the list ends, with ValueError", () => {
    const list = heap.list([3, 2, 1]);
    let calls = 0;
    const key = (item: number) => {
      if (++calls > 100) throw new Error("it never ends");
      list.push(7);
      return item;
    };
    expect(() => list.sort({ key })).toThrow("list modified during sort");
    expect(calls).toBe(1);
  });

  it("values of any length cross in any order, whatever room the one before took", async () => {
    // Results come back through the buffer for arguments. The core keeps this buffer up to a certain size; the lengths
    // are around and above that size.
    const lengths = [8, 1000, 1025, 16_000, 65_535, 65_537, 120_000];
    const kept = heap.list<unknown>();
    for (const bytes of lengths) {
      const long = 1n << BigInt(8 * bytes);
      const list = heap.list([long]);
      expect(list.at(0)).toBe(long);
      for (const other of lengths) {
        kept.push("x".repeat(other), heap.bytes(new Uint8Array(other).fill(7)), 10n ** 12n);
        expect(heap.binary(1, "+", long)).toBe(long + 1n);
        kept.set(-1, "€".repeat(other));
        expect(heap.binary(-long, "<<", 8)).toBe(-long << 8n);
        expect(kept.at(-3)).toBe("x".repeat(other));
        expect((kept.at(-2) as PyBytes).value.every((byte) => byte === 7)).toBe(true);
        expect(kept.at(-1)).toBe("€".repeat(other));
        expect(list.pop()).toBe(long);
        list.push(long);
        const map = heap.dict([["k".repeat(other), other]]);
        expect(map.pop("k".repeat(other))).toBe(other);
      }
      heap.relieve();
      heap.check();
    }
  });

  it("a comparing function is not a key", () => {
    expect(() => heap.list([2, 1]).sort(((a: number, b: number) => a - b) as never)).toThrow("give a key");
  });

  it("an entry that is not a pair is refused, in CPython's words, and the dict stays as it was", () => {
    const dict = heap.dict<unknown, unknown>({ a: 1 });
    const bad = (entries: unknown) => () => dict.update(entries as never);
    expect(bad([["b", 2], ["c"]])).toThrow("dictionary update sequence element #1 has length 1; 2 is required");
    expect(bad([["b", 2, 3]])).toThrow("dictionary update sequence element #0 has length 3; 2 is required");
    expect(bad([["b", 2], 5])).toThrow("cannot convert dictionary update sequence element #1 to a sequence");
    expect(bad("ab")).toThrow("Cannot make entries of a string");
    expect(bad(null)).toThrow("Cannot make entries of null");
    expect(dict.repr()).toBe("{'a': 1}");
  });

  it("popItem finds the last entry, also behind ones that are gone, and of a dict that shares its keys", () => {
    const dict = heap.dict<unknown, unknown>([
      ["a", 1],
      ["b", heap.list([2])],
      ["c", 3],
    ]);
    dict.delete("c");
    const [key, value] = dict.popItem();
    expect([key, String(value), dict.repr()]).toEqual(["b", "[2]", "{'a': 1}"]);
    const records = heap.from([
      { x: 1, y: 2 },
      { x: 3, y: 4 },
    ]) as PyList;
    const record = records.at(1) as PyDict;
    expect([record.popItem(), record.popItem(), record.size]).toEqual([["y", 4], ["x", 3], 0]);
    expect(() => record.popItem()).toThrow("popitem(): dictionary is empty");
    heap.check();
  });

  it("popItem leaves the entry where it is if there is no memory to read it", async () => {
    const small = await Heap.create({ allocator: "malloc" });
    const dict = small.dict<unknown, unknown>([["big", 2n ** 80_000n]]);
    small.relieve();
    small.failReservation(1, true);
    const blocks: number[] = [];
    for (let size = 1 << 20; size >= 4096; size >>= 1) {
      for (let block = small.mem.malloc(size); block !== 0; block = small.mem.malloc(size)) blocks.push(block);
    }
    expect(() => dict.popItem()).toThrow(MemoryError);
    small.failReservation(0);
    for (const block of blocks) small.mem.free(block as never);
    expect(dict.popItem()).toEqual(["big", 2n ** 80_000n]);
    small.check();
  });

  it("a dict of a plain object has strings for keys, also to the compiler", () => {
    for (const [key, value] of heap.dict({ a: 1 })) expect(key.toUpperCase() + value.toFixed(1)).toBe("A1.0");
    for (const [key, value] of heap.dict([["b", 2]])) expect(key.toUpperCase() + value.toFixed(1)).toBe("B2.0");
    for (const key of heap.dict(new Map([[3, "c"]])).keys()) expect(key.toFixed(1)).toBe("3.0");
  });

  it("either all thresholds are set or none, and errors name the call", () => {
    const before = heap.gc.threshold;
    for (const bad of [
      [1, 2, 3, 4],
      [1, -1],
      [1, 2 ** 32],
    ]) {
      expect(() => {
        heap.gc.threshold = bad;
      }).toThrow("Cannot set ");
      expect(heap.gc.threshold).toEqual(before);
    }
    expect(() => heap.gc.getObjects(7)).toThrow("Cannot find the objects of generation 7");
  });

  it("what is not an object of the heap is named", () => {
    expect(() => heap.ref(5 as never)).toThrow(
      "Cannot use a value of type number here: it is not an object of the heap",
    );
    expect(() => heap.list().is(null as never)).toThrow("it is not an object of the heap");
    expect(() => heap.str("a5").indexOf(5 as never)).toThrow("Cannot find a number in a str");
    expect(heap.str("abc").indexOf("a", -1)).toBe(0);
    expect(heap.intern(5 as never).value).toBe("5");
  });

  it("DEBUG_COLLECTABLE names each object that a collection finds, once it has ended", () => {
    const lines: string[] = [];
    heap.gc.log = (line) => lines.push(line);
    const Node = heap.type("Node", { fields: { next: "object" } });
    heap.scope(() => {
      const node = Node.new();
      node.set("next", heap.list([node]));
    });
    heap.gc.debug = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE;
    expect(heap.gc.collect()).toBe(2);
    expect(lines.sort()).toEqual([
      expect.stringMatching(/^gc: collectable <Node 0x[0-9a-f]+>$/),
      expect.stringMatching(/^gc: collectable <list 0x[0-9a-f]+>$/),
    ]);
    heap.gc.debug = 0;
    expect(heap.gc.collect()).toBe(0);
    expect(lines.length).toBe(2);
  });
});

describe("JSON", () => {
  it("has the value of an object, not what a handle is made of", async () => {
    const heap = await Heap.create();
    const value = { id: 1, tags: ["a", null, true], inner: { x: 1.5 } };
    expect(JSON.parse(JSON.stringify({ record: heap.from(value) }))).toEqual({ record: Object.assign({}, value) });
  });
});

describe("a weak reference whose object is gone", () => {
  it("is refused as a key, and the error names the container, as Python's error does", async () => {
    const heap = await Heap.create();
    const set = heap.set([1]);
    const ref = heap.ref(set);
    set.release();
    const words = (what: string) => `cannot use 'weakref.ReferenceType' as a ${what} (weak object has gone away)`;
    expect(() => heap.set<unknown>().add(ref)).toThrow(words("set element"));
    expect(() => heap.dict<unknown, number>().set(ref, 1)).toThrow(words("dict key"));
    expect(() => heap.set<unknown>().add(heap.tuple([ref]))).toThrow(
      "cannot use 'tuple' as a set element (weak object has gone away)",
    );
    expect(() => heap.hash(ref)).toThrow("weak object has gone away");
    heap.check();
  });
});
