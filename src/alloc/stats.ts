// The account and the statistics: one walk over the heap, added up.
//
// Every byte that the platform gave is in exactly one part of the account; docs/account.md says what each part is.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { Words } from "../core/memory-words.js";
import { type Address, toAddress } from "../ground/address.js";
import { type BlockOwner, type DomainName, ProtocolError } from "../ground/errors.js";
import { chunkOwnerOf, ownerOf } from "./owners.js";

/** Bytes. Each byte is in exactly one part: `platform` is the sum of all others. */
export interface Account {
  /** What the platform gave. */
  readonly platform: number;
  /** Blocks in use, small ones by their size class, large ones by their usable size. */
  readonly live: Readonly<Record<DomainName, number>>;
  /** Free blocks of pools that are in use. */
  readonly freeInPools: number;
  /** Idle pools: they are in an arena, and no size class uses them. */
  readonly freePools: number;
  /** Free memory of the raw allocator, or of the host's malloc. */
  readonly rawFree: number;
  /** Headers, padding, and the heap's own tables. */
  readonly overhead: number;
  /** Blocks that modules in C took by the C library's malloc, through the heap. */
  readonly native: number;
  /** In use by a host's other code, which takes its memory from the host's malloc without the heap. */
  readonly escaped: number;
}

/** The domains that pools serve. */
export type PooledDomain = Exclude<BlockOwner, "raw">;

/** One size class of one domain. */
export interface SizeClassStats {
  readonly domain: PooledDomain;
  /** Bytes of a block. */
  readonly size: number;
  readonly pools: number;
  readonly used: number;
  readonly free: number;
}

export interface ArenaStats {
  readonly count: number;
  /** The number of arenas opened so far. */
  readonly opened: number;
  readonly pools: number;
  readonly freePools: number;
}

export interface LargeStats {
  readonly blocks: number;
  readonly bytes: number;
}

/** The live blocks that a module in C allocated. */
export interface ModuleStats extends LargeStats {
  /** The module's file, without its folder; or its name in Python. */
  readonly name: string;
}

/** A heap's statistics at one moment: what `sys._debugmallocstats` prints, with types. */
export interface HeapStats {
  readonly account: Account;
  /** Highest number of bytes that the platform gave at any time. */
  readonly platformPeak: number;
  /** Highest number of bytes in pools in use and in large blocks, at any time. */
  readonly allocatedPeak: number;
  /** Blocks in use in the mem and object domains: `sys.getallocatedblocks()`, large blocks included. */
  readonly allocatedBlocks: number;
  /** Size of the WebAssembly memory. */
  readonly memoryBytes: number;
  /** The classes that have a pool, smallest first. */
  readonly sizeClasses: readonly SizeClassStats[];
  readonly arenas: ArenaStats;
  /** Blocks that no pool serves, by domain. */
  readonly large: Readonly<Record<BlockOwner, LargeStats>>;
  /** Pools ever opened. */
  readonly poolsOpened: number;
  /** The blocks that modules in C of a CPython have, those with the most bytes first. Empty in other heaps. */
  readonly modules: readonly ModuleStats[];
}

/** One thing in the heap, as `walk` reports it. `size` is the whole size; `usable` is without the header. */
export type HeapItem =
  | { kind: "chunk"; address: Address; size: number; usable: number; domain: BlockOwner | "internal" }
  | { kind: "freeChunk" | "top"; address: Address; size: number }
  | { kind: "arena"; address: Address; size: number; pools: number; freePools: number }
  | { kind: "freePool"; address: Address; size: number }
  | { kind: "pool"; address: Address; size: number; domain: PooledDomain; blockSize: number; used: number }
  | { kind: "block"; address: Address; size: number; domain: PooledDomain; used: boolean };

/** The name of a domain that pools serve, by its number in the core. Throws ProtocolError for another number. */
function pooledDomain(number: number): PooledDomain {
  const owner = ownerOf(number);
  if (owner === "raw") throw new ProtocolError("a pool's domain", number);
  return owner;
}

