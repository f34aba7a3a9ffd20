// Trimming: the heap moves to a smaller memory, and everything works as before.

import { describe, expect, test } from "vitest";
import { Heap, type PyList } from "../../src/index.js";
import { isFreed } from "../collect.js";
import { randomNumbers } from "../random.js";

/** Where a heap begins in its memory. */
const BASE = 256 * 1024;
const WASM_PAGE = 65536;

/** A heap from which almost everything was released. */
async function emptied(): Promise<{ heap: Heap; list: PyList }> {
  const heap = await Heap.create();
  const list = heap.from(Array.from({ length: 50_000 }, (_, k) => [k, `text ${k}`])) as unknown as PyList;
  for (let k = 0; k < list.length; k++) if (k % 100 !== 0) list.set(k, null);
  heap.compact();
  return { heap, list };
}

describe("heap.trim", () => {
  test("moves the heap to a memory that is as small as it can be; handles and blocks stay good", async () => {
    const { heap, list } = await emptied();
    const samples = heap.new("float64", 1000);
    samples.view.fill(0.5);
    const old = heap.memory;
    const address = heap.addressOf(list);
    const { before, after, gained, stays } = heap.trim();
    heap.check();
    expect(stays).toBeUndefined();
    expect(gained).toBe(before - after);
    expect(before).toBe(old.buffer.byteLength);
    expect(after).toBe(heap.memory.buffer.byteLength);
    expect(after - heap.reserved).toBeLessThan(BASE + 2 * WASM_PAGE);
    expect(heap.memory).not.toBe(old);
    expect(heap.addressOf(list)).toBe(address);
    expect(heap.toJS(list.at(4900))).toEqual([4900, "text 4900"]);
    expect(samples.view[999]).toBe(0.5);
    samples.view[999] = 1.5;
    expect(samples.view[999]).toBe(1.5);
    expect(new Float64Array(heap.memory.buffer, samples.address, 1000)[999]).toBe(1.5);
    // Nothing writes to the old memory any more.
    const copy = new Uint8Array(old.buffer).slice();
    list.push([1, 2, 3].map((k) => k * 1000).join());
    heap.object.free(heap.object.malloc(100));
    heap.raw.free(heap.raw.malloc(10_000));
    expect(Buffer.compare(copy, new Uint8Array(old.buffer))).toBe(0);
    heap.check();
  });

  test("leaves the old memory to JavaScript's collector: nobody refers to it", async () => {
    const { heap, list } = await emptied();
    const Node = heap.type("Node", { fields: { value: "float64" }, finalize: () => undefined });
    using node = Node.new({ value: 1 });
    using samples = heap.new("float64", 10);
    samples.view.fill(1);
    const old = (() => new WeakRef(heap.memory))();
    await new Promise((resolve) => setTimeout(resolve));
    expect((() => heap.trim().gained)()).toBeGreaterThan(0);
    expect(await isFreed(old)).toBe(true);
    expect([list.length, node.get("value"), samples.view[9]]).toEqual([50_000, 1, 1]);
  });

  test("again and again, while a program goes on that grows and shrinks", async () => {
    const heap = await Heap.create();
    const random = randomNumbers(7);
    const model: (number[] | null)[] = Array.from({ length: 300 }, () => null);
    using list = heap.from(model) as unknown as PyList;
    using byName = heap.dict<string, number>();
    for (let step = 0; step < 4000; step++) {
      const k = Math.floor(random() * model.length);
      const value = random() < 0.4 ? null : Array.from({ length: Math.floor(random() * 400) }, (_, n) => n * k);
      model[k] = value;
      const made = value === null ? null : heap.from(value);
      list.set(k, made);
      made?.release();
      byName.set(`name ${k}`, step);
      if (step % 500 === 499) {
        if (random() < 0.7) heap.compact();
        heap.trim();
        heap.check();
      }
    }
    expect(heap.toJS(list)).toEqual(model);
    list.clear();
    heap.compact();
    heap.trim();
    expect(byName.size).toBeGreaterThan(200);
    heap.check();
  });

  test("with types, finalizers, weak references and their callbacks, a recording, debug hooks", async () => {
    const heap = await Heap.create({ allocator: "debug" });
    const events: string[] = [];
    const Node = heap.type("Node", {
      fields: { next: "object", value: "float64" },
      weakReferences: true,
      finalize: (node) => events.push(`finalized ${node.get("value")}`),
      dealloc: ({ value }) => events.push(`gone ${value}`),
    });
    const node = Node.new({ value: 2.5 });
    const ref = heap.ref(node, () => events.push("called"));
    const chunks: Uint8Array[] = [];
    const recorder = heap.trace({ write: (bytes) => chunks.push(bytes.slice()) });
    heap.from(Array.from({ length: 200 }, (_, k) => [k])).release();
    heap.relieve();
    heap.trim();
    heap.check();
    using later = heap.from([1, [2]]);
    expect(heap.toJS(later)).toEqual([1, [2]]);
    expect(node.get("value")).toBe(2.5);
    node.set("next", node);
    node.release();
    heap.gc.collect();
    expect(events.sort()).toEqual(["called", "finalized 2.5", "gone 2.5"]);
    expect(ref.deref()).toBeUndefined();
    recorder.stop();
    expect(chunks.length).toBeGreaterThan(0);
    heap.check();
  });

  test("goes on with the program's own allocator", async () => {
    const { heap, list } = await emptied();
    const before = heap.getAllocator("object");
    let calls = 0;
    heap.setAllocator("object", {
      malloc: (n) => {
        calls++;
        return before.malloc(n);
      },
      calloc: before.calloc,
      realloc: before.realloc,
      free: before.free,
    });
    heap.trim();
    list.push([2.5].map((x) => x + 0.25)[0] as never);
    expect(calls).toBeGreaterThan(0);
    heap.setAllocator("object", before);
    expect(list.at(-1)).toBe(2.75);
    heap.check();
  });

  test("is refused while the core waits for the program, and then nothing changes", async () => {
    const { heap } = await emptied();
    const messages = new Set<string>();
    const attempt = () => {
      try {
        heap.trim();
      } catch (error) {
        messages.add((error as Error).message);
      }
    };
    const memory = heap.memory;
    const Type = heap.type("T", { fields: { a: "object" }, finalize: attempt });
    Type.new().release();
    heap.walk(attempt, { blocks: false });
    heap.from({
      get a() {
        attempt();
        return 1;
      },
    });
    heap.on("collect", attempt);
    heap.gc.collect();
    expect([...messages]).toEqual(["Cannot trim the heap: an operation is under way"]);
    expect(heap.memory).toBe(memory);
    heap.check();
  });

  test("says why the memory stays", async () => {
    const own = await Heap.create();
    expect(own.imports.memory).toBe(own.memory);
    expect(own.trim()).toMatchObject({ gained: 0, stays: expect.stringContaining("heap.imports") });
    const memory = new WebAssembly.Memory({ initial: 40 });
    const guest = await Heap.create({ memory });
    expect(guest.trim()).toMatchObject({ gained: 0, stays: "its memory or its table is not the heap's own" });
    expect(guest.memory).toBe(memory);
  });

  test("is the last measure against pressure, and comes when it is worth it", async () => {
    const heap = await Heap.create();
    const list = heap.from(Array.from({ length: 50_000 }, (_, k) => [k, `text ${k}`])) as unknown as PyList;
    list.clear();
    const before = heap.memory.buffer.byteLength;
    const { measures } = heap.relieve();
    expect(measures.at(-1)?.measure).toBe("trim");
    expect(heap.memory.buffer.byteLength).toBeLessThan(before / 4);
    const memory = heap.memory;
    heap.relieve();
    expect(heap.memory).toBe(memory);
    heap.check();
  });

  test("of a heap that came from an image, and of one above 2 GiB", async () => {
    const { heap, list } = await emptied();
    heap.roots.set("list", list);
    const loaded = await Heap.load(await heap.save());
    const again = loaded.roots.get("list") as PyList;
    again.clear();
    loaded.compact();
    loaded.trim();
    loaded.check();
    expect(again.length).toBe(0);
    const high = await Heap.create({ base: 2 ** 31 });
    const dict = high.dict({ key: 1.5 });
    high.from(Array.from({ length: 30_000 }, (_, k) => [k])).release();
    high.compact();
    high.trim();
    high.check();
    expect(dict.get("key")).toBe(1.5);
  });
});
