// Heap images: what is saved comes back; what can't be saved is refused; files that are not images, or are broken, are
// refused, too.

import { describe, expect, it } from "vitest";
import { crc32 } from "../../src/ground/crc32.js";
import {
  DEBUG_SAVEALL,
  Heap,
  ImageError,
  MemoryError,
  type PyDict,
  type PyInstance,
  type PyList,
  type PyObject,
  type PyRef,
  type PyType,
} from "../../src/index.js";
import { brokenImages, library, replaceWord, survive } from "./image-mutations.js";

/** Offsets in the header, as in src/image/format.ts. */
const [TEXT_BYTES_AT, SIZE_AT, TEXT_CRC_AT, HEADER_CRC_AT, HEADER] = [16, 20, 40, 44, 48];

/** The image with other metadata, and with correct checksums. */
function withMetadata(image: Uint8Array, change: (metadata: object) => object): Uint8Array {
  const memory = HEADER + new DataView(image.buffer).getUint32(TEXT_BYTES_AT, true);
  const metadata = JSON.parse(new TextDecoder().decode(image.subarray(HEADER, memory)));
  const text = new TextEncoder().encode(JSON.stringify(change(metadata)));
  const changed = Uint8Array.from([...image.subarray(0, HEADER), ...text, ...image.subarray(memory)]);
  const view = new DataView(changed.buffer);
  view.setUint32(TEXT_BYTES_AT, text.length, true);
  view.setUint32(TEXT_CRC_AT, crc32(text), true);
  view.setUint32(HEADER_CRC_AT, crc32(changed.subarray(0, HEADER_CRC_AT)), true);
  return changed;
}

/** A description of the roots of a library. */
function describeLibrary(heap: Heap): unknown {
  const root = <T extends PyObject>(name: string): T => heap.roots.get<T>(name) as T;
  const point = root<PyInstance<{ x: "float64"; label: "object"; n: "uint8" }, "int16">>("point");
  const cycle = root<PyList>("cycle");
  const pair = root<PyObject>("pair");
  return {
    roots: [...heap.roots],
    shelf: heap.toJS(root("shelf")),
    cycle: [cycle.at(0), heap.addressOf(cycle.at(1) as PyObject) === heap.addressOf(cycle), cycle.refcount],
    point: [point.get("x"), point.get("label"), point.get("n"), [...point]],
    ref: heap.addressOf(root<PyRef>("ref").deref() as PyObject) === heap.addressOf(point),
    pair: heap.repr(pair).replace(/0x[0-9a-f]+/g, "0x"),
  };
}

