// heap.from and heap.toJS: JavaScript values become objects, and the reverse. Errors tell where a value can't be converted.

import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { Heap, MemoryError, type PyList } from "../../index.js";

let heap: Heap;
beforeAll(async () => {
  heap = await Heap.create();
});

/** repr of the object that a value becomes. */
function made(value: unknown): string {
  using object = heap.from(value as object);
  heap.check();
  return String(object);
}

describe("heap.from", () => {
  test("makes the Python object that a JavaScript value is", () => {
    const value = { n: [1, -0, 1.5, 2 ** 53, 10n ** 20n], s: ["a", "é", "猫", "😀"], none: [null, undefined], b: true };
    expect(made(value)).toBe(
      "{'n': [1, -0.0, 1.5, 9007199254740992.0, 100000000000000000000], 's': ['a', 'é', '猫', '😀'], 'none': [None, None], 'b': True}",
    );
    expect(made(new Map<unknown, unknown>([[1, new Set(["x"])]]))).toBe("{1: {'x'}}");
    expect(made([new Uint8Array([0, 255]), Object.create(null)])).toBe("[b'\\x00\\xff', {}]");
  });

  test("returns scalars as they are", () => {
    expect([heap.from(1), heap.from("x"), heap.from(2n ** 70n), heap.from(null), heap.from(true)]).toEqual([
      1,
      "x",
      2n ** 70n,
      null,
      true,
    ]);
  });

  test("keeps shared references", () => {
    const shared = [1];
    using object = heap.from({ a: shared, b: [shared], c: shared });
    using a = object.get("a") as PyList;
    using b = object.get("c") as PyList;
    expect(a.is(b)).toBe(true);
    expect(a.refcount).toBe(5);
  });

  test("keeps cycles, and a collection finds them", () => {
    const cycle: unknown[] = [1, "ab"];
    cycle.push({ cycle, set: new Set([new Uint8Array([1])]) }, new Map([["self", cycle]]));
    expect(made(cycle)).toBe("[1, 'ab', {'cycle': [...], 'set': {b'\\x01'}}, {'self': [...]}]");
    // The set is not counted: nothing in it can be part of a cycle.
    expect(heap.gc.collect()).toBe(3);
  });

  test("members that differ in JavaScript and are equal in Python: the one that is dropped can still be referred to elsewhere", () => {
    const [shared, bytes, same] = [[1], new Uint8Array([1, 2]), new Uint8Array([1, 2])];
    const map = new Map<unknown, unknown>([
      [1, shared],
      [true, [2]],
    ]);
    expect(made([map, shared])).toBe("[{1: [2]}, [1]]");
    expect(made([new Set([bytes, same]), same, bytes])).toBe("[{b'\\x01\\x02'}, b'\\x01\\x02', b'\\x01\\x02']");
  });

  test("makes one string of a short text that comes again, if interning is on", async () => {
    const value = Array.from({ length: 100 }, () => "some tag");
    const strings = (on: Heap) => {
      using list = on.from(value);
      return list.length === 100 ? on.objectStats().types.str?.live : undefined;
    };
    expect(strings(heap)).toBe(1);
    expect(strings(await Heap.create({ policies: { interning: false } }))).toBe(100);
  });

  test("converts arrays that are longer than what goes onto the stack at once", () => {
    const value = Array.from({ length: 5000 }, (_, k) => [k, `tag ${k % 9}`]);
    using object = heap.from(value);
    heap.check();
    expect(heap.toJS(object)).toEqual(value);
  });

  test("takes objects of the heap as they are", () => {
    using tuple = heap.tuple([1, 2]);
    using object = heap.from({ tuple, list: [tuple] });
    expect(String(object)).toBe("{'tuple': (1, 2), 'list': [(1, 2)]}");
    expect(tuple.refcount).toBe(3);
  });
});

describe("what can't be converted", () => {
  const where = (value: unknown) => {
    try {
      heap.from(value as object);
    } catch (error) {
      return (error as Error).message;
    }
    return "nothing";
  };
  let handles: number;
  beforeEach(() => {
    handles = heap.objectStats().handles;
  });

  test("an error says what and where", () => {
    const users = [{}, {}, {}, { onClick: () => undefined }];
    expect(where({ users })).toBe("Cannot convert $.users[3].onClick: it is a function");
    expect(where([{ "not a name": Symbol("x") }])).toBe('Cannot convert $[0]["not a name"]: it is a symbol');
    expect(where({ at: new Date() })).toBe("Cannot convert $.at: it is an instance of Date");
    expect(where(new Map([["k", new Set([() => 1])]]))).toContain(": it is a function");
    expect(heap.objectStats().handles).toBe(handles);
  });

  test("a cycle with such a part, too", () => {
    const cycle: Record<string, unknown> = { bad: new WeakMap() };
    cycle.self = cycle;
    expect(where(cycle)).toBe("Cannot convert $.bad: it is an instance of WeakMap");
    expect(heap.objectStats().handles).toBe(handles);
  });

  test("a handle that was released, or one of another heap", async () => {
    const list = heap.list([1]);
    list.release();
    expect(where({ list })).toBe("Cannot convert $.list: it is a handle: Cannot use this list: it was released");
    using foreign = (await Heap.create()).list([1]);
    expect(where([foreign])).toContain("$[0]: it is a handle: Cannot use this list here: it belongs to another heap");
  });

  test("a value that is nested too deeply", () => {
    let value: unknown = [];
    for (let k = 0; k < 200_000; k++) value = [value];
    expect(() => heap.from(value as object)).toThrow("nested too deeply");
    heap.check();
  });

  test("a property that looks at the heap while it is read", () => {
    const value = {
      get a() {
        return heap.gc.getObjects();
      },
    };
    expect(() => heap.from(value)).toThrow("Cannot look at the heap's objects: a value is being converted");
    expect(heap.gc.getObjects().release()).toBe(undefined);
  });

  test("a value for which there is no memory leaves nothing behind", async () => {
    const small = await Heap.create({ limit: 2 ** 20 });
    const live = () => {
      small.gc.collect();
      small.release();
      return small.stats().account.live;
    };
    const before = live();
    const value = Array.from({ length: 100_000 }, (_, k) => ({ id: k, name: `user ${k}` }));
    const cyclic: unknown[] = [value];
    cyclic.push(cyclic);
    for (const tooLarge of [value, cyclic]) {
      expect(() => small.from(tooLarge)).toThrow(MemoryError);
      small.check();
      expect(live()).toEqual(before);
    }
  });
});

