// Randomly broken heap images, for tests and for npm run fuzz. Every second one has corrected checksums, so that the
// other checks are tested, too.

import { instantiateWhole, wholeModule } from "../../src/core/whole-core.js";
import { crc32 } from "../../src/ground/crc32.js";
import { checksumOf } from "../../src/image/checksum.js";
import { Heap, ImageError } from "../../src/index.js";
import { ObjectCalls } from "../../src/objects/object-calls.js";
import { randomIntegers } from "../random.js";

/** Offsets in the header, as in src/image/format.ts. */
const [TEXT_BYTES, CHECKSUM, TEXT_CRC, HEADER_CRC, HEADER] = [16, 32, 40, 44, 48];

/** The checksum of an image's memory, as the heap computes it. */
type Sum = (memory: Uint8Array) => bigint;

async function makeSum(): Promise<Sum> {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const core = instantiateWhole(await wholeModule(), memory, table, 0, new ObjectCalls());
  return (bytes) => {
    new Uint8Array(memory.buffer).set(bytes);
    return checksumOf(core, bytes.length);
  };
}

/** The image with some bytes changed, overwritten by others, filled, or cut off. With an even seed, its checksums are corrected. */
function mutate(image: Uint8Array, seed: number, sum: Sum): Uint8Array {
  const random = randomIntegers(seed);
  let mutant = image.slice();
  const memory = HEADER + new DataView(image.buffer, image.byteOffset).getUint32(TEXT_BYTES, true);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const where = random(20);
    const at =
      where === 0
        ? random(HEADER)
        : where < 3
          ? HEADER + random(memory - HEADER)
          : memory + random(mutant.length - memory);
    const kind = random(12);
    if (kind < 4) mutant[at] = random(256);
    else if (kind < 6) mutant[at] = (mutant[at] as number) ^ (1 << random(8));
    else if (kind < 9) changeWord(mutant, at & ~3, random);
    else if (kind === 9)
      mutant.copyWithin(at, memory + random(mutant.length - memory), memory + random(mutant.length - memory));
    else if (kind === 10) mutant.fill(random(2) * 255, at, at + random(64));
    else if (random(4) === 0) mutant = mutant.slice(0, at + 1);
  }
  if (seed % 2 === 0) mend(mutant, sum);
  return mutant;
}

/** Changes a word: to a small number, to a number near its old value, or to a word from another place. */
function changeWord(mutant: Uint8Array, at: number, random: (bound: number) => number): void {
  if (at + 4 > mutant.length) return;
  const view = new DataView(mutant.buffer, mutant.byteOffset);
  const old = view.getUint32(at, true);
  const other = view.getUint32(random((mutant.length >> 2) - 1) << 2, true);
  view.setUint32(at, [random(16), old + 4 * (random(9) - 4), other, 0xffff_ffff][random(4)] as number, true);
}

/** Corrects the checksums. */
function mend(mutant: Uint8Array, sum: Sum): void {
  if (mutant.length < HEADER) return;
  const view = new DataView(mutant.buffer, mutant.byteOffset);
  const memory = HEADER + view.getUint32(TEXT_BYTES, true);
  if (memory > mutant.length) return;
  view.setBigUint64(CHECKSUM, sum(mutant.subarray(memory)), true);
  view.setUint32(TEXT_CRC, crc32(mutant.subarray(HEADER, memory)), true);
  view.setUint32(HEADER_CRC, crc32(mutant.subarray(0, HEADER_CRC)), true);
}

/** The uncompressed image with a word replaced wherever it is in the memory; its checksums fit. */
export function replaceWord(
  { whole: [image = new Uint8Array()], sum }: BrokenImages,
  from: number,
  to: number,
): Uint8Array {
  const changed = image.slice();
  const view = new DataView(changed.buffer);
  for (let at = HEADER; at + 4 <= changed.length; at++) {
    if (view.getUint32(at, true) === from) view.setUint32(at, to, true);
  }
  mend(changed, sum);
  return changed;
}

/** A heap with objects of every type, under roots. */
export async function library(): Promise<Heap> {
  const heap = await Heap.create();
  const shelf = heap.from({
    none: null,
    flags: [true, false],
    numbers: [0, -1, 256, 257, 2n ** 80n, -(3n ** 60n), 1.5, -0, Number.NaN, Number.POSITIVE_INFINITY],
    texts: ["", "a", "é", "name", "日本", "😀 smile", "x".repeat(5000)],
    bytes: [new Uint8Array(0), Uint8Array.of(7), new Uint8Array(700).fill(9)],
    map: new Map<unknown, unknown>([
      [1, "one"],
      ["two", 2],
    ]),
    set: new Set([1, "b", 2.5]),
    records: Array.from({ length: 300 }, (_, id) => ({ id, name: `row ${id}`, tags: ["red", `t${id % 7}`] })),
  });
  heap.roots.set("shelf", shelf);
  shelf.release();
  const cycle = heap.list<unknown>(["cycle"]);
  cycle.push(cycle);
  heap.roots.set("cycle", cycle);
  const Point = heap.type("Point", {
    fields: { x: "float64", label: "object", n: "uint8" },
    items: "int16",
    weakReferences: true,
  });
  const point = Point.new({ x: 2.5, label: "here", n: 200 }, [1, -2, 3]);
  heap.roots.set("Point", Point).set("point", point);
  const ref = heap.ref(point, () => undefined);
  heap.roots.set("ref", ref);
  const pair = heap.tuple([point, heap.frozenset([1, 2]), heap.tuple(["in", 3])]);
  heap.roots.set("pair", pair);
  for (const handle of [cycle, point, ref, pair, Point]) handle.release();
  return heap;
}

export interface BrokenImages {
  readonly whole: readonly Uint8Array[];
  readonly sum: Sum;
}

/** The images from which broken ones are made: one uncompressed, one compressed. */
export async function brokenImages(): Promise<BrokenImages> {
  const heap = await library();
  return { whole: [await heap.save(), await heap.save({ compress: true })], sum: await makeSum() };
}

/** Loads a broken image. Throws unless it is refused, or the heap passes check() and everything in it can be read. */
export async function survive(
  { whole, sum }: BrokenImages,
  seed: number,
  survival: { images: number; refused: number },
): Promise<void> {
  const mutant = mutate(whole[seed % 3 === 0 ? 1 : 0] as Uint8Array, seed, sum);
  survival.images++;
  try {
    const heap = await Heap.load(mutant, { verify: true });
    heap.check();
    for (const name of heap.roots) {
      const root = heap.roots.get(name);
      heap.repr(root);
      root?.release();
    }
    heap.roots.clear();
    heap.gc.collect();
    heap.check();
  } catch (error) {
    if (!(error instanceof ImageError)) throw new Error(`An image that was broken with seed ${seed}`, { cause: error });
    survival.refused++;
  }
}