describe("an image", () => {
  it("has all that the roots lead to, with identity, order, cycles and hashes", async () => {
    const heap = await library();
    const expected = describeLibrary(heap);
    const image = await heap.save();
    const loaded = await Heap.load(image, { verify: true });
    expect(describeLibrary(loaded)).toEqual(expected);
    loaded.check();
    heap.check();
    expect(loaded.hash("some text")).toBe(heap.hash("some text"));
    const shelf = loaded.roots.get("shelf") as PyDict<string, PyDict<unknown, unknown>>;
    expect((shelf.get("map") as PyDict<unknown, unknown>).get("two")).toBe(2);
  });

  it("goes on as any heap: it allocates, collects, compacts, is saved again", async () => {
    const loaded = await Heap.load(await (await library()).save());
    const Point = loaded.roots.get("Point") as PyType<{ x: "float64"; label: "object"; n: "uint8" }, "int16">;
    const another = Point.new({ x: 1, label: loaded.roots.get("cycle") });
    expect(another.get("x")).toBe(1);
    let dead = 0;
    const ref = loaded.ref(another, () => dead++);
    another.release();
    for (let k = 0; k < 2000; k++) loaded.list([k, `made later ${k}`]).release();
    loaded.roots.delete("cycle");
    loaded.gc.collect();
    expect([dead, ref.deref()]).toEqual([1, undefined]);
    loaded.compact();
    loaded.check();
    const again = await Heap.load(await loaded.save(), { verify: true });
    expect([...again.roots]).toEqual(["shelf", "Point", "point", "ref", "pair"]);
    again.check();
  });

  it("has nothing else: no garbage, no objects of other handles, no holes", async () => {
    const heap = await library();
    const before = (await heap.save()).length;
    const kept = heap.list(Array.from({ length: 50_000 }, (_, k) => `not saved ${k}`));
    const made = Array.from({ length: 2000 }, (_, k) => heap.list([`a hole ${k}`]));
    for (const [k, list] of made.entries()) if (k % 3 !== 0) list.release();
    const image = await heap.save();
    expect(Math.abs(image.length - before)).toBeLessThan(70_000);
    expect(kept.length).toBe(50_000);
    expect(made[0]?.at(0)).toBe("a hole 0");
    heap.check();
    const loaded = await Heap.load(image, { verify: true });
    const { live } = loaded.objectStats().types.list ?? { live: 0 };
    expect(live).toBe(heap.objectStats().types.list ? 305 + 1 : -1);
  });

  it("frees all that it has when its roots go", async () => {
    const loaded = await Heap.load(await (await library()).save());
    loaded.roots.clear();
    loaded.gc.collect();
    loaded.release();
    expect(loaded.stats().allocatedBlocks).toBe(0);
    expect(loaded.roots.size).toBe(0);
  });

  it("can be compressed, and come from a Blob, a buffer, a response or a stream", async () => {
    const heap = await library();
    const plain = await heap.save();
    const image = await heap.save({ compress: true });
    expect(image.length).toBeLessThan(plain.length / 3);
    const bytes = image as Uint8Array<ArrayBuffer>;
    const sources = [image, bytes.slice().buffer, new Blob([bytes]), new Response(bytes), new Blob([bytes]).stream()];
    for (const source of sources) {
      const loaded = await Heap.load(source);
      expect((loaded.roots.get("cycle") as PyList).at(0)).toBe("cycle");
    }
    for (const compress of [false, true]) {
      const loaded = await Heap.load(await heap.save({ stream: true, compress }));
      expect((loaded.roots.get("cycle") as PyList).at(0)).toBe("cycle");
    }
    await expect(Heap.load(new Response("gone", { status: 404 }))).rejects.toThrow("its server answered 404");
    await expect(Heap.load(3 as never)).rejects.toThrow("give its bytes, a Blob, a Response or a stream");
  });

  it("is of a heap anywhere in a memory", async () => {
    const heap = await Heap.create({ base: 0x9000_0000 });
    const list = heap.list(["above two gigabytes"]);
    heap.roots.set("list", list);
    const loaded = await Heap.load(await heap.save());
    expect((loaded.roots.get("list") as PyList).at(0)).toBe("above two gigabytes");
    loaded.check();
  });

  it("keeps to a limit, or is refused", async () => {
    const image = await (await library()).save();
    await expect(Heap.load(image, { limit: 10_000 })).rejects.toThrow(/Cannot load a heap image within 10000 bytes/);
    const loaded = await Heap.load(image, { limit: 2 ** 20 });
    expect(loaded.limit).toBe(2 ** 20);
    expect(() => loaded.bytes(new Uint8Array(2 ** 20))).toThrow("Cannot allocate");
    loaded.check();
  });
});

describe("types in an image", () => {
  it("get their functions from who loads it", async () => {
    const heap = await Heap.create();
    const File = heap.type("File", {
      fields: { name: "object", fd: "int32" },
      finalize: () => undefined,
      dealloc: () => undefined,
    });
    const file = File.new({ name: "readme", fd: 7 });
    heap.roots.set("file", file);
    const image = await heap.save();
    await expect(Heap.load(image)).rejects.toThrow("its type File has a finalize function");
    await expect(Heap.load(image, { types: { File: { finalize: () => undefined } } })).rejects.toThrow(
      "types.File.dealloc",
    );
    const seen: unknown[] = [];
    const loaded = await Heap.load(image, {
      types: {
        File: {
          finalize: (instance) => seen.push(instance.get("name")),
          dealloc: (fields) => seen.push(fields),
        },
      },
    });
    expect(seen).toEqual([]);
    loaded.roots.delete("file");
    expect(seen).toEqual(["readme", { fd: 7 }]);
    loaded.check();
    heap.check();
  });

  it("can get functions that they did not have when it was made, and nothing but functions", async () => {
    const heap = await Heap.create();
    heap.roots.set("file", heap.type("File", { fields: { name: "object" } }).new({ name: "readme" }));
    const image = await heap.save();
    const seen: unknown[] = [];
    const loaded = await Heap.load(image, {
      verify: true,
      types: {
        File: { finalize: (instance) => seen.push(instance.get("name")) },
        Another: { dealloc: () => undefined },
      },
    });
    loaded.roots.clear();
    expect(seen).toEqual(["readme"]);
    loaded.check();
    const types = { File: { finalize: 5 as never } };
    await expect(Heap.load(image, { types })).rejects.toThrow(
      "Cannot use a number as finalize of type File: it is not a function",
    );
    expect(() => heap.type("Other", types.File)).toThrow("Cannot use a number as finalize of type Other");
  });

  it("without objects are not in it", async () => {
    const heap = await Heap.create();
    const Unused = heap.type("Unused", { finalize: () => undefined });
    heap.roots.set("list", heap.list([1]));
    const loaded = await Heap.load(await heap.save(), { verify: true });
    expect(loaded.objectStats().userTypes).toEqual([]);
    expect(Unused.name).toBe("Unused");
  });
});

