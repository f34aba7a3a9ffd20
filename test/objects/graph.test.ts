// The graph of a heap's own objects: known objects with their names, sizes and holders; the sum is the account's; nothing
// in the heap changes, whatever goes on.

import { beforeEach, describe, expect, it } from "vitest";
import { EDGE, FLAG, Heap, NODE, type ObjectGraph, type PyObject, type SnapshotOptions } from "../../src/index.js";
import { findDominators } from "../../src/snapshot/dominators.js";
import { Paths } from "../../src/snapshot/paths.js";
import { readHeapSnapshot } from "../../src/snapshot/reader.js";
import { Failures } from "../failures.js";
import { edgesOf, nodesById, typeName } from "../python/versions/objects.js";
import { randomIntegers } from "../random.js";

const sumOf = (graph: ObjectGraph) => graph.sizes.reduce((sum, size) => sum + size, 0);

/** Where a heap begins by default. */
const BASE = 256 * 1024;

/** Takes the graph. The memory, which begins at `base`, is what it was, and the sum is the account's. */
function expectWhole(heap: Heap, base = BASE): ObjectGraph {
  const before = new Uint8Array(heap.memory.buffer, base, heap.reserved).slice();
  const graph = heap.graph();
  expect(
    Buffer.compare(before, new Uint8Array(heap.memory.buffer, base, heap.reserved)),
    "the memory is what it was",
  ).toBe(0);
  expect(sumOf(graph)).toBe(heap.stats().account.platform);
  return graph;
}

/** Names and targets of the edges of an object, as texts. */
function shown(graph: ObjectGraph, node: number): string[] {
  return edgesOf(graph, node).map(({ name, target }) => {
    const value = graph.strings[graph.values[target] as number] as string;
    return `${name} ${typeName(graph, target)}${value === "" ? "" : ` ${value}`}`;
  });
}

