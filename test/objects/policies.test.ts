// Statistics that are exact to the byte; and results that do not change when policies are switched off.

import { describe, expect, it } from "vitest";
import { type Address, type DomainName, Heap, type HeapOptions, NULL, type Policies } from "../../src/index.js";
import { footprint } from "./leak-free.js";

/** A heap whose mem and object domains count the requested bytes, block by block. */
async function countingHeap(options: HeapOptions = {}): Promise<{ heap: Heap; requested: () => number }> {
  const heap = await Heap.create(options);
  const sizes = new Map<Address, number>();
  for (const domain of ["mem", "object"] as const satisfies readonly DomainName[]) {
    const below = heap.getAllocator(domain);
    const note = (block: Address, n: number): Address => {
      if (block !== NULL) sizes.set(block, n);
      return block;
    };
    heap.setAllocator(domain, {
      malloc: (n) => note(below.malloc(n), n),
      calloc: (count, size) => note(below.calloc(count, size), count * size),
      realloc: (block, n) => {
        const moved = below.realloc(block, n);
        if (moved !== NULL) sizes.delete(block);
        return note(moved, n);
      },
      free: (block) => {
        sizes.delete(block);
        below.free(block);
      },
    });
  }
  return { heap, requested: () => [...sizes.values()].reduce((sum, n) => sum + n, 0) };
}

/** Uses every type and every policy. Returns what it saw; `look` is called in between. */
function program(heap: Heap, look: () => void): unknown {
  return heap.scope(() => {
    const T = heap.type("T", { fields: { a: "object", n: "float64" }, items: "object", weakReferences: true });
    const Numbers = heap.type("Numbers", { items: "uint16" });
    const l = heap.list<unknown>([
      1,
      -5,
      256,
      257,
      2n ** 100n,
      1.5,
      "x",
      "é",
      "text",
      "текст",
      "😀",
      heap.bytes([1]),
      null,
    ]);
    look();
    for (let k = 0; k < 300; k++) l.append(k % 3 === 0 ? k * 1000 : k % 3 === 1 ? k / 7 : `word ${k}`);
    look();
    l.deleteSlice(20, 250);
    look();
    const records = heap.from(
      Array.from({ length: 40 }, (_, id) => ({ id, name: `name ${id % 5}`, tags: [id, "tag"] })),
    );
    look();
    const d = heap.dict<unknown, unknown>([
      ["a", 1],
      ["b", heap.tuple([1, heap.tuple([2, 3])])],
    ]);
    for (let k = 0; k < 100; k++) d.set(k % 2 === 0 ? k : `key ${k}`, [k, -k][k % 2]);
    for (let k = 0; k < 50; k++) d.deleteItem(k % 2 === 0 ? k : `key ${k}`);
    look();
    const [s, f] = [heap.set<unknown>(), heap.frozenset([1, "x", heap.tuple([1])])];
    for (let k = 0; k < 200; k++) s.add(k % 50 === 0 ? `item ${k}` : k);
    s.intersectionUpdate(heap.list([1, 2, 3, "item 50", 77]));
    look();
    const t = T.new({ a: l, n: 0.5 }, [1, "item", records]);
    const numbers = Numbers.new({}, [1, 2, 3]);
    const ref = heap.ref(t, () => undefined);
    look();
    const seen = [
      l.repr(),
      records.toString(),
      d.repr(),
      heap.toJS(f),
      [...s].map(String).sort(),
      [...numbers],
      ref.isTracked,
    ];
    for (const handle of [t, numbers, records, l]) handle.release();
    look();
    heap.release();
    look();
    return seen;
  });
}

describe("objectStats().bytes", () => {
  for (const allocator of ["pymalloc", "malloc"] as const) {
    it(`is what the object layer has asked of its domains, at any time: ${allocator}`, async () => {
      const { heap, requested } = await countingHeap({ allocator });
      const before = footprint(heap);
      program(heap, () => expect(heap.objectStats().bytes).toBe(requested()));
      expect(footprint(heap)).toEqual(before);
      expect(requested()).toBe(before.bytes);
    });
  }

  it("is in the account, with each block's size class", async () => {
    const heap = await Heap.create();
    program(heap, () => {
      const { live } = heap.stats().account;
      const { bytes } = heap.objectStats();
      // A block is at most 7 bytes larger than requested.
      expect(live.mem + live.object).toBeGreaterThanOrEqual(bytes);
      expect(live.mem + live.object).toBeLessThan(bytes + 8 * heap.stats().allocatedBlocks);
    });
  });
});

describe("policies", () => {
  const KEY = [1n, 2n] as const;
  const figures = async (policies: Policies) => {
    const { heap, requested } = await countingHeap({ policies, hashKey: KEY });
    const results = program(heap, () => expect(heap.objectStats().bytes).toBe(requested()));
    const ints = heap.exact(() =>
      heap.scope(() => {
        const l = heap.list<unknown>([7, 7, "x", "x"]);
        const [a, b, c, d] = [...l] as ReturnType<Heap["int"]>[];
        return { ints: a?.is(b as never), characters: c?.is(d as never) };
      }),
    );
    const same = heap.scope(() => heap.intern("long enough").is(heap.intern("long enough")));
    const stats = heap.objectStats();
    const hits = Object.values(stats.types).reduce((sum, { freeHits }) => sum + freeHits, 0) + stats.spareKeys.hits;
    return { results, ...ints, interning: same, freeLists: hits > 0, keySharing: stats.sharedKeys.hits > 0 };
  };

  it("are all on by default", async () => {
    const { results, ...on } = await figures({});
    expect(on).toEqual({ ints: true, characters: true, interning: true, freeLists: true, keySharing: true });
    expect(results).toBeDefined();
  });

  for (const [policy, figure] of [
    ["smallInts", "ints"],
    ["characters", "characters"],
    ["interning", "interning"],
    ["freeLists", "freeLists"],
    ["keySharing", "keySharing"],
  ] as const) {
    it(`${policy} can be switched off: results are the same`, async () => {
      const [on, off] = [await figures({}), await figures({ [policy]: false })];
      expect(off.results).toEqual(on.results);
      expect(off[figure]).toBe(false);
    });
  }

  it("are known by their names: another name is refused", async () => {
    await expect(Heap.create({ policies: { caching: false } as Policies })).rejects.toThrow(
      "Cannot set policy caching: the policies are smallInts, characters, interning, freeLists, keySharing",
    );
    await expect(Heap.create({ policies: { toString: false } as object as Policies })).rejects.toThrow(
      "Cannot set policy toString: the policies are smallInts",
    );
  });
});
