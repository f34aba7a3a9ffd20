// Finds the block of the heap that contains an address, and records which blocks belong to objects: an object claims its
// blocks, and a block can be claimed once. What nobody claims is memory that belongs to no object.

import { Pools, type Unclaimed } from "../../../alloc/pools.js";
import type { HeapItem, PooledDomain } from "../../../alloc/stats.js";
import type { GraphStore } from "../../../snapshot/store.js";
import { MARK, visitChunks } from "./chunks.js";

/** The parts of an interpreter's module that are needed to read its memory. */
export interface BlockModule {
  readonly memory: WebAssembly.Memory;
  readonly data: { readonly __heap_base: number };
  sbrk(bytes: number): number;
  malloc_usable_size(block: number): number;
}

/**
 * A chunk of the host's malloc: the word before the block has the chunk's size, and two bits say whether this chunk and
 * the one before it are in use.
 */
const CHUNK = { header: 4, before: 8, sizeMask: ~7, isUsed: 2, isUsedBefore: 1 } as const;

/** The least bytes of a block that is in no pool, and of an object that is a part of CPython itself. */
const LEAST_LARGE = 512;
const LEAST_STATIC = 16;

/** The number of words that describe a pool in the graph's memory; the word CLAIMED counts its claimed blocks. */
const POOL_WORDS = 4;
const CLAIMED = 3;

export class Blocks {
  readonly #python: BlockModule;
  readonly #words: Uint32Array;
  readonly #pools: Pools;
  readonly #claimedLarge = new Set<number>();
  readonly #begin: number;
  readonly #end: number;
  /** The heap's arenas: blocks of the host's malloc that belong to no object. */
  readonly #arenas: { readonly address: number }[] = [];
  #chunks: ReadonlySet<number> | undefined;
  /** Bytes of the blocks that objects claimed and that are in no pool, without those of modules in C. */
  largeBytes = 0;
  /** Bytes of the blocks of modules in C that objects claimed, by the module's number. */
  readonly nativeBytes = new Map<number, number>();
  /** Addresses of blocks that are the heap's own, and other words. */
  readonly #own: ReadonlySet<number>;

