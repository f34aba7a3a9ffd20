// Functions of the program in the middle of an operation: no error is lost, and no operation loses the objects that it
// uses.

import { describe, expect, it } from "vitest";
import type { WholeFunctions } from "../../src/core/functions.gen.js";
import {
  type Address,
  type Handle,
  Heap,
  MemoryError,
  NULL,
  PyException,
  type PyInstance,
  type PyList,
  type PyTuple,
} from "../../src/index.js";
import { footprint, leakFree } from "./leak-free.js";

/** Makes instances that run a function when they die. */
function mortals(heap: Heap, run: () => void): () => PyInstance {
  const type = heap.type("Mortal", { finalize: () => heap.scope(run), weakReferences: true });
  return () => type.new() as unknown as PyInstance;
}

/** Takes all remaining memory. Returns a function that gives it back. */
function takeAll(heap: Heap): () => void {
  const blocks: Address[] = [];
  heap.failReservation(1, true);
  for (let size = 1 << 20; size >= 8; size >>= 1) {
    for (const domain of [heap.raw, heap.object, heap.mem]) {
      for (let block = domain.malloc(size); block !== NULL; block = domain.malloc(size)) blocks.push(block);
    }
  }
  return () => {
    heap.failReservation(0);
    for (const block of blocks) heap.mem.free(block);
  };
}

/** The core's own calls, which only tests use. */
interface Inside {
  readonly bridge: { readonly f: WholeFunctions; raiseIfSet(): void };
}

/**
 * Releases the last reference to a tuple while a ValueError is set, like an operation that fails after it took its
 * arguments. The operation is l[::0] = tuple. If `full`, no handle is free meanwhile. Returns the error that was set
 * afterwards.
 */
function dropWhilePending(heap: Heap, tuple: PyTuple, full: boolean): unknown {
  const list = heap.list();
  const { bridge } = list as unknown as Inside;
  const { f } = bridge;
  const numberOf = (handle: PyList | PyTuple) => {
    let number = f.next_handle(0);
    while (f.handle_address(number) >>> 0 !== heap.addressOf(handle)) number = f.next_handle(number);
    return number;
  };
  const target = numberOf(list);
  f.push_handle(numberOf(tuple));
  tuple.release();
  let giveBack = () => {};
  const copies: number[] = [];
  if (full) {
    giveBack = takeAll(heap);
    for (let copy = f.handle_copy(target); copy !== 0; copy = f.handle_copy(target)) copies.push(copy);
    f.error_clear();
  }
  f.set_slice(target, 0, 0, 0, 0);
  giveBack();
  for (const copy of copies) f.handle_release(copy);
  list.release();
  try {
    bridge.raiseIfSet();
    return undefined;
  } catch (error) {
    return error;
  }
}

describe("an error that is pending while a finalizer runs", () => {
  it("is still there afterwards, even if the finalizer raised another error", async () => {
    const heap = await Heap.create({ allocator: "malloc" });
    let finalized = 0;
    const reports: unknown[] = [];
    heap.onUnraisable = (error) => reports.push(error);
    const mortal = mortals(heap, () => finalized++);
    const before = footprint(heap);
    const instance = mortal();
    const tuple = heap.tuple([instance]);
    instance.release();
    const pending = dropWhilePending(heap, tuple as unknown as PyTuple, true);
    expect(pending).toEqual(new PyException("ValueError", "slice step cannot be zero"));
    // There was no memory for the finalizer's handle: the finalizer could not run, and that was reported.
    expect([finalized, reports]).toEqual([0, [expect.any(MemoryError)]]);
    expect(footprint(heap)).toEqual(before);
  });

  it("is still there afterwards, even if the finalizer used the heap", async () => {
    const heap = await Heap.create();
    const reports: unknown[] = [];
    heap.onUnraisable = (error) => reports.push(error);
    const seen: unknown[] = [];
    const mortal = mortals(heap, () => {
      expect(() => heap.list().pop()).toThrow(new PyException("IndexError", "pop from empty list"));
      expect(() => heap.pow("a", 1, 2)).toThrow(PyException);
      seen.push(heap.list([1, "two"]).repr(), heap.binary(2, "**", 70));
    });
    const tuple = heap.scope(() => heap.tuple<unknown>([mortal(), mortal()]));
    const pending = dropWhilePending(heap, tuple as unknown as PyTuple, false);
    expect(pending).toEqual(new PyException("ValueError", "slice step cannot be zero"));
    expect(seen).toEqual(["[1, 'two']", 2n ** 70n, "[1, 'two']", 2n ** 70n]);
    expect(reports).toEqual([]);
    heap.check();
  });
});

