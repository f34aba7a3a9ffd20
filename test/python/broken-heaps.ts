// Images whose heap was changed, and whose checksum fits: for tests of what an interpreter from an image proves, and for
// npm run fuzz. Most changes are in structures: the control block, the pool map, records of pools and arenas, free lists.

import * as C from "../../src/core/constants.gen.js";
import { Words } from "../../src/core/memory-words.js";
import { decodePythonImage, encodePythonImage } from "../../src/hosts/python/image/format.js";
import { loadPython, type PythonHeap, type PythonImage } from "../../src/hosts/python/pyodide.js";
import { ImageError } from "../../src/index.js";
import { randomIntegers } from "../random.js";
import type { ImageSurvival } from "./image-mutations.js";

/** Bytes of a record of a pool, and of an arena; and where a pool's record has the pool's number in its arena. */
const POOL = 32;
const ARENA = 36;
const INDEX_AT = 28;

/** An image's memory with the heap over it. No Python runs in it. */
export interface HeapInImage {
  readonly heap: PythonHeap;
  /** The memory as it was. */
  readonly whole: Uint8Array;
  /** Records of pools and arenas. What is beside them belongs to the host's malloc, which nobody can prove. */
  readonly records: readonly { readonly address: number; readonly bytes: number }[];
  /** Addresses of free blocks. */
  readonly links: readonly number[];
}

/** An image whose heap does not begin like one; its checksum fits. */
export async function withoutMagic(image: Uint8Array): Promise<Uint8Array<ArrayBuffer>> {
  const parts = await decodePythonImage(image.slice());
  const { control } = parts.metadata;
  const run = parts.runs.find(({ address, bytes }) => address <= control && control < address + bytes.length);
  run?.bytes.fill(0, control - run.address, control - run.address + 4);
  return encodePythonImage(parts, false);
}

class Enough extends Error {}

/** Loads an image up to the moment before Python would start. */
export async function heapInImage(image: PythonImage): Promise<HeapInImage> {
  let heap: PythonHeap | undefined;
  const onAttach = (attached: PythonHeap) => {
    heap = attached;
    throw new Enough();
  };
  await loadPython({ image, onAttach }).catch((error: unknown) => {
    if (!(error instanceof Enough)) throw error;
  });
  if (!heap) throw new Error("the image has no heap");
  const links: number[] = [];
  heap.walk((item) => {
    if (item.kind === "block" && !item.used) links.push(item.address);
  });
  const words = new Words(heap);
  const small = heap.place.control + C.SMALL_MEM_AT;
  const [length, map] = [words.get(small + 4), words.get(small + 8)];
  const entries = Array.from({ length }, (_, k) => words.get(map + 4 * k));
  const pools = [...new Set(entries.filter((record) => record !== 0))];
  // The record of an arena is in front of that of its first pool.
  const arenas = pools.filter((pool) => (words.get(pool + INDEX_AT) & 255) === 0).map((pool) => pool - ARENA);
  const records = [
    ...pools.map((address) => ({ address, bytes: POOL })),
    ...arenas.map((address) => ({ address, bytes: ARENA })),
    { address: map, bytes: 4 * length },
  ];
  return { heap, whole: new Uint8Array(heap.memory.buffer).slice(), records, links };
}

/** Changes some words of the heap's structures. Returns the addresses. */
function change({ heap, records, links }: HeapInImage, random: (bound: number) => number): number[] {
  const words = new Uint32Array(heap.memory.buffer);
  const one = <T>(list: readonly T[]) => list[random(list.length)] as T;
  const inRecord = () => {
    const { address, bytes } = one(records);
    return address + random(bytes);
  };
  const place = () => {
    const kind = random(10);
    if (kind < 4) return heap.place.control + random(C.CONTROL_BYTES);
    return kind < 8 ? inRecord() : one(links);
  };
  return Array.from({ length: 1 + random(3) }, () => {
    const at = place() >>> 2;
    const old = words[at] ?? 0;
    const values = [
      () => random(2 ** 31) * 2 + random(2),
      () => old ^ (1 << random(32)),
      () => old + 4 * (random(9) - 4),
      () => words[place() >>> 2] ?? 0,
      () => place() & ~3,
      () => random(4),
    ];
    words[at] = (values[random(values.length)] ?? values[0])?.() ?? 0;
    return at;
  });
}

/**
 * Changes the heap, and has it proven. Throws unless the heap is refused with an ImageError, or is one that works: blocks
 * are allocated and freed, and check() finds nothing. Then puts the memory back.
 */
export function surviveHeap(subject: HeapInImage, seed: number, survival: ImageSurvival): void {
  const { heap, whole } = subject;
  const random = randomIntegers(seed);
  const changed = change(subject, random);
  survival.images++;
  const memory = new Uint32Array(heap.memory.buffer);
  const before = new Uint32Array(whole.buffer);
  try {
    heap.prove(heap.place.firstEntry);
  } catch (error) {
    if (!(error instanceof ImageError)) throw new Error(`a heap that was broken with seed ${seed}`, { cause: error });
    survival.refused++;
    for (const at of changed) memory[at] = before[at] ?? 0;
    return;
  }
  if (changed.every((at) => memory[at] === before[at])) return;
  try {
    use(heap, random);
    heap.check();
  } catch (error) {
    throw new Error(
      `a heap that was proven, with seed ${seed}, at ${changed.map((at) => at * 4 - heap.place.control)}`,
      { cause: error },
    );
  } finally {
    // The state of the host's malloc is in the static data.
    new Uint8Array(heap.memory.buffer).set(whole.subarray(0, heap.place.control + heap.footprint));
  }
}

/** Allocates and frees blocks of all sizes. */
function use(heap: PythonHeap, random: (bound: number) => number): void {
  const live: { domain: "raw" | "mem" | "object"; block: ReturnType<typeof heap.mem.malloc> }[] = [];
  for (let k = 0; k < 200; k++) {
    const domain = (["raw", "mem", "object"] as const)[random(3)] ?? "raw";
    const block = heap[domain].malloc(random(10) === 0 ? random(20_000) : random(600));
    if (block !== 0) live.push({ domain, block });
    if (k % 3 !== 0) continue;
    const [freed] = live.splice(random(live.length), 1);
    if (freed) heap[freed.domain].free(freed.block);
  }
  for (const { domain, block } of live) heap[domain].free(block);
}
