// Python's objects on a heap that several workers use: random programs with models, objects that are passed on, handles of workers that end.

import { describe, expect, it, vi } from "vitest";
import { lockedClass, lockedObject } from "../src/heap/locked.js";
import {
  Heap,
  type HeapShare,
  MemoryError,
  type PyDict,
  type PyList,
  type PyRef,
  type PySet,
  type SharedHeap,
  sumOfParts,
} from "../src/index.js";
import { SEED } from "./random.js";
import { Crew } from "./workers/crew.js";
import { type Done, HASH_KEY, LIMIT, makeCommon } from "./workers/object-program.js";

/** Checks the heap while nobody else uses it, and that its account is whole. */
function checkAll(heap: SharedHeap): void {
  heap.check();
  const { account } = heap.stats();
  expect(sumOfParts(account)).toBe(account.platform);
}

/** Two workers in this one: objects of the one are handles of the other only when they are passed on. */
async function two(): Promise<[SharedHeap, SharedHeap, HeapShare]> {
  const first = await Heap.create({ shared: true });
  const share = first.share();
  return [first, await Heap.join(share), share];
}

/** Compares what is in the objects of all with what the workers say that they did. */
function checkCommon(heap: SharedHeap, all: readonly Done[]): void {
  const counts = heap.toJS(heap.roots.get("counts")) as Record<string, number>;
  for (let k = 0; k < 20; k++)
    expect(counts[`key ${k}`] ?? 0).toBe(all.reduce((sum, { counts }) => sum + (counts[k] ?? 0), 0));
  const log = heap.toJS(heap.roots.get("log")) as [number, number][];
  // What a worker has added is in the order in which it did so, also in what others have taken out.
  for (const [worker, { added }] of all.entries()) {
    const mine = (entries: readonly (readonly [number, number])[]) =>
      entries.filter(([of]) => of === worker).map(([, n]) => n);
    for (const { taken } of all) expect(mine(taken)).toEqual(mine(taken).sort((a, b) => a - b));
    const taken = mine(all.flatMap((done) => done.taken)).sort((a, b) => a - b);
    expect([...taken, ...mine(log)]).toEqual(Array.from({ length: added }, (_, n) => n));
  }
}

/** How many objects of each type there are. */
function liveOf(heap: SharedHeap): Record<string, number> {
  heap.gc.collect();
  heap.release();
  return Object.fromEntries(Object.entries(heap.objectStats().types).map(([name, { live }]) => [name, live]));
}

describe(`objects of several workers (PYHEAP_SEED=${SEED})`, () => {
  it.each([1, 2, 4])("%i workers run random programs, each with a model, and all with one", async (count) => {
    const heap = await Heap.create({ shared: true, hashKey: HASH_KEY, limit: (count + 2) * LIMIT });
    heap.objectStats();
    const before = liveOf(heap);
    makeCommon(heap);
    const task = { kind: "objects", seed: SEED + count, programs: 20, steps: 1000, rounds: 3 } as const;
    const crew = await Crew.start(heap, count, task);
    for (let round = 0; round <= task.rounds; round++) {
      const pauses = await crew.paused();
      checkAll(heap);
      const done = pauses.map((pause) => pause.done as Done).sort((a, b) => a.worker - b.worker);
      heap.scope(() => checkCommon(heap, done));
      crew.goOn();
    }
    await crew.ended();
    heap.scope(() => {
      const probe = heap.list().share();
      heap.adopt(probe);
      for (let box = 0; box < count; box++)
        for (let parcel = crew.mail.receive(box); parcel; parcel = crew.mail.receive(box))
          heap.adopt({ ...probe, object: parcel.address });
    });
    heap.roots.clear();
    checkAll(heap);
    expect(liveOf(heap)).toEqual(before);
  });
});