describe("the graph of a heap of our own", () => {
  let heap: Heap;
  beforeEach(async () => {
    heap = await Heap.create();
  });

  const nodeOf = (graph: ObjectGraph, object: PyObject) => nodesById(graph).get(heap.addressOf(object)) as number;

  it("names items, keys, members, fields, classes and bases, with short values", () => {
    const Point = heap.type("Point", { fields: { x: "float64", next: "object", name: "object" }, items: "object" });
    const point = Point.new({ x: 1.5, name: "origin" }, [7, "seven"]);
    const table = heap.from(
      new Map<unknown, unknown>([
        ["text", [1.5, true]],
        [7, 2n ** 200n],
      ]),
    );
    const cycle = heap.list<unknown>([point, table]);
    cycle.append(cycle);
    const mixed = heap.tuple([heap.set([1]), heap.frozenset(["f"]), heap.bytes([97, 39, 255]), null, "é".repeat(100)]);
    const graph = expectWhole(heap);
    const of = (object: PyObject) => shown(graph, nodeOf(graph, object));
    expect(of(point)).toEqual([
      "next NoneType None",
      "name str origin",
      "[0] int 7",
      "[1] str seven",
      "__class__ type Point",
    ]);
    expect(of(table)).toEqual(["['text'] list 2 items", "(key) str text", "[7] int (210 bits)", "(key) int 7"]);
    expect(of(cycle)).toEqual(["[0] Point", "[1] dict 2 items", "[2] list 3 items"]);
    expect(edgesOf(graph, nodeOf(graph, cycle))[2]?.target).toBe(nodeOf(graph, cycle));
    expect(of(mixed)).toEqual([
      ...["[0] set 1 item", "[1] frozenset 1 item", "[2] bytes b'a\\x27\\xff'", "[3] NoneType None"],
      `[4] str ${"é".repeat(80)}…`,
    ]);
    expect(shown(graph, nodeOf(graph, Point))).toEqual(["__name__ str Point"]);
    expect(edgesOf(graph, nodeOf(graph, point))[1]?.kind).toBe(EDGE.attribute);
    expect(edgesOf(graph, nodeOf(graph, table))[0]?.kind).toBe(EDGE.key);
  });

  it("has the sizes that the heap counts: blocks, headers, and the buffers of the object alone", () => {
    const small = heap.list([1, 2]);
    const large = heap.list(Array.from({ length: 100_000 }, (_, k) => k % 10));
    const text = heap.str("x".repeat(5000));
    const graph = expectWhole(heap);
    const size = (object: PyObject) => graph.sizes[nodeOf(graph, object)] as number;
    const blocks = new Map<number, number>();
    heap.walk((item) => {
      if (item.kind === "block" && item.used) blocks.set(item.address, item.size);
      if (item.kind === "chunk") blocks.set(item.address + 4, item.usable);
    });
    const word = (address: number) => new DataView(heap.memory.buffer).getUint32(address, true);
    for (const list of [small, large]) {
      const address = heap.addressOf(list);
      // refcnt, type, size, items; the collector's header is in front.
      const items = word(address + 12);
      expect(graph.bufferOwners[graph.bufferAddresses.indexOf(items)]).toBe(nodeOf(graph, list));
      expect(size(list)).toBe((blocks.get(address - 8) as number) + (blocks.get(items) as number));
    }
    expect(size(large)).toBeGreaterThan(400_000);
    expect(size(text)).toBe(blocks.get(heap.addressOf(text)));
    const none = nodesById(graph);
    const digit = edgesOf(graph, nodeOf(graph, small))[0]?.target as number;
    expect([graph.sizes[digit], graph.flags[digit]]).toEqual([0, FLAG.static | FLAG.immortal | FLAG.shared]);
    expect(none.size).toBeGreaterThan(5);
  });

  it("has roots and handles as holders, weak references that hold nothing, and keys that dicts share", () => {
    const Node = heap.type("Node", { fields: { value: "object" }, weakReferences: true });
    const node = Node.new({ value: "kept" });
    const ref = heap.ref(node, () => undefined);
    heap.roots.set(
      "app",
      heap.from({
        records: [
          { a: 1, b: "x" },
          { a: 2, b: "y" },
          { a: 3, b: "z" },
        ],
      }),
    );
    const graph = expectWhole(heap);
    const paths = new Paths(graph);
    const pathOf = (id: number) => paths.text(paths.to(id) ?? []);
    expect(pathOf(nodeOf(graph, node))).toMatch(/^handle \d+$/);
    const held = edgesOf(graph, nodeOf(graph, ref));
    expect(held.map(({ kind, name }) => [kind, name])).toEqual([
      [EDGE.weak, "(weak)"],
      [EDGE.internal, "(callback)"],
    ]);
    expect(held[0]?.target).toBe(nodeOf(graph, node));
    const texts = [...graph.kinds.keys()].filter((k) => graph.kinds[k] === NODE.string);
    const z = texts.find((k) => graph.strings[graph.values[k] as number] === "z") as number;
    expect(pathOf(z)).toBe("app['records'][2]['b']");
    const record = paths.to(z)?.at(-2)?.node as number;
    const records = edgesOf(graph, record);
    const keys = records.find(({ name }) => name === "(shared keys)")?.target as number;
    expect(shown(graph, keys)).toEqual(["(key) str a", "(key) str b"]);
    expect(graph.sizes[keys]).toBeGreaterThan(0);
    // The root alone holds the record; the weak reference does not hold the node.
    const { parents } = findDominators(graph);
    expect(parents[z]).toBe(record);
  });

  it("tells garbage from what is alive, and raw blocks from objects", () => {
    heap.gc.disable();
    const blocks = [heap.raw.malloc(1000), heap.mem.malloc(100), heap.mem.malloc(100_000)];
    const lost = heap.list<unknown>([]);
    lost.append(lost);
    const [lostId] = [heap.addressOf(lost)];
    lost.release();
    const graph = expectWhole(heap);
    const garbage = [...graph.flags.keys()].filter((k) => ((graph.flags[k] as number) & FLAG.garbage) !== 0);
    expect(garbage.map((k) => graph.ids[k])).toEqual([lostId]);
    const memory = edgesOf(graph, edgesOf(graph, 0).find(({ name }) => name === "(memory)")?.target as number);
    const size = (begin: string) => {
      const found = memory.find(({ name }) => name.startsWith(begin));
      return found === undefined ? 0 : (graph.sizes[found.target] as number);
    };
    expect(size("(raw domain)")).toBeGreaterThanOrEqual(1000);
    expect(size("(large blocks of the mem domain")).toBeGreaterThanOrEqual(100_000);
    expect(memory.map(({ name }) => name)).toContain("(mem domain, no object), 1 block of 104 bytes");
    expect(blocks.every((block) => block !== 0)).toBe(true);
  });

  it("is written as a .heapsnapshot, and read again", () => {
    heap.roots.set("list", heap.from([1, "two", { three: 3 }]));
    const pieces: Uint8Array[] = [];
    const summary = heap.snapshot({ write: (bytes) => pieces.push(bytes.slice()) });
    const graph = heap.graph();
    expect(readHeapSnapshot(pieces)).toEqual(graph);
    expect(summary.bytes).toBe(heap.stats().account.platform);
    const wrong: unknown[] = [
      {},
      undefined,
      { file: 5 },
      { write: "app.heapsnapshot" },
      { file: "a", write: () => undefined },
    ];
    for (const options of wrong) {
      expect(() => heap.snapshot(options as SnapshotOptions)).toThrow("Cannot take a snapshot: say where it goes");
    }
  });

  it("is refused in the middle of a collection, and whole in a finalizer and in a callback outside of one", () => {
    const said: string[] = [];
    const take = () => {
      try {
        expectWhole(heap);
        said.push("taken");
      } catch (error) {
        said.push((error as Error).message);
      }
    };
    const Final = heap.type("Final", { fields: { self: "object" }, finalize: take });
    Final.new().release();
    const cyclic = Final.new();
    cyclic.set("self", cyclic);
    cyclic.release();
    heap.gc.collect();
    expect(said).toEqual(["taken", "Cannot take a snapshot: a collection is under way"]);
    said.length = 0;
    heap.gc.callbacks.push(take);
    heap.gc.collect();
    expect(said.length).toBe(2);
    heap.check();
  });

  it("is whole at every allocation failure", () => {
    const failures = new Failures(heap);
    let taken = 0;
    for (let k = 1; k < 400; k++) {
      failures.during(k, () => {
        try {
          heap
            .scope(() => {
              const made = heap.from({ deep: [[[k]], { k }, new Set([`${k}`]), "text".repeat(20)] });
              if (failures.failed > 0) expectWhole(heap);
              return made;
            })
            .release();
        } catch {
          expectWhole(heap);
        }
      });
      if (failures.failed === 0) break;
      taken++;
      heap.check();
    }
    expect(taken).toBeGreaterThan(5);
  });

  it("is taken inside of an allocation, by the program's allocator", () => {
    const sums: boolean[] = [];
    const { malloc, calloc, realloc, free } = heap.getAllocator("object");
    let isInside = false;
    const list = heap.list([1.5, 2.5]);
    heap.setAllocator("object", {
      malloc: (n) => {
        if (!isInside) {
          isInside = true;
          sums.push(sumOf(heap.graph()) === heap.stats().account.platform);
          isInside = false;
        }
        return malloc(n);
      },
      calloc,
      realloc,
      free,
    });
    heap.dict<string, unknown>([
      ["a", list],
      ["b", 3.5],
    ]);
    expect(sums.length).toBeGreaterThan(1);
    expect(sums.every(Boolean)).toBe(true);
  });
});

