// Images of an interpreter: what an image contains, what an interpreter from an image sets anew, and which images can't
// be made or loaded.

import type { PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { DOMAIN_NUMBERS } from "../../src/alloc/hooks.js";
import type { HeapItem } from "../../src/alloc/stats.js";
import { ALL_DOMAINS } from "../../src/core/catalogue.gen.js";
import { decodePythonImage, encodePythonImage, type PythonImageMetadata } from "../../src/hosts/python/image/format.js";
import { createImage, loadPython, type PythonHeap, PythonImage } from "../../src/hosts/python/pyodide.js";
import { ImageError } from "../../src/index.js";
import { TAG } from "../../src/trace/format.js";
import { heapInImage, surviveHeap } from "./broken-heaps.js";
import { loaderOf, VERSIONS } from "./versions/list.js";

const MIB = 2 ** 20;

describe("an image of Python", () => {
  let image: Uint8Array<ArrayBuffer>;
  beforeAll(async () => {
    const prepare = (pyodide: PyodideAPI) =>
      void pyodide.runPython(`
import json, os, random, tempfile, time
import pyheap
records = [{"n": n, "squares": [n * n]} for n in range(1000)]
records[0]["self"] = records
first = random.random(), os.urandom(8), os.environ.get("WORD"), time.tzname, next(tempfile._get_candidate_names())
# At the end: a list that grew over freed memory would have what is behind its items from there.
freed = [b"a word that was freed, number %d" % n + bytes(n) for n in range(3000)], b"a large one that was freed".ljust(500_000)
del freed
`);
    image = await createImage({ prepare, pyodide: { env: { WORD: "before", GONE: "1" } } });
  });

  it("goes on where it was, as often as one likes", async () => {
    for (const n of [1, 2]) {
      const { pyodide, heap } = await loadPython({ image });
      expect(
        pyodide
          .runPython(`records[${n}]["squares"].append(7); str(records[${n}]), records[0]["self"] is records`)
          .toJs(),
      ).toEqual([`{'n': ${n}, 'squares': [${n * n}, 7]}`, true]);
      const counted = pyodide.runPython("pyheap.check(); pyheap.getallocatedblocks()") as number;
      expect(Math.abs(counted - heap.stats().allocatedBlocks)).toBeLessThan(100);
      pyodide.runPython("import array, csv, string; del records; rows = list(csv.reader(['a,b'] * 10_000))");
      heap.check();
    }
  });

  it("has environment, random numbers, names of files and time zone of the new interpreter", async () => {
    const env = { WORD: "after", TOO: "new" };
    const answers = [];
    for (const _ of [1, 2]) {
      const { pyodide } = await loadPython({ image, pyodide: { env } });
      const [random, bytes, word, zone, name] = pyodide
        .runPython(`
[random.random(), os.urandom(8).hex(), os.environ.get("WORD"), time.tzname, next(tempfile._get_candidate_names())]
`)
        .toJs() as unknown[];
      expect([word, zone]).toEqual(["after", pyodide.runPython("first[3]").toJs()]);
      expect(pyodide.runPython("os.environ.get('GONE'), os.environ['TOO'], first[2]").toJs()).toEqual([
        undefined,
        "new",
        "before",
      ]);
      answers.push(random, bytes, name);
    }
    expect(new Set(answers).size).toBe(6);
  });

  it("has the same environment as an interpreter that was started", async () => {
    const names = "import os; str(sorted(os.environ.items()))";
    const [{ pyodide: one }, { pyodide: other }] = [await loadPython({ image }), await loadPython()];
    expect(one.runPython(names)).toBe(other.runPython(names));
  });

  it("has limits, soft limit, debug hooks and traces of its own", async () => {
    const faults: unknown[] = [];
    let attached: PythonHeap | undefined;
    const { pyodide, heap } = await loadPython({
      image,
      limit: 40 * MIB,
      debugHooks: true,
      onFault: (fault) => void faults.push(fault),
      onAttach: (heap) => {
        attached = heap;
      },
    });
    expect(heap).toBe(attached);
    expect([heap.limit, heap.softLimit]).toEqual([40 * MIB, 35 * MIB]);
    expect(() => pyodide.runPython("x = bytearray(60_000_000)")).toThrow(/MemoryError/);
    pyodide.runPython("records.clear(); y = [[n] for n in range(10_000)]; del y");
    heap.check();
    expect(faults).toEqual([]);
  });

  it("has the sums of its start: they are exactly the blocks that live in it", async () => {
    const { base } = await PythonImage.from(image);
    const ofPools = base.blocks.filter(({ tag }) => (tag & TAG.domain) !== DOMAIN_NUMBERS.raw);
    const known = new Map(ofPools.map((block) => [block.address, block]));
    const wrong: HeapItem[] = [];
    let all = 0;
    const { heap } = await loadPython({
      image,
      onAttach: (heap) => {
        all = heap.stats().allocatedBlocks;
        // Large blocks are not visited: they are in the host's memory.
        heap.walk((item) => {
          if (item.kind !== "block" || !item.used) return;
          const { size = Number.NaN, tag = 0 } = known.get(item.address) ?? {};
          const isKnown = size <= item.size && ALL_DOMAINS[tag & TAG.domain] === item.domain;
          if (!isKnown) wrong.push(item);
        });
        heap.tallyStart(base);
      },
    });
    expect(wrong).toEqual([]);
    expect(ofPools.length).toBe(all);
    expect(base.gone.reduce((sum, { count }) => sum + count, 0)).toBeGreaterThan(1_000_000);
    heap.check();
  });

  it("has no trace of the allocator that counted its start: tracemalloc, which had copied it, starts and stops", async () => {
    const { pyodide, heap } = await loadPython({ image });
    const traced = `
import tracemalloc
def traced():
    tracemalloc.start()
    kept = bytes(100_000)
    try:
        return tracemalloc.get_traced_memory()[0]
    finally:
        tracemalloc.stop()
[traced() > 100_000 for _ in range(2)]
`;
    expect(pyodide.runPython(traced).toJs()).toEqual([true, true]);
    heap.check();
  });

  it("has nothing of what was freed before", () => {
    const text = Buffer.from(image).toString("latin1");
    // The image has the code that made the freed blocks, with their words. But only the blocks had a digit or spaces
    // after the words.
    expect(text).not.toMatch(/a word that was freed, number \d/);
    expect(text).not.toContain("a large one that was freed    ");
  });

  it("has sums of its start that are refused if they are broken", async () => {
    const broken = image.slice();
    broken.fill(255, broken.length - 100);
    broken.set(new Uint8Array(await crypto.subtle.digest("SHA-256", broken.subarray(40))), 8);
    const read = await PythonImage.from(broken);
    expect(() => read.base).toThrow(ImageError);
  });

  it("is small when it is compressed, and the same", async () => {
    const small = await createImage({ compress: true });
    expect(small.length).toBeLessThan(image.length / 2);
    const { pyodide, heap } = await loadPython({ image: small });
    expect(pyodide.runPython("6 * 7")).toBe(42);
    heap.check();
  });

  it("can't hold a JavaScript object that nobody could find again", async () => {
    const prepare = (pyodide: PyodideAPI) => pyodide.registerJsModule("kept", { of: "this program" });
    await expect(createImage({ prepare })).rejects.toThrow(/Python holds a JavaScript object/);
  });

  it("has a heap that is proven before anything uses it: 500 changed ones (npm run fuzz -- --only python-heap: 100,000)", async () => {
    const subject = await heapInImage(await PythonImage.from(image));
    const survival = { images: 0, refused: 0 };
    for (let seed = 1; seed <= 500; seed++) surviveHeap(subject, seed, survival);
    expect(survival.refused).toBeGreaterThan(300);
  });

  it("is refused if what it says of its heap, or of JavaScript, was changed, and its checksum fits", async () => {
    const { metadata, ...parts } = await decodePythonImage(image);
    const changed: Partial<PythonImageMetadata>[] = [
      ...[{ control: metadata.control + 4096 }, { control: 0 }, { firstEntry: metadata.firstEntry + 1 }],
      ...[{ head: "" }, { head: "AAAA" }, { head: "*" }, { head: metadata.head.slice(0, 100) }],
    ];
    for (const change of changed) {
      const broken = await encodePythonImage({ metadata: { ...metadata, ...change }, ...parts }, false);
      await expect(loadPython({ image: broken }), JSON.stringify(change)).rejects.toThrow(ImageError);
    }
  });

  it("is refused by another version of pyheap, or another build", async () => {
    const { metadata, ...parts } = await decodePythonImage(image);
    const made = async (pyheap: string) => {
      const other = { metadata: { ...metadata, core: 1, info: { ...metadata.info, pyheap } }, ...parts };
      return PythonImage.from(await encodePythonImage(other, false));
    };
    const { pyheap } = metadata.info;
    await expect(made("0.0.1")).rejects.toThrow(`this is pyheap ${pyheap}, and pyheap 0.0.1 made the image`);
    await expect(made(pyheap)).rejects.toThrow(`this is pyheap ${pyheap}, and another build of it made the image`);
  });

  it("is refused in an engine that, unlike the one that made it, can suspend WebAssembly, or can't", async () => {
    const { metadata, ...parts } = await decodePythonImage(image);
    const [version, base, runtime, functions, names] = metadata.build.split("-");
    const other = [version, base, runtime, Number(functions) + 1, names].join("-");
    const made = await encodePythonImage({ metadata: { ...metadata, build: other }, ...parts }, false);
    const refused = loadPython({ image: made });
    await expect(refused).rejects.toThrow(ImageError);
    await expect(refused).rejects.toThrow(
      /and was made in an engine that (can|can't) suspend WebAssembly, .* make it again in this engine/,
    );
  });

  it("is refused by another build of Pyodide, which is as it was", async () => {
    const loadPyodide = await loaderOf(VERSIONS["315"]);
    const refused = loadPython({ image, loadPyodide });
    await expect(refused).rejects.toThrow(ImageError);
    await expect(refused).rejects.toThrow(/of Pyodide 314\.\S+ \(CPython 3\.14\.\d\), and this is CPython 3\.15\./);
  });
});