  /** `walk` visits all pools of the heap. */
  constructor(python: BlockModule, walk: (visit: (item: HeapItem) => void) => void, own: ReadonlySet<number>) {
    this.#python = python;
    this.#own = own;
    this.#words = new Uint32Array(python.memory.buffer);
    this.#begin = python.data.__heap_base;
    this.#end = python.sbrk(0) >>> 0;
    this.#pools = new Pools((visit) =>
      walk((item) => {
        if (item.kind === "arena") this.#arenas.push(item);
        visit(item);
      }),
    );
  }

  /** Writes the pools into the memory in which the graph is made. */
  writeTo(store: GraphStore): void {
    const { f } = store;
    const { all, blockCount } = this.#pools;
    f.pools_begin(all.length, blockCount, this.#begin, this.#end);
    const { words } = store;
    this.#pools.writeGrains(words, f.pools_grains() >>> 2);
    const rows = f.pools_rows() >>> 2;
    all.forEach(({ start, blockSize, first }, k) => {
      const row = rows + POOL_WORDS * (k + 1);
      words[row] = start;
      words[row + 1] = blockSize;
      words[row + 2] = first;
    });
  }

  /**
   * Numbers of nodes and references that are probably enough for the graph: as if each block were an object, and each
   * word of the memory a reference.
   */
  get room(): { readonly nodes: number; readonly edges: number } {
    const nodes = this.#pools.all.reduce(
      (sum, { used }) => sum + used,
      this.#end / LEAST_LARGE + this.#begin / LEAST_STATIC,
    );
    return { nodes: Math.ceil(nodes), edges: this.#end >>> 2 };
  }

  /** Whether an address is in memory that is allocated while the interpreter runs, and not in its static data. */
  isDynamic(address: number): boolean {
    return address >= this.#begin && address < this.#end;
  }

  /** Claims a block that is in no pool, and returns its bytes; 0 if there is no block, or if it was claimed already. */
  claimLarge(start: number): number {
    if (!this.isDynamic(start) || this.#claimedLarge.has(start) || !this.#isBlock(start)) return 0;
    this.#claimedLarge.add(start);
    const bytes = this.bytesOfLarge(start);
    const module = this.moduleOf(start);
    if (module === undefined) this.largeBytes += bytes;
    else this.nativeBytes.set(module, (this.nativeBytes.get(module) ?? 0) + bytes);
    return bytes;
  }

  /** Whether there is a block in no pool that is in use, that nobody claimed, and that is not the heap's own. */
  isLooseLarge(start: number): boolean {
    if (!this.isDynamic(start) || this.#claimedLarge.has(start) || !this.#isBlock(start)) return false;
    return this.#chunksInUse().has(start);
  }

  /** The blocks that isLooseLarge knows. */
  *looseLarge(): Generator<number> {
    for (const block of this.#chunksInUse()) if (!this.#claimedLarge.has(block)) yield block;
  }

  /** The blocks in use of the host's malloc, without those that the heap has for itself; none if malloc's chunks make no sense. */
  #chunksInUse(): ReadonlySet<number> {
    if (this.#chunks) return this.#chunks;
    const chunks = new Set<number>();
    const arenas = this.#arenas.map(({ address }) => address).sort((a, b) => a - b);
    let next = 0;
    const range = { from: this.#begin, to: this.#end };
    const isWhole = visitChunks(this.#python.memory.buffer, range, (start, bytes) => {
      while ((arenas[next] ?? this.#end) < start) next++;
      if ((arenas[next] ?? this.#end) >= start + bytes && !this.#own.has(start)) chunks.add(start);
    });
    this.#chunks = isWhole ? chunks : new Set();
    return this.#chunks;
  }

  /** The bytes of a block that is in no pool. */
  bytesOfLarge(start: number): number {
    return this.#python.malloc_usable_size(start) >>> 0;
  }

  /** The number of the module in C that a block in no pool belongs to; undefined if it belongs to none. */
  moduleOf(start: number): number | undefined {
    const header = this.#words[(start - CHUNK.header) >>> 2] ?? 0;
    return (header & MARK) === 0 ? undefined : this.#words[(start - CHUNK.before + (header & CHUNK.sizeMask)) >>> 2];
  }

  /**
   * Whether the host's malloc has a block there that is in use. The check is needed because data of a module can look
   * like a block.
   */
  #isBlock(start: number): boolean {
    const header = this.#words[(start - CHUNK.header) >>> 2] ?? 0;
    const next = start - CHUNK.before + (header & CHUNK.sizeMask);
    if ((header & CHUNK.isUsed) === 0 || !(next > start && next < this.#end)) return false;
    return ((this.#words[(next + CHUNK.header) >>> 2] ?? 0) & CHUNK.isUsedBefore) !== 0;
  }

  /** The addresses of a domain's pools that have blocks in use that nobody claimed. The pools were written into `store`. */
  poolsWithUnclaimed(store: GraphStore, domain: PooledDomain): Set<number> {
    const claimedIn = claims(store);
    const found = this.#pools.all.filter((pool, k) => pool.domain === domain && pool.used > claimedIn(k));
    return new Set(found.map(({ start }) => start));
  }

  /** Pooled blocks in use that nobody claimed, by size class and domain. The pools were written into `store`. */
  unclaimed(store: GraphStore): Unclaimed[] {
    return this.#pools.unclaimed(claims(store));
  }

  /** Bytes of all pooled blocks in use. */
  get pooledBytes(): number {
    return this.#pools.usedBytes();
  }
}

/** A function that returns how many blocks of a pool were claimed. The pools were written into `store`. */
function claims({ f, words }: GraphStore): (pool: number) => number {
  const rows = f.pools_rows() >>> 2;
  return (pool) => words[rows + POOL_WORDS * (pool + 1) + CLAIMED] as number;
}
