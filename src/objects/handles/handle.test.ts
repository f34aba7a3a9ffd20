// Handles: release, scopes, `using`, and forgotten handles.

import { setTimeout as delay } from "node:timers/promises";
import { inspect } from "node:util";
import { beforeEach, describe, expect, test } from "vitest";
import { collectGarbage } from "../../../test/collect.js";
import { Heap, type PyList } from "../../index.js";

let heap: Heap;
beforeEach(async () => {
  heap = await Heap.create();
});

const handles = () => heap.objectStats().handles;
const lists = () => heap.objectStats().types.list?.live;

describe("a handle", () => {
  test("owns a reference, which it gives back", () => {
    const list = heap.list([1]);
    const other = list.clone();
    expect(list.refcount).toBe(2);
    expect(other.is(list)).toBe(true);
    list.release();
    expect(other.refcount).toBe(1);
    other.release();
    expect([handles(), lists()]).toEqual([0, 0]);
  });

  test("is released at the end of a block with `using`", () => {
    {
      using list = heap.list([1]);
      expect(list.length).toBe(1);
      expect(handles()).toBe(1);
    }
    expect(handles()).toBe(0);
  });

  test("that is used after its release is an error, which names its type", () => {
    const list = heap.list([1]);
    list.release();
    list.release();
    expect(list.released).toBe(true);
    expect(String(list)).toBe("<released list>");
    expect(() => list.length).toThrow(new ReferenceError("Cannot use this list: it was released"));
    expect(() => heap.list([list])).toThrow("Cannot use this list: it was released");
    expect(() => heap.repr(list)).toThrow("it was released");
    expect(handles()).toBe(0);
  });

  test("of another heap is an error", async () => {
    using foreign = (await Heap.create()).dict({ a: 1 });
    using list = heap.list();
    expect(() => list.push(foreign)).toThrow(new TypeError("Cannot use this dict here: it belongs to another heap"));
    expect(() => heap.toJS(foreign)).toThrow("it belongs to another heap");
    expect(() => list.equals(foreign)).toThrow("it belongs to another heap");
    expect(() => list.is(foreign)).toThrow("it belongs to another heap");
    heap.check();
    expect(list.length).toBe(0);
  });

  test("a new handle can get the number of a released one, which stays unusable", () => {
    const old = heap.list([1]);
    old.release();
    using young = heap.list([2]);
    expect(() => old.push(3)).toThrow("it was released");
    expect(String(young)).toBe("[2]");
  });

  test("that is forgotten is released after JavaScript has collected it", async () => {
    (() => {
      for (let k = 0; k < 100; k++) heap.list([k]);
    })();
    expect(handles()).toBe(100);
    for (let round = 0; round < 50 && handles() > 0; round++) {
      collectGarbage();
      await delay(10);
    }
    expect(handles()).toBe(0);
    heap.check();
  });

  test("an error names the value that the heap does not take", () => {
    using list = heap.list<unknown>();
    expect(() => list.push({})).toThrow("Cannot use an instance of Object here: convert it with heap.from() first");
    expect(() => list.push(() => 1)).toThrow("Cannot use a function here");
    expect(() => heap.dict([[{}, 1]])).toThrow("Cannot use an instance of Object here");
    expect(() => heap.list(1 as unknown as [])).toThrow("Cannot iterate over a number");
    expect(list.length).toBe(0);
    heap.check();
  });
});

test("console.log shows what an object holds, or how much if it is large", () => {
  using list = heap.list<unknown>([1, "a"]);
  using large = heap.set(Array(1000).keys());
  expect(inspect([list, large])).toBe("[ list [1, 'a'], set of 1000 items ]");
  const deep = heap.scope(() => {
    let outer = heap.list<unknown>();
    for (let k = 0; k < 5000; k++) outer = heap.list<unknown>([outer]);
    return outer;
  });
  expect(inspect(deep)).toBe("list of 1 items");
  list.release();
  expect(inspect(list)).toBe("<released list>");
});

describe("a scope", () => {
  test("releases what was made in it, except its result", () => {
    const answer = heap.scope(() => {
      heap.list([1]);
      const kept = heap.list([heap.list([2])]);
      expect(handles()).toBe(3);
      return kept;
    });
    expect(handles()).toBe(1);
    expect(String(answer)).toBe("[[2]]");
    answer.release();
  });

  test("inside another scope passes its result to the outer one", () => {
    heap.scope(() => {
      const inner = heap.scope(() => heap.list([1]));
      expect(inner.length).toBe(1);
      return undefined;
    });
    expect(handles()).toBe(0);
  });

  test("that throws releases everything", () => {
    expect(() =>
      heap.scope(() => {
        heap.list([1]);
        throw new Error("stop");
      }),
    ).toThrow("stop");
    expect(handles()).toBe(0);
  });

  test("does not release twice what was released in it", () => {
    let other: PyList<number> | undefined;
    heap.scope(() => {
      heap.list([1]).release();
      other = heap.list([2]);
      other.release();
    });
    using list = heap.list([3]);
    expect(handles()).toBe(1);
    expect(list.length).toBe(1);
  });

  test("of an async function is refused", () => {
    expect(() => heap.scope(async () => heap.list([1]))).toThrow("Cannot run an async function in a scope");
    expect(handles()).toBe(0);
  });
});

test("heap.exact answers a handle for every result, so that 3 and 3.0 differ", () => {
  using list = heap.list([3, 1.5, "text", null, true]);
  const [int, float, text, none, bool] = heap.exact(() => [...list]) as unknown as { repr(): string }[];
  expect([int, float, text, none, bool].map((o) => o?.repr())).toEqual(["3", "1.5", "'text'", "None", "True"]);
  expect(heap.exact(() => heap.binary(6, "/", 2))?.toString()).toBe("3.0");
  expect(list.at(0)).toBe(3);
});

test("objects above 2 GiB", async () => {
  const high = await Heap.create({ base: 2 ** 31 + 2 ** 30 });
  const value = { list: [1, 2.5, "text", "語".repeat(30), 10n ** 30n], bytes: new Uint8Array([1, 2]) };
  using object = high.from(value);
  expect(high.toJS(object)).toEqual(value);
  expect(high.addressOf(object)).toBeGreaterThan(2 ** 31);
  const cycle: unknown[] = [];
  cycle.push(cycle);
  high.from(cycle).release();
  expect(high.gc.collect()).toBe(1);
  using set = high.set([...Array(1000).keys()]);
  using type = high.type("T", { fields: { x: "float64", o: "object" } });
  using instance = type.new({ x: 1.5, o: set });
  expect([instance.get("x"), set.size]).toEqual([1.5, 1000]);
  high.check();
});