describe("objects of a shared heap", () => {
  it("are the same for all workers, each with handles of its own", async () => {
    const [first, second] = await two();
    const list = first.list<unknown>([1, "two"]);
    const same = second.adopt<PyList>(list.share());
    same.push({ three: 3 }.three);
    expect(first.toJS(list)).toEqual([1, "two", 3]);
    expect([list.refcount, same.refcount]).toEqual([2, 2]);
    expect(() => second.list([list])).toThrow("Cannot use this list here: it belongs to another heap");
    list.release();
    expect(same.refcount).toBe(1);
    expect([...same]).toEqual([1, "two", 3]);
    checkAll(first);
    checkAll(second);
  });

  it("are passed on once, to a worker of the same heap", async () => {
    const [first, second] = await two();
    const share = first.dict({ a: 1 }).share();
    expect(() => first.adopt({ ...share, heap: share.heap + 1 })).toThrow("it belongs to another heap");
    expect(second.adopt(share).repr()).toBe("{'a': 1}");
    expect(() => first.adopt(share)).toThrow("a worker has adopted it already");
    const float = first.float(3);
    expect(second.adopt(float.share()).repr()).toBe("3.0");
    const alone = await Heap.create();
    expect(() => alone.list().share()).toThrow("Cannot share this list: the heap is not shared");
  });

  it("can have names that all workers know", async () => {
    const [first, second] = await two();
    first.roots.set("settings", first.dict({ depth: 3 }));
    const settings = second.roots.get("settings") as unknown as PyDict<string, number>;
    settings.set("depth", 4);
    expect(first.toJS(first.roots)).toEqual({ settings: { depth: 4 } });
  });

  it("have one collector, weak references and one account", async () => {
    const [first, second] = await two();
    const set = first.set([1]);
    const ref = second.adopt<PyRef<PySet<number>>>(first.ref(set).share());
    expect(ref.deref()?.has(1)).toBe(true);
    second.gc.disable();
    expect(first.gc.isEnabled).toBe(false);
    first.scope(() => {
      const list = first.list<unknown>();
      list.push(list);
    });
    expect(second.gc.collect()).toBe(1);
    const before = first.stats();
    const big = second.list(Array.from({ length: 10_000 }, (_, k) => k + 1000));
    const after = first.stats();
    expect(after.account.live.mem - before.account.live.mem).toBeGreaterThanOrEqual(40_000);
    expect(after.large.mem.blocks).toBe(before.large.mem.blocks + 1);
    expect(after.account.live.object - before.account.live.object).toBeGreaterThanOrEqual(10_000 * 16);
    big.release();
    checkAll(first);
  });

  it("are given up by a worker that leaves, which can't use them any more", async () => {
    const [first, second] = await two();
    const list = first.list([1]);
    const same = second.adopt<PyList>(list.share());
    second.list([list.length, 2]);
    second.leave();
    expect(list.refcount).toBe(1);
    for (const use of [
      () => same.length,
      () => same.release(),
      () => second.list(),
      () => second.gc,
      () => second.roots,
    ])
      expect(use).toThrow("Cannot use the heap: this worker has left it");
    checkAll(first);
  });

  it("are given up by a worker that was terminated", async () => {
    const [first, second, share] = await two();
    const list = first.list([1]);
    second.adopt<PyList>(list.share());
    const text = second.str("of the second".repeat(100));
    expect(text.length).toBe(1300);
    first.ended(share);
    expect(list.refcount).toBe(1);
    expect(first.objectStats().types.str?.live).toBe(0);
    checkAll(first);
    // The next one begins without handles.
    const third = await Heap.join(first.share());
    expect(third.list([1, 2]).repr()).toBe("[1, 2]");
    checkAll(third);
  });

  it("are given up by a worker that was terminated, as soon as the lock is free", async () => {
    const [first, second, share] = await two();
    const list = first.list([1]);
    second.adopt<PyList>(list.share());
    const third = await Heap.join(first.share());
    // The third one might have ended, too: whoever hears of the second one's end does not wait for it.
    third.locked(() => first.ended(share));
    expect(list.refcount).toBe(1);
    checkAll(first);
  });

  it("are given up later, and nobody waits, if JavaScript forgets them while another worker has the lock", async () => {
    const forget: (() => void)[] = [];
    class Registry {
      constructor(private readonly callback: (index: number) => void) {}
      register(_: object, index: number) {
        forget.push(() => this.callback(index));
      }
      unregister() {
        return true;
      }
    }
    const [first, second] = await two();
    vi.stubGlobal("FinalizationRegistry", Registry);
    try {
      second.str("forgotten".repeat(100));
    } finally {
      vi.unstubAllGlobals();
    }
    const isLive = () => (first.objectStats().types.str?.live ?? 0) > 0;
    // That the lock is not there for the second one would be an error after ten seconds.
    first.locked(() => forget.at(-1)?.());
    expect(isLive()).toBe(true);
    second.list();
    expect(isLive()).toBe(false);
    checkAll(first);
  });

  it("stay usable when the memory grows, and within the limit", async () => {
    const [first, second] = await two();
    const list = first.list(["a text that is longer than a few characters"]);
    const same = second.adopt<PyList>(list.share());
    first.raw.malloc(20_000_000);
    list.push("x".repeat(1_000_000));
    expect(same.at(1)).toHaveLength(1_000_000);
    expect(same.at(0)).toBe("a text that is longer than a few characters");
    second.limit = second.reserved + 1_000_000;
    expect(() => second.bytes(new Uint8Array(3_000_000))).toThrow(MemoryError);
    expect(() => first.list(Array.from({ length: 500_000 }, () => 0))).toThrow(MemoryError);
    expect(same.length).toBe(2);
    checkAll(first);
  });

  it("are locked over several operations, and not by an async function", async () => {
    const [first] = await two();
    const list = first.list([1, 2]);
    expect(first.locked(() => first.locked(() => list.pop()))).toBe(2);
    expect(() => first.locked(async () => list.pop())).toThrow("Cannot hold the lock for an async function");
    expect(() =>
      first.locked(() => {
        throw new Error("of the program");
      }),
    ).toThrow("of the program");
    expect(list.length).toBe(0);
  });
});

describe("members under a lock", () => {
  class Base {
    readonly field = [1];
    #secret = 2;
    method(n: number): number {
      return this.#secret + n;
    }
    get value(): number {
      return this.#secret;
    }
    set value(n: number) {
      this.#secret = n;
    }
    *steps(): IterableIterator<number> {
      yield this.#secret;
      yield this.method(10);
    }
    free(): number {
      return 0;
    }
  }
  class Derived extends Base {
    override method(n: number): number {
      return super.method(n) * 2;
    }
  }
  let depth = 0;
  let most = 0;
  let times = 0;
  const guard = <T>(operation: () => T): T => {
    depth++;
    times++;
    most = Math.max(most, depth);
    try {
      return operation();
    } finally {
      depth--;
    }
  };

  it("are all members of a class and of its bases", () => {
    for (const object of [new (lockedClass(Derived, guard, ["free"]))(), lockedObject(new Derived(), guard)]) {
      times = 0;
      expect(object.method(1)).toBe(6);
      object.value = 3;
      expect([object.value, object.free(), object.field]).toEqual([3, 0, [1]]);
      expect(times).toBeGreaterThanOrEqual(3);
      const steps = object.steps();
      expect(depth).toBe(0);
      expect(steps.next().value).toBe(3);
      expect(depth).toBe(0);
      expect([...steps]).toEqual([26]);
      expect(object).toBeInstanceOf(Base);
    }
    expect(most).toBeGreaterThanOrEqual(1);
  });
});
