// The allocators that are measured. Inside a Pyodide each: dlmalloc (the allocator of stock Pyodide), mimalloc, pyheap,
// a bare free list, and the floor, which never frees. In its own memory: pyheap once more.

import { readFile } from "node:fs/promises";
import { loadPyodide } from "pyodide";
import { coreModule } from "../src/core/core.js";
import { loadWatched, PythonHeap } from "../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../src/hosts/python/pyodide-module.js";
import { footprintOf } from "../src/hosts/python/python-heap.js";
import { Heap } from "../src/index.js";
import { Floor } from "./floor.js";

/** The functions of bench/client/index.ts. */
export interface Client {
  fill(slots: number, count: number, low: number, high: number, state: number): number;
  clear(slots: number, count: number): void;
  replace(slots: number, count: number, low: number, high: number, steps: number, state: number): number;
  lifo(slots: number, count: number, n: number, rounds: number): void;
  grow(slots: number, sizes: number, count: number, low: number, high: number, steps: number, state: number): number;
  replay(slots: number, at: number, end: number): number;
  freeAll(slots: number, count: number): void;
}

type Calloc = (count: number, size: number) => number;

const MOST_SLOTS = 8192;
/** PYMEM_DOMAIN_OBJ. */
const OBJECT = 2;

export class Peer {
  readonly name: string;
  readonly client: Client;
  readonly memory: WebAssembly.Memory;
  /** Two arrays of MOST_SLOTS words each. */
  readonly slots: number;
  readonly sizes: number;
  /** The state of the random numbers. */
  state = 12345;
  readonly #calloc: Calloc;
  readonly #footprint: () => number;

  constructor(name: string, client: Client, memory: WebAssembly.Memory, calloc: Calloc, footprint: () => number) {
    this.name = name;
    this.client = client;
    this.memory = memory;
    this.#calloc = calloc;
    this.#footprint = footprint;
    this.slots = this.words(MOST_SLOTS);
    this.sizes = this.words(MOST_SLOTS);
  }

  /** The address of `count` new words, all 0, for the client. */
  words(count: number): number {
    const at = this.#calloc(count, 4);
    if (at === 0) throw new Error(`Cannot measure ${this.name}: no memory for ${count} words`);
    return at;
  }

  /** A peer inside a Pyodide. */
  static hosted(name: string, python: PyodideExports, client: Client): Peer {
    return new Peer(name, client, python.memory, python.calloc, () => footprintOf(python));
  }

  /** The heap's footprint in bytes; for a heap in its own memory, its highest so far. */
  get footprint(): number {
    return this.#footprint();
  }
}

async function clientModule(name: string): Promise<WebAssembly.Module> {
  return WebAssembly.compile(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)));
}

async function instantiate(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  allocator: WebAssembly.ModuleImports,
): Promise<Client> {
  const { exports } = await WebAssembly.instantiate(module, { env: { memory }, allocator });
  return exports as unknown as Client;
}

/** A Pyodide whose module is instantiated and whose interpreter is not started: its malloc is fresh. */
export async function freshHost(): Promise<PyodideExports> {
  return new Promise((resolve, reject) => {
    // The start never ends, because fsInit waits forever.
    loadWatched(loadPyodide, { fsInit: () => new Promise(() => undefined) }, resolve).catch(reject);
  });
}

/** The allocator of CPython's object domain, called as CPython calls it. */
function objectAllocator(python: PyodideExports, get: PyodideExports["PyMem_GetAllocator"]): WebAssembly.ModuleImports {
  const at = python.malloc(20);
  get(OBJECT, at);
  const [ctx = 0, malloc = 0, , realloc = 0, free = 0] = new Uint32Array(python.memory.buffer, at, 5);
  python.free(at);
  const table = python.__indirect_function_table;
  return { ctx, malloc: table.get(malloc), realloc: table.get(realloc), free: table.get(free) };
}

/** A peer that calls an interpreter's malloc. */
export async function mallocPeer(name: string, python: PyodideExports): Promise<Peer> {
  const { malloc, realloc, free } = python;
  const client = await instantiate(await clientModule("bench-plain"), python.memory, { malloc, realloc, free });
  return Peer.hosted(name, python, client);
}

/** A peer that calls the allocator of an interpreter's object domain. */
export async function domainPeer(name: string, python: PyodideExports): Promise<Peer> {
  const allocator = objectAllocator(python, python.PyMem_GetAllocator);
  const client = await instantiate(await clientModule("bench-context"), python.memory, allocator);
  return Peer.hosted(name, python, client);
}

export async function dlmallocPeer(): Promise<Peer> {
  return mallocPeer("dlmalloc", await freshHost());
}

export async function mimallocPeer(): Promise<Peer> {
  let python: PyodideExports | undefined;
  await loadWatched(loadPyodide, { env: { PYTHONMALLOC: "mimalloc" } }, (exports) => {
    python = exports;
  });
  if (!python)
    throw new Error(
      "Cannot measure mimalloc: Pyodide started, but the constructors of its module were not seen to run",
    );
  return domainPeer("mimalloc", python);
}

export async function pyheapPeer(): Promise<Peer> {
  const python = await freshHost();
  PythonHeap.attachAt(await coreModule(), python, {});
  return domainPeer("pyheap", python);
}

/** One of our heaps in its own memory: over our raw allocator, not over the host's malloc. */
export async function ownHeapPeer(): Promise<Peer> {
  const heap = await Heap.create();
  const [ctx = 0, ...indices] = heap.getAllocator("object").words;
  const table = heap.imports.__indirect_function_table;
  const [malloc, , realloc, free] = indices.map((index) => table.get(index));
  const client = await instantiate(await clientModule("bench-context"), heap.memory, { ctx, malloc, realloc, free });
  return new Peer(
    "own memory",
    client,
    heap.memory,
    (count, size) => heap.raw.calloc(count, size),
    () => heap.stats().platformPeak,
  );
}

/** The allocator that never frees. */
export async function floorPeer(): Promise<{ peer: Peer; floor: Floor }> {
  const python = await freshHost();
  const floor = new Floor(python);
  const { malloc, realloc, free } = floor.functions;
  const client = await instantiate(await clientModule("bench-context"), python.memory, {
    ctx: 0,
    malloc,
    realloc,
    free,
  });
  return { peer: Peer.hosted("floor", python, client), floor };
}

/** A free list of `count` blocks of `n` bytes. */
export async function freeListPeer(count: number, n: number): Promise<Peer> {
  const python = await freshHost();
  const { exports } = await WebAssembly.instantiate(await clientModule("bench-freelist"), {
    env: { memory: python.memory },
    host: { head: python.calloc(1, 8) },
  });
  const { malloc, free } = exports as { malloc: WebAssembly.ExportValue; free: (block: number) => void };
  for (let k = 0; k < count; k++) free(python.malloc(n));
  const allocator = { malloc, free, realloc: python.realloc };
  return Peer.hosted(
    "free list",
    python,
    await instantiate(await clientModule("bench-plain"), python.memory, allocator),
  );
}
