// Functions, methods and types in C, called from TypeScript and from C in every possible way.

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Heap, type PyExtensionObject, type PyExtensionType, type PyFunction, type PyObject } from "../../src/index.js";
import { canCompile, ROOT } from "../needs.js";
import { build } from "./build.js";

const CALLS = readFileSync(`${ROOT}test/c/modules/calls.c`, "utf8");

function catchError(run: () => unknown): Error {
  try {
    run();
  } catch (error) {
    return error as Error;
  }
  throw new Error("nothing was thrown");
}

async function load() {
  const heap = await Heap.create({ allocator: "debug" });
  const loaded = await heap.load(await build("calls", CALLS));
  return { heap, loaded, calls: loaded.module };
}

describe.runIf(canCompile)("functions in C", () => {
  it("are called with values and objects, as their flags say", async () => {
    const { heap, calls, loaded } = await load();
    expect(calls.callMethod("nothing")).toBe(7);
    for (const value of [1.5, "text", 2n ** 70n, null, true, -3]) expect(calls.callMethod("same", value)).toBe(value);
    expect(calls.callMethod("count", 1, 2, 3)).toBe(3);
    expect(calls.callMethod("fast", 1, 2, 3)).toBe(123);
    heap.scope(() => {
      const same = calls.getAttr("same") as PyFunction;
      const list = heap.list([1]);
      expect((same.call(list) as PyObject).is(list)).toBe(true);
      const keywords = calls.getAttr("keywords") as PyFunction;
      expect(heap.toJS(keywords.callWith([1, "a"], { key: 2 }))).toEqual([[1, "a"], { key: 2 }]);
      expect(heap.toJS(keywords.callWith([1]))).toEqual([[1], null]);
      const fast = calls.getAttr("fast_keywords") as PyFunction;
      expect(heap.toJS(fast.callWith([1], { x: 2, y: 3 }))).toEqual([1, 2, 3, "x", "y"]);
    });
    heap.check();
    expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
  });

  it("complain as Python's do", async () => {
    const { calls } = await load();
    const complaint = (name: string, ...args: unknown[]) => {
      try {
        calls.callMethod(name, ...args);
      } catch (error) {
        return `${(error as Error).name}: ${(error as Error).message}`;
      }
      return "nothing";
    };
    expect(complaint("nothing", 1)).toBe("TypeError: calls.nothing() takes no arguments (1 given)");
    expect(complaint("same")).toBe("TypeError: calls.same() takes exactly one argument (0 given)");
    expect(complaint("fail", "why")).toBe("ValueError: why");
    expect(complaint("silent")).toBe(
      "SystemError: <built-in function silent> returned NULL without setting an exception",
    );
    expect(complaint("loud")).toBe("SystemError: <built-in function loud> returned a result with an exception set");
    expect(catchError(() => calls.callMethod("loud")).cause).toMatchObject({ name: "KeyError" });
    expect(complaint("missing")).toBe("AttributeError: module 'calls' has no attribute 'missing'");
    expect(() => (calls.getAttr("same") as PyFunction).callWith([1], { key: 1 })).toThrow(
      "calls.same() takes no keyword arguments",
    );
    expect(() => calls.call()).toThrow("'module' object is not callable");
  });

  it("are called from C, however that is done", async () => {
    const { heap, calls, loaded } = await load();
    heap.scope(() => {
      const keywords = calls.getAttr("keywords");
      const pair = heap.tuple([1, 2]);
      const through = (way: number) => heap.toJS(calls.callMethod("through", way, keywords, pair));
      for (const way of [0, 1, 4, 5]) expect(through(way), `way ${way}`).toEqual([[1, 2], null]);
      expect(through(2)).toEqual([[], null]);
      expect(through(3)).toEqual([[1], null]);
      for (const way of [6, 7]) expect(through(way), `way ${way}`).toEqual([[1], { key: 2 }]);
      expect(through(8)).toEqual([[1, 2], { key: true }]);
      expect(through(9)).toBe(true);
      const counter = (calls.getAttr("Counter") as PyExtensionType).call() as PyExtensionObject;
      expect(calls.callMethod("through", 9, counter, pair)).toBe(true);
      expect(calls.callMethod("through", 0, counter, pair)).toBe(2);
      expect(calls.callMethod("method", 1, counter, "add", 5)).toBe(5);
      expect(calls.callMethod("method", 2, counter, "add", 5)).toBe(10);
      expect(calls.callMethod("method", 3, counter, "add", 5)).toBe(15);
    });
    heap.check();
    expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
  });

  it("of types: methods, class methods, static ones, inherited ones, and instances that are called", async () => {
    const { heap, calls, loaded } = await load();
    heap.scope(() => {
      const Counter = calls.getAttr("Counter") as PyExtensionType;
      const Child = calls.getAttr("Child") as PyExtensionType;
      expect(Counter.name).toBe("Counter");
      expect(String(Counter)).toBe("<class 'calls.Counter'>");
      const counter = Counter.call() as PyExtensionObject;
      expect(counter.typeName).toBe("calls.Counter");
      expect(counter.callMethod("add", 3)).toBe(3);
      expect((counter.getAttr("add") as PyFunction).call(4)).toBe(7);
      expect((Counter.getAttr("add") as PyFunction).call(counter, 1)).toBe(8);
      expect(() => (Counter.getAttr("add") as PyFunction).call(calls, 1)).toThrow(
        /'add' .*doesn't apply to a 'module'/,
      );
      expect(() => Counter.callMethod("add")).toThrow("unbound method add() needs an argument");
      const words = ["__name__", "__qualname__", "__doc__"];
      const add = counter.getAttr("add") as PyFunction;
      expect(words.map((word) => add.getAttr(word))).toEqual(["add", "add", "adds"]);
      const double = counter.getAttr("double") as PyFunction;
      expect(words.map((word) => double.getAttr(word))).toEqual(["double", "double", null]);
      expect((Counter.getAttr("add") as PyFunction).getAttr("__doc__")).toBe("adds");
      expect([Counter.getAttr("__module__"), Counter.getAttr("__qualname__")]).toEqual(["calls", "Counter"]);
      expect((calls.getAttr("same") as PyFunction).getAttr("__doc__")).toBe("same(x): x");
      const made = Counter.callMethod("make") as PyExtensionObject;
      expect(made.call(1, 2)).toBe(102);
      expect(Counter.callMethod("double", 21)).toBe(42);
      expect(counter.callMethod("double", 2)).toBe(4);
      expect(() => counter.callMethod("add", "x")).toThrow(/int/);
      expect(() => counter.getAttr("nope")).toThrow("'calls.Counter' object has no attribute 'nope'");
      expect(() => counter.setAttr("add", 1)).toThrow("'calls.Counter' object attribute 'add' is read-only");
      expect(() => Counter.setAttr("x", 1)).toThrow("cannot set 'x' attribute of immutable type 'Counter'");
      const child = Child.callMethod("make") as PyExtensionObject;
      expect(child.typeName).toBe("calls.Child");
      expect(child.callMethod("add", 1)).toBe(101);
      expect(Child.stats.live).toBe(1);
      expect(Counter.stats.live).toBe(2);
      expect(String(counter.getAttr("add"))).toMatch(/^<built-in method add of calls.Counter object at 0x/);
      expect(String(calls.getAttr("same"))).toBe("<built-in function same>");
      expect(String(calls)).toBe("<module 'calls'>");
      expect(calls.getAttr("ANSWER")).toBe(42);
      expect(calls.getAttr("TEXT")).toBe("text");
      expect(calls.getAttr("__doc__")).toBe("Calls.");
      expect(calls.attributeNames).toContain("Counter");
    });
    heap.check();
    heap.compact();
    heap.check();
    expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
    heap.check();
  });
});