it.each([
  ["pools", {}, 600],
  ["debug hooks", { allocator: "debug" }, 200],
  ["no pools", { allocator: "malloc" }, 300],
  ["addresses above 2 GiB", { base: 0x8000_0000 }, 300],
] as const)(
  "random objects, %s: the sum is the account's, and no more is reached than is there",
  async (_, options, steps) => {
    const heap = await Heap.create(options);
    const random = randomIntegers(7);
    const Pair = heap.type("Pair", { fields: { a: "object", b: "object" }, weakReferences: true });
    const held: PyObject[] = [];
    const any = (): unknown => (held.length > 0 && random(2) === 0 ? held[random(held.length)] : `${random(1000)}`);
    for (let step = 0; step < steps; step++) {
      const made = [
        () => heap.list([any(), any(), random(1_000_000)]),
        () => heap.dict<string, unknown>([[`${random(50)}`, any()]]),
        () => Pair.new({ a: any(), b: any() }),
        () => heap.tuple([any()]),
        () => heap.from({ x: random(9), y: [random(9)] }),
      ][random(5)]?.() as PyObject;
      held.push(made);
      if (held.length > 40) held.splice(random(held.length), 1)[0]?.release();
      if (step % 100 !== 99) continue;
      const graph = expectWhole(heap);
      const { types, userTypes } = heap.objectStats();
      const count = (name: string) =>
        [...graph.types].filter((text, k) => graph.strings[text] === name && graph.sizes[k] !== 0).length;
      for (const name of ["list", "dict", "tuple", "float"]) expect(count(name), name).toBe(types[name]?.live);
      expect(count("Pair")).toBe(userTypes[0]?.live);
    }
  },
);