describe("heap.toJS", () => {
  test("gives back what heap.from took", () => {
    const shared = { x: 1 };
    const value = {
      numbers: [0, -1, 2.5, Number.POSITIVE_INFINITY, 2 ** 40, -(10n ** 30n), Number.NaN],
      texts: ["", "a", "\u0080\u009f", "Ä", "\ud800", "語", "𝔊😀", "long ".repeat(20)],
      nested: [[], [[]], {}, new Map<unknown, unknown>([[1, 2]]), new Set([1, "a"]), new Uint8Array([1, 2, 3])],
      shared: [shared, shared],
      nothing: null,
      flags: [true, false],
    };
    using object = heap.from(value);
    const back = heap.toJS(object) as typeof value;
    expect(back).toEqual(value);
    expect(back.shared[0]).toBe(back.shared[1]);
  });

  test("cycles come back as cycles", () => {
    const cycle: unknown[] = [];
    cycle.push({ cycle });
    using object = heap.from(cycle);
    const back = heap.toJS(object) as [{ cycle: unknown }];
    expect(back[0].cycle).toBe(back);
  });

  test("a key __proto__ is a property like any other", () => {
    using dict = heap.dict([["__proto__", 1]]);
    const back = heap.toJS(dict) as object;
    expect(Object.keys(back)).toEqual(["__proto__"]);
    expect(Object.getPrototypeOf(back)).toBe(Object.prototype);
  });

  test("an object without a JavaScript value is named, with its place", () => {
    using type = heap.type("Point", { weakReferences: true });
    using point = type.new();
    using list = heap.list([1, heap.dict([["p", point]])]);
    expect(() => heap.toJS(list)).toThrow("Cannot convert $[1].p: it is a Point");
  });
});

describe("values that lie", () => {
  test("a Uint8Array whose class gives too small a length is copied whole, and no other memory is written", async () => {
    class Short extends Uint8Array {
      override get length(): number {
        return 4;
      }
    }
    const fresh = await Heap.create();
    using room = fresh.bytes(new Uint8Array(400_000));
    using bytes = fresh.from(new Short(100_000).fill(255));
    expect([bytes.length, bytes.at(-1), room.at(-1)]).toEqual([100_000, 255, 0]);
    fresh.check();
  });

  test("a Map or Set has as many members as it yields, whatever its size says", () => {
    class Large extends Map<unknown, unknown> {
      override get size(): number {
        return 1000;
      }
    }
    class LargeSet extends Set<unknown> {
      override get size(): number {
        return 1000;
      }
    }
    expect(made([7, new Large([["a", 1]]), 8])).toBe("[7, {'a': 1}, 8]");
    expect(made([7, new LargeSet(["a"]), 8])).toBe("[7, {'a'}, 8]");
  });

  test("a Map may lose an entry that was met already", () => {
    const shrinking = new Map<string, unknown>([["a", 1]]);
    shrinking.set("b", {
      get x() {
        return shrinking.delete("a");
      },
    });
    expect(made([7, shrinking, 8])).toBe("[7, {'a': 1, 'b': {'x': True}}, 8]");
  });

  test.each([3.5, 3000.5])("an array whose length is %d becomes a list of the items that were read", (length) => {
    const array = new Proxy([1], { get: (_, key) => (key === "length" ? length : 0) });
    using list = heap.from([7, array, 8]) as PyList;
    expect([list.length, (list.at(1) as PyList).length, list.at(2)]).toEqual([3, Math.ceil(length), 8]);
    heap.check();
  });
});

describe("keys and members without a hash, and a Uint8Array without its bytes", () => {
  test.each<[string, () => unknown]>([
    ["Cannot convert $.tags.get(...): it is an instance of Array, which has no hash", () => ({ tags: new Set([[1]]) })],
    ["Cannot convert $[1].get(...): it is an instance of Object, which has no hash", () => [0, new Map([[{}, 1]])]],
    ["Cannot convert $.keys.get(...): it is a list, which has no hash", () => ({ keys: new Set([heap.list()]) })],
    [
      "Cannot convert $.data: it is a Uint8Array without its bytes",
      () => {
        const data = new Uint8Array(4);
        structuredClone(data.buffer, { transfer: [data.buffer] });
        return { data };
      },
    ],
    [
      "Cannot convert $.data: it is a Uint8Array without its bytes",
      () => ({ data: Object.create(Uint8Array.prototype) }),
    ],
  ])("%s", (message, make) => {
    heap.scope(() => {
      expect(() => heap.from(make())).toThrow(message);
    });
    heap.check();
  });
});