describe.runIf(canCompile)("instances in C that are containers", () => {
  it("are such from TypeScript, too", async () => {
    const heap = await Heap.create({ allocator: "debug" });
    const path = await build("countdown", readFileSync(`${ROOT}test/c/modules/countdown.c`, "utf8"));
    const loaded = await heap.load(path);
    heap.scope(() => {
      const Countdown = loaded.module.getAttr("Countdown") as PyExtensionType;
      const three = Countdown.call(3) as PyExtensionObject;
      expect([three.length, three.getItem(0), three.includes(2), three.includes(3)]).toEqual([3, 2, true, false]);
      expect(() => three.getItem(3)).toThrow("3 is not below 3");
      expect(three.setItem(0, 7).getItem(0)).toBe(7);
      expect(three.delItem(0).getItem(0)).toBe(2);
      expect(() => three.setItem(1, 7)).toThrow("only the first");
      expect([...three]).toEqual([2, 1, 0]);
      const count = () => Countdown.call(3) as PyExtensionObject;
      const set = heap.set<unknown>([2, 7]);
      expect(heap.repr(heap.set(count()))).toBe("{0, 1, 2}");
      const results = [
        set.union(count()),
        set.intersection(count()),
        set.difference(count()),
        set.symmetricDifference(count()),
        set.isDisjointFrom(count()),
        set.isSubsetOf(count()),
        heap.set<unknown>([0, 1, 2]).isSupersetOf(count()),
      ];
      expect(results.map(String)).toEqual(["{0, 1, 2, 7}", "{2}", "{7}", "{0, 1, 7}", "false", "false", "true"]);
      expect(String(set.update(count()))).toBe("{0, 1, 2, 7}");
      expect(() => set.union(Countdown as never)).toThrow("'type' object is not iterable");
      const stops = (Countdown.call(4) as PyExtensionObject).setItem(0, 1);
      expect(() => [...stops]).toThrow("stopped at two");
      for (const item of Countdown.call(5) as PyExtensionObject) if (item === 3) break;
      expect(heap.toJS(heap.list(Countdown.call(2) as PyExtensionObject))).toEqual([1, 0]);
    });
    heap.check();
    expect(loaded.unload()).toMatchObject({ blocks: 0, objects: 0 });
  });
});