describe("what leaves a container", () => {
  it("stays there if there is no memory to return it", async () => {
    const heap = await Heap.create({ allocator: "malloc", policy: false });
    const big = 3n ** 2000n;
    const inner = heap.list([1]);
    const list = heap.list<unknown>([inner, big]);
    const dict = heap.dict<string, unknown>([["big", big]]);
    dict.set("inner", inner);
    const numbers = heap.set([big]);
    const sets = heap.set<unknown>([heap.frozenset([1])]);
    inner.release();
    heap.release();
    const handles: Handle[] = [];
    const giveBack = takeAll(heap);
    for (;;) {
      try {
        handles.push(list.clone());
      } catch (error) {
        expect(error).toBeInstanceOf(MemoryError);
        break;
      }
    }
    expect(() => list.pop()).toThrow(MemoryError);
    expect(() => list.pop(0)).toThrow(MemoryError);
    expect(() => dict.pop("big")).toThrow(MemoryError);
    expect(() => dict.pop("inner")).toThrow(MemoryError);
    expect(() => dict.popItem()).toThrow(MemoryError);
    expect(() => dict.setDefault("new", big)).toThrow(MemoryError);
    expect(() => numbers.pop()).toThrow(MemoryError);
    expect(() => sets.pop()).toThrow(MemoryError);
    giveBack();
    for (const handle of handles) handle.release();
    heap.check();
    expect([list.length, dict.size, numbers.size, sets.size]).toEqual([2, 2, 1, 1]);
    expect([list.pop(), dict.pop("big"), numbers.pop()]).toEqual([big, big, big]);
    expect((dict.popItem()[1] as PyList).at(0)).toBe(1);
    expect(heap.repr(sets.pop())).toBe("frozenset({1})");
    heap.check();
  });
});

describe("a finalizer that releases the handles of the operation in which it runs", () => {
  /** Runs an operation in which `mortal()` dies. Its finalizer releases the handles given to `release`. */
  function test(operation: (heap: Heap, mortal: () => PyInstance, release: (...handles: Handle[]) => void) => void) {
    return leakFree((heap) => {
      const released: Handle[] = [];
      let ran = 0;
      const mortal = mortals(heap, () => {
        ran++;
        for (const handle of released) handle.release();
        // Objects that would reuse the memory of freed ones.
        for (let k = 0; k < 20; k++) heap.list([heap.dict({ k }), heap.set([k])]);
      });
      operation(heap, mortal, (...handles) => released.push(...handles));
      expect(ran).toBeGreaterThan(0);
      for (const handle of released) expect(handle.released).toBe(true);
      heap.check();
    });
  }

  /** A new object to which only the container made by `put` refers. */
  function into<T>(mortal: () => PyInstance, put: (o: PyInstance) => T): T {
    const instance = mortal();
    const container = put(instance);
    instance.release();
    return container;
  }

  it("dict.update", () =>
    test((heap, mortal, release) => {
      const d = into(mortal, (o) => heap.dict<string, unknown>({ a: o, b: 0 }));
      const other = heap.dict<string, unknown>({ a: 1, b: 2, c: 3 });
      release(d, other);
      d.update(other);
    }));

  it("dict.update, after which the other dict is another", () =>
    test((heap, mortal, release) => {
      const other = heap.dict<unknown, unknown>({ a: 1, b: 2 });
      const d = into(
        () => mortals(heap, () => other.set(1, 1))(),
        (o) => heap.dict<unknown, unknown>({ a: o }),
      );
      expect(() => d.update(other)).toThrow(
        new PyException("RuntimeError", "dictionary changed size during iteration"),
      );
      into(mortal, (o) => heap.list([o])).clear();
      release(d, other);
      into(mortal, (o) => heap.list([o])).clear();
    }));

  for (const method of ["differenceUpdate", "symmetricDifferenceUpdate", "intersectionUpdate"] as const) {
    it(`set.${method}`, () =>
      test((heap, mortal, release) => {
        const kept = mortal();
        const s = heap.set<unknown>([kept, 1, 2, 3]);
        const other = method === "intersectionUpdate" ? heap.set<unknown>([1]) : heap.set<unknown>([kept, 1, 5, 6, 7]);
        const ref = heap.ref(kept);
        kept.release();
        if (method !== "intersectionUpdate") other.delete(ref);
        release(s, other);
        s[method](other);
        s.release();
        other.release();
      }));
  }

  it("l[:] = row", () =>
    test((heap, mortal, release) => {
      const l = into(mortal, (o) => heap.list<unknown>([o, 1, 2]));
      const row = heap.set<unknown>([7, 8, 9, 10, 11, 12]);
      release(l, row);
      l.setSlice(row);
    }));

  it("operations at whose beginning a collection is due", async () => {
    for (const name of ["slice", "union", "instance", "tuple"]) {
      await test((heap, mortal, release) => {
        const l = heap.list<unknown>([1, 2]);
        const s = heap.set<unknown>([1, 2]);
        const t = heap.set<unknown>([1, 3]);
        const T = heap.type("T", { fields: { x: "object" } });
        heap.gc.disable();
        heap.gc.threshold = [1, 10, 10];
        const cycle = into(mortal, (o) => heap.list<unknown>([o]));
        cycle.append(cycle);
        cycle.release();
        release(l, s, T);
        // The second object makes a collection due; it runs at the beginning of the operation.
        const extra = [heap.list(), heap.list()];
        heap.gc.enable();
        if (name === "slice") expect(l.slice(0, 2).repr()).toBe("[1, 2]");
        else if (name === "union") expect(s.union(t).size).toBe(3);
        else if (name === "instance") expect(T.new({ x: 5 }).get("x")).toBe(5);
        else expect(heap.tuple([1, l.released]).length).toBe(2);
        for (const list of extra) list.release();
      });
    }
  });
});