describe("roots", () => {
  it("own their references, even if the handles from which they were made are released", async () => {
    const heap = await Heap.create();
    heap.scope(() => heap.roots.set("kept", heap.list(["kept"])));
    expect((heap.roots.get("kept") as PyList).at(0)).toBe("kept");
    expect(heap.roots.has("kept")).toBe(true);
    expect(heap.roots.get("other")).toBeUndefined();
    heap.roots.set("kept", heap.tuple([1]));
    expect(heap.roots.size).toBe(1);
    expect(heap.roots.delete("kept")).toBe(true);
    expect(heap.roots.delete("kept")).toBe(false);
    const list = heap.list();
    expect(() => heap.roots.set("n", 3 as never)).toThrow("Cannot make n a root: it is not an object on the heap");
    expect(() => heap.roots.set(3 as never, list)).toThrow("Cannot use a number as the name of a root");
    list.release();
    expect(() => heap.roots.set("gone", list)).toThrow("it was released");
    const other = await Heap.create();
    expect(() => heap.roots.set("foreign", other.list())).toThrow("it belongs to another heap");
  });
});

describe("saving", () => {
  it("takes the heap as it is when it is called, whatever the program does before it has the image", async () => {
    const heap = await Heap.create();
    const list = heap.list([1]);
    heap.roots.set("list", list);
    const saving = heap.save();
    list.push(2);
    heap.malloc(100);
    heap.setupDebugHooks();
    const loaded = await Heap.load(await saving, { verify: true });
    expect(heap.repr(list)).toBe("[1, 2]");
    expect(loaded.repr(loaded.roots.get("list"))).toBe("[1]");
  });

  it("has no garbage, even if the collector keeps it because of DEBUG_SAVEALL", async () => {
    const heap = await Heap.create();
    const Node = heap.type("Node", { fields: { next: "object" }, finalize: () => undefined, dealloc: () => undefined });
    heap.gc.debug = DEBUG_SAVEALL;
    for (const isFound of [true, false]) {
      const node = Node.new();
      node.set("next", node);
      node.release();
      if (isFound) heap.gc.collect();
    }
    const loaded = await Heap.load(await heap.save(), { verify: true });
    expect([heap.gc.garbage.length, loaded.gc.garbage.length, loaded.gc.debug]).toEqual([1, 0, 0]);
    loaded.check();
  });

  it("works in a listener, in the middle of an operation that waits there", async () => {
    // A clock that the test moves. A listener's time counts as the price of a measure, so with a real clock this machine's
    // speed would decide when the next event comes.
    let ms = 0;
    const heap = await Heap.create({ softLimit: 2 ** 20, clock: () => ms });
    const rows = heap.list<string>();
    heap.roots.set("rows", rows);
    const images: Promise<Uint8Array>[] = [];
    heap.on("pressure", () => images.push(heap.save()));
    for (; images.length < 3; ms++) rows.push(`row ${ms}`.repeat(20));
    for (const image of images) (await Heap.load(await image, { verify: true })).check();
  });
});

describe("saving without memory", () => {
  it("throws MemoryError, and the heap is as it was", async () => {
    const heap = await Heap.create();
    heap.roots.set("rows", heap.from(Array.from({ length: 30_000 }, (_, k) => [k])));
    heap.failReservation(1, true);
    await expect(heap.save()).rejects.toThrow(
      new MemoryError(0, "", "Cannot save the heap: there is no memory to compact the image's objects"),
    );
    heap.failReservation(0);
    heap.check();
    (await Heap.load(await heap.save(), { verify: true })).check();
  });
});