/**
 * Makes the item of a visit; the parameters are those of `hostVisit` in core/hooks/walk.ts. Throws ProtocolError if the
 * kind is not known.
 */
export function itemOf(kind: number, address: number, size: number, a: number, b: number): HeapItem {
  const at = { address: toAddress(address), size: size >>> 0 };
  switch (kind) {
    case C.VISIT_CHUNK:
      return {
        kind: "chunk",
        ...at,
        usable: at.size - C.CHUNK_OVERHEAD,
        domain: chunkOwnerOf(a),
      };
    case C.VISIT_FREE_CHUNK:
      return { kind: "freeChunk", ...at };
    case C.VISIT_TOP:
      return { kind: "top", ...at };
    case C.VISIT_ARENA:
      return { kind: "arena", ...at, pools: a, freePools: b };
    case C.VISIT_BLOCK:
      return { kind: "block", ...at, domain: pooledDomain(a), used: b === 1 };
    case C.VISIT_POOL:
      if (a === 0) return { kind: "freePool", ...at };
      return {
        kind: "pool",
        ...at,
        domain: pooledDomain(b & C.POOL_DOMAIN_MASK),
        blockSize: a,
        used: b >>> C.POOL_USED_SHIFT,
      };
    default:
      throw new ProtocolError("a part of the heap", kind);
  }
}

/** What a host's malloc reports about itself. */
export interface HostFigures {
  /** Bytes that the host's malloc took from the platform. */
  readonly platform: number;
  readonly platformPeak: number;
  /** Bytes of the host's chunks in use and free, headers included. */
  readonly used: number;
  readonly free: number;
  /** Bytes of a header. */
  readonly header: number;
  /** Bytes that were in use before the heap was attached. */
  readonly inherited: number;
  /** The blocks of modules in C. */
  readonly modules: readonly ModuleStats[];
}

/** A heap, for code that only looks at it. */
export interface Walked {
  /** Visits everything in the heap; the blocks of pools only if `blocks` is not false. */
  walk(visit: (item: HeapItem) => void, options?: { readonly blocks?: boolean }): void;
  stats(): HeapStats;
}

/** The number of a size class of a domain. */
const keyOf = (domain: number, blockSize: number): number => (domain << 16) | blockSize;

/** Adds up what a walk reports. */
export class Tally {
  readonly #core: Pick<Core, "control">;
  readonly #classes = new Map<number, { pools: number; used: number; free: number }>();
  readonly #chunks = new Map<number, { domain: number; size: number }>();
  readonly #arenas: { address: number; size: number }[] = [];
  #arenaBytes = 0;
  #live = [0, 0, 0, 0, 0];
  #chunkCount = 0;
  #rawFree = 0;
  #idlePools = 0;
  #idleBytes = 0;
  #arenaPools = 0;

  constructor(core: Pick<Core, "control">) {
    this.#core = core;
  }

  /** Adds one visit; the parameters are those of `hostVisit` in core/hooks/walk.ts. */
  add(kind: number, address: number, size: number, a: number, b: number): void {
    switch (kind) {
      case C.VISIT_CHUNK:
        this.#live[a] = (this.#live[a] ?? 0) + (size >>> 0) - C.CHUNK_OVERHEAD;
        this.#chunkCount++;
        this.#chunks.set(address >>> 0, { domain: a, size: size >>> 0 });
        break;
      case C.VISIT_FREE_CHUNK:
      case C.VISIT_TOP:
        this.#rawFree += size >>> 0;
        break;
      case C.VISIT_ARENA:
        this.#arenas.push({ address: address >>> 0, size: size >>> 0 });
        this.#arenaBytes += size >>> 0;
        this.#arenaPools += a;
        break;
      case C.VISIT_POOL:
        if (a === 0) {
          this.#idlePools++;
          this.#idleBytes += size;
        } else {
          this.#addPool(size, a, b & C.POOL_DOMAIN_MASK, b >>> C.POOL_USED_SHIFT);
        }
        break;
      case C.VISIT_RETURNING:
        this.#takeBack(size, a);
        break;
      default:
        throw new ProtocolError("a part of the heap", kind);
    }
  }