describe("a released handle", () => {
  it("is noticed if it is released while the operation's arguments are made", async () => {
    await leakFree((heap) => {
      for (const use of [
        (o: PyList, items: Iterable<unknown>) => o.extend(items),
        (o: PyList, items: Iterable<unknown>) => o.setSlice(items, 0, 1),
      ]) {
        const l = heap.list<unknown>([1]);
        const items = function* () {
          l.release();
          yield "an item";
        };
        expect(() => use(l, items())).toThrow(new ReferenceError("Cannot use this list: it was released"));
      }
      for (const method of ["union", "isSubsetOf", "update"] as const) {
        const s = heap.set<unknown>([1]);
        const items = function* () {
          s.release();
          yield "an item";
        };
        expect(() => s[method](items())).toThrow(new ReferenceError("Cannot use this set: it was released"));
      }
      const d = heap.dict<unknown, unknown>();
      const entries = function* (): Iterable<[string, number]> {
        d.release();
        yield ["key", 1];
      };
      expect(() => d.update(entries())).toThrow(new ReferenceError("Cannot use this dict: it was released"));
    });
  });

  it("leaves nothing on the stack when it is used", async () => {
    await leakFree((heap) => {
      const l = heap.list<unknown>([1]);
      const d = heap.dict<unknown, unknown>();
      const s = heap.set<unknown>();
      const text = heap.str("text");
      for (const handle of [l, d, s, text]) handle.release();
      for (const use of [
        () => l.includes("a long string that lives on the heap"),
        () => l.append("another one"),
        () => l.extend(["and more", "and more"]),
        () => l.setSlice(["slice"]),
        () => d.set("key", "value"),
        () => d.get("key"),
        () => d.update({ key: "value" }),
        () => s.add("item"),
        () => s.union(["item"]),
        () => text.indexOf("t"),
      ]) {
        expect(use).toThrow(ReferenceError);
      }
    });
  });
});

describe("callbacks", () => {
  it("see values though the program wants handles, and scopes of the program don't own what they keep", async () => {
    await leakFree((heap) => {
      const seen: unknown[] = [];
      let kept: PyInstance | undefined;
      const T = heap.type("T", {
        fields: { x: "object" },
        finalize: (o) => {
          seen.push(o.get("x"), heap.hash(7), heap.repr(null));
          kept ??= o.clone() as unknown as PyInstance;
        },
      });
      heap.scope(() => {
        const l = heap.list<unknown>([T.new({ x: "text" })]);
        const item = l.getItem(0) as PyInstance;
        item.release();
        heap.exact(() => heap.scope(() => void l.pop()));
      });
      expect(seen).toEqual(["text", 7, "None"]);
      expect(kept?.released).toBe(false);
      expect(heap.scope(() => kept?.get("x" as never))).toBe("text");
      kept?.release();
    });
  });
});