describe("what can't be saved", () => {
  it("is refused, and says why", async () => {
    const heap = await library();
    const block = heap.malloc(100);
    await expect(heap.save()).rejects.toThrow("it has small blocks that are not objects");
    heap.free(block);
    const large = heap.malloc(10_000);
    await expect(heap.save()).rejects.toThrow("bytes of blocks that are not objects");
    heap.free(large);
    const recorder = heap.trace({ write: () => undefined });
    await expect(heap.save()).rejects.toThrow("a recording is under way");
    recorder.stop();
    const own = heap.getAllocator("mem");
    heap.setAllocator("mem", { malloc: own.malloc, calloc: own.calloc, realloc: own.realloc, free: own.free });
    await expect(heap.save()).rejects.toThrow("the program has replaced the allocator of the mem domain");
    heap.setAllocator("mem", own);
    await heap.save();
    const arenas = heap.getArenaAllocator();
    heap.setArenaAllocator({ alloc: arenas.alloc, free: arenas.free });
    await expect(heap.save()).rejects.toThrow("the program has replaced the arena allocator");
    const debug = await Heap.create({ allocator: "debug" });
    await expect(debug.save()).rejects.toThrow("debug hooks are installed");
  });
});

describe("a broken image", () => {
  it("says what is wrong with it", async () => {
    const image = await (await library()).save();
    const at = (place: number) => (bytes: Uint8Array) => {
      bytes[place] = (bytes[place] as number) ^ 7;
      return bytes;
    };
    const broken = async (change: (bytes: Uint8Array) => Uint8Array) => {
      const bytes = image.slice();
      return Heap.load(change(bytes)).then(
        () => "loaded",
        (error) =>
          (error instanceof ImageError ? error.message : `${error}`).replace("Cannot load the heap image: ", ""),
      );
    };
    expect(await broken(() => new Uint8Array())).toBe("it ends after 0 bytes, in the header");
    expect(await broken(() => new TextEncoder().encode("GIF89a, and more of it"))).toBe(
      "it does not begin like an image",
    );
    expect(await broken((bytes) => bytes.subarray(0, 20))).toBe("it ends after 20 bytes, in the header");
    expect(await broken((bytes) => bytes.subarray(0, 9000))).toMatch(/it is cut off: 9000 bytes instead of \d+/);
    expect(await broken((bytes) => Uint8Array.from([...bytes, 0]))).toContain("there is data after its end");
    expect(await broken(at(9))).toContain("its header is broken");
    expect(await broken(at(60))).toContain("its metadata is broken");
    expect(await broken(at(50_000))).toContain("its memory is broken");
  });

  it("that unpacks to more than it says is refused", async () => {
    const heap = await Heap.create();
    heap.roots.set("zeros", heap.bytes(new Uint8Array(2 ** 24)));
    const image = await heap.save({ compress: true });
    const view = new DataView(image.buffer);
    view.setUint32(SIZE_AT, 2 ** 16, true);
    view.setUint32(HEADER_CRC_AT, crc32(image.subarray(0, HEADER_CRC_AT)), true);
    await expect(Heap.load(image)).rejects.toThrow(new ImageError("it has more than 65536 bytes of memory"));
  });

  it("has metadata whose last numbers of types and callbacks are valid", async () => {
    const image = await (await library()).save();
    for (const name of ["lastType", "lastCallback"] as const) {
      for (const number of [2 ** 31, 0xffff_fffc, -1, 1.5]) {
        const broken = withMetadata(image, (metadata) => ({ ...metadata, [name]: number }));
        await expect(Heap.load(broken, { verify: true })).rejects.toThrow("its metadata is not valid");
      }
    }
    const same = await Heap.load(withMetadata(image, (metadata) => metadata));
    expect(same.roots.size).toBe(6);
  });

  it("is refused with a character that does not exist, though its checksums fit", async () => {
    const broken = await brokenImages();
    // The library has "😀 smile".
    const [smile, beyond] = [0x1f600, 0x1f_0000];
    await expect(Heap.load(replaceWord(broken, smile, beyond), { verify: true })).rejects.toThrow(ImageError);
    await Heap.load(replaceWord(broken, smile, 0x1f601), { verify: true });
  });

  it("never becomes a heap that check() refuses, nor hangs, however it is broken", async () => {
    const survival = { images: 0, refused: 0 };
    const broken = await brokenImages();
    for (let seed = 0; seed < 1500; seed++) await survive(broken, seed, survival);
    expect(survival.refused).toBeGreaterThan(1000);
  });
});