  /** A block that was counted as used is free. */
  #takeBack(blockSize: number, domain: number): void {
    const entry = this.#classes.get(keyOf(domain, blockSize));
    if (!entry || entry.used === 0) return;
    entry.used--;
    entry.free++;
    this.#live[domain] = (this.#live[domain] ?? 0) - blockSize;
  }

  #addPool(bytes: number, blockSize: number, domain: number, used: number): void {
    const key = keyOf(domain, blockSize);
    let entry = this.#classes.get(key);
    if (!entry) {
      entry = { pools: 0, used: 0, free: 0 };
      this.#classes.set(key, entry);
    }
    entry.pools++;
    entry.used += used;
    entry.free += Math.floor(bytes / blockSize) - used;
    this.#live[domain] = (this.#live[domain] ?? 0) + used * blockSize;
  }

  /**
   * Subtracts the arenas from the domains whose chunks they lie in, because they are not live memory of those domains.
   */
  #takeArenasOut(): void {
    const starts = [...this.#chunks.keys()].sort((x, y) => x - y);
    for (const arena of this.#arenas) {
      let low = 0;
      let high = starts.length;
      while (low < high) {
        const middle = (low + high) >>> 1;
        if ((starts[middle] as number) <= arena.address) low = middle + 1;
        else high = middle;
      }
      const start = starts[low - 1];
      const chunk = start === undefined ? undefined : this.#chunks.get(start);
      if (chunk && arena.address + arena.size <= (start as number) + chunk.size + C.CHUNK_OVERHEAD) {
        this.#live[chunk.domain] = (this.#live[chunk.domain] ?? 0) - arena.size;
      }
    }
  }

  /**
   * Moves the large blocks of a guest from the domain INTERNAL to their own: the guest has taken their memory from this heap, whose walk has
   * visited it as the heap's own.
   */
  #takeGuestIn(large: (domain: number) => number): void {
    for (const domain of [C.RAW, C.MEM, C.OBJECT, C.LIBC]) {
      this.#live[domain] = (this.#live[domain] ?? 0) + large(domain);
      this.#live[C.INTERNAL] = (this.#live[C.INTERNAL] ?? 0) - large(domain);
    }
  }

  /**
   * The statistics. `host` is what the host's malloc says, if the heap lives in a host's memory. `guest` is the control block of a heap whose
   * memory comes from this one, and whose arenas and pools were added, too; 0 if there is none.
   */
  finish(words: Words, memoryBytes: number, host: HostFigures | null, guest = 0): HeapStats {
    const { control } = this.#core;
    const word = (at: number) => words.get(control + at);
    const guestWord = (at: number) => (guest === 0 ? 0 : words.get(guest + at));
    // The core counts what the host had allocated before the heap was attached as raw. It is subtracted here. A domain
    // may have freed some of it, and its count can then be below zero, modulo 2^32.
    const { inherited = 0 } = host ?? {};
    const largeBytes = (domain: number) => {
      const bytes = word(C.LARGE_BYTES_AT + 4 * domain);
      const signed = bytes < 2 ** 32 - inherited ? bytes : bytes - 2 ** 32;
      return domain === C.RAW ? signed - inherited : signed;
    };
    const guestBytes = (domain: number) => guestWord(C.LARGE_BYTES_AT + 4 * domain);
    const largeBlocks = (domain: number) =>
      (word(C.LARGE_BLOCKS_AT + 4 * domain) | 0) + guestWord(C.LARGE_BLOCKS_AT + 4 * domain);

    const sizeClasses: SizeClassStats[] = [];
    let freeInPools = 0;
    let smallUsed = 0;
    let poolBlocks = 0;
    for (const [key, entry] of [...this.#classes].sort(([x], [y]) => (x & 0xffff) - (y & 0xffff) || x - y)) {
      const size = key & 0xffff;
      sizeClasses.push({ domain: pooledDomain(key >> 16), size, ...entry });
      freeInPools += size * entry.free;
      if (key >> 16 !== C.LIBC) smallUsed += entry.used;
      poolBlocks += size * (entry.free + entry.used);
    }
    const freePools = this.#idleBytes;
    const arenaOverhead = this.#arenaBytes - freePools - poolBlocks;

    let account: Account;
    let platformPeak: number;
    if (host) {
      const large = (domain: number) => Math.max(0, largeBytes(domain));
      const live = {
        raw: large(C.RAW),
        mem: large(C.MEM) + (this.#live[C.MEM] ?? 0),
        object: large(C.OBJECT) + (this.#live[C.OBJECT] ?? 0),
      };
      const native = large(C.LIBC);
      const chunks = [C.RAW, C.MEM, C.OBJECT, C.LIBC, C.INTERNAL].reduce(
        (sum, domain) => sum + Math.max(0, largeBlocks(domain)),
        0,
      );
      const headers = host.header * (chunks + 1);
      const own = largeBytes(C.INTERNAL) - this.#arenaBytes + word(C.STATE_BYTES_AT) + headers;
      const overhead = arenaOverhead + own + (host.platform - host.used - host.free);
      const ours = live.raw + live.mem + live.object + native + freeInPools + freePools + arenaOverhead + own;
      account = {
        platform: host.platform,
        live,
        freeInPools,
        freePools,
        rawFree: host.free,
        overhead,
        native,
        escaped: host.used - ours,
      };
      platformPeak = host.platformPeak;
    } else {
      this.#takeArenasOut();
      this.#takeGuestIn(guestBytes);
      const [raw = 0, mem = 0, object = 0, libc = 0, internal = 0] = this.#live;
      // The break starts at the control block; the first chunk's header ends at a multiple of 8.
      const overhead =
        word(C.STATE_BYTES_AT) + C.CHUNK_OVERHEAD + this.#chunkCount * C.CHUNK_OVERHEAD + internal + arenaOverhead;
      account = {
        platform: word(C.RESERVED_AT),
        live: { raw, mem, object },
        freeInPools,
        freePools,
        rawFree: this.#rawFree,
        overhead,
        native: libc,
        escaped: 0,
      };
      platformPeak = word(C.RESERVED_PEAK_AT);
    }

    const large = (domain: number): LargeStats => ({
      blocks: largeBlocks(domain),
      bytes: largeBytes(domain) + guestBytes(domain),
    });
    return {
      account,
      platformPeak,
      allocatedPeak: word(C.ALLOCATED_PEAK_AT),
      allocatedBlocks: smallUsed + largeBlocks(C.MEM) + largeBlocks(C.OBJECT),
      memoryBytes,
      sizeClasses,
      arenas: {
        count: this.#arenas.length,
        opened: word(C.ARENAS_OPENED_AT) + guestWord(C.ARENAS_OPENED_AT),
        pools: this.#arenaPools,
        freePools: this.#idlePools,
      },
      large: { raw: large(C.RAW), mem: large(C.MEM), object: large(C.OBJECT), native: large(C.LIBC) },
      poolsOpened: word(C.POOLS_OPENED_AT) + guestWord(C.POOLS_OPENED_AT),
      modules: host?.modules ?? [],
    };
  }
}

/** The sum of an account's parts, which is its `platform`. */
export function sumOfParts(account: Account): number {
  const { live, freeInPools, freePools, rawFree, overhead, native, escaped } = account;
  return live.raw + live.mem + live.object + freeInPools + freePools + rawFree + overhead + native + escaped;
}
