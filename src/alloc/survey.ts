// Views of the whole heap: what is in it, what it adds up to, and whether its structures are intact.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { HostCalls } from "../core/host-calls.js";
import type { Words } from "../core/memory-words.js";
import { type Address, toAddress } from "../ground/address.js";
import { type Fault, HeapCorruption } from "../ground/errors.js";
import { type FaultHandler, type KnownBlock, readFault, type Sites } from "./debug-hooks.js";
import { ownerOf } from "./owners.js";
import { type HeapItem, type HeapStats, type HostFigures, itemOf, Tally } from "./stats.js";

/**
 * All heaps of this program that JavaScript's collector has not freed. If the address in a fault is not a block of its
 * heap, the other heaps are searched for it.
 */
const surveys = new Set<WeakRef<Survey>>();

const STRUCTURES: Readonly<Record<number, string>> = {
  [C.CHECK_PLATFORM]: "the break",
  [C.CHECK_LEDGER]: "the ledger",
  [C.CHECK_RAW]: "the raw allocator's chunk",
  [C.CHECK_ARENAS]: "the arena",
  [C.CHECK_POOL]: "the pool",
  [C.CHECK_POOL_COUNT]: "the count of pools in the control block",
};

/** The error for what `check_heap` returned. */
export function corruptionOf(answer: bigint): HeapCorruption {
  const structure = STRUCTURES[Number(answer >> 32n)] ?? "a structure";
  return new HeapCorruption(structure, toAddress(Number(answer & 0xffff_ffffn)));
}

export class Survey {
  readonly #core: Core;
  readonly #words: Words;
  readonly #calls: HostCalls;
  readonly #sites: Sites;
  readonly #onFault: FaultHandler;

  /** `onFault` is called for each fault; `sites` tell where the program was. */
  constructor(core: Core, words: Words, calls: HostCalls, sites: Sites, onFault: FaultHandler) {
    this.#core = core;
    this.#words = words;
    this.#calls = calls;
    this.#sites = sites;
    this.#onFault = onFault;
    for (const ref of surveys) if (!ref.deref()) surveys.delete(ref);
    surveys.add(new WeakRef(this));
  }

  /** The account and the statistics, as of now: one walk over chunks, arenas and pools. */
  stats(host: HostFigures | null): HeapStats {
    const tally = new Tally(this.#core);
    this.#calls.visiting(
      (...visit) => tally.add(...visit),
      () => this.#core.functions.walk_heap(C.DEPTH_POOLS),
    );
    return tally.finish(this.#words, this.#core.memory.buffer.byteLength, host);
  }

  /** Everything in the heap, and every block of every pool if `blocks`. */
  walk(visit: (item: HeapItem) => void, blocks: boolean): void {
    this.#leavingBits(() =>
      this.#calls.visiting(
        (kind, address, size, a, b) => visit(itemOf(kind, address, size, a, b)),
        () => this.#core.functions.walk_heap(blocks ? C.DEPTH_BLOCKS : C.DEPTH_POOLS),
      ),
    );
  }

  /**
   * Leaves the heap as it was to the last bit: puts back the bits in which a walk marks the free blocks of a pool (FreeBits in
   * core/alloc/pool.ts).
   */
  #leavingBits(walk: () => void): void {
    const begin = this.#core.control + C.SCRATCH_AT;
    const before = new Uint8Array(this.#core.memory.buffer).slice(begin, begin + C.POOL_SIZE / 64);
    walk();
    // The visitor may have made the memory grow, which replaces its buffer.
    new Uint8Array(this.#core.memory.buffer).set(before, begin);
  }

  /** The blocks in use of the pools at these addresses. Unlike `walk`, makes no object for a block. */
  poolBlocks(pools: ReadonlySet<number>, visit: (address: number, size: number) => void): void {
    let isWanted = false;
    this.#leavingBits(() =>
      this.#calls.visiting(
        (kind, address, size, _domain, isUsed) => {
          if (kind === C.VISIT_POOL) isWanted = pools.has(address >>> 0);
          else if (isWanted && kind === C.VISIT_BLOCK && isUsed === 1) visit(address >>> 0, size);
        },
        () => this.#core.functions.walk_heap(C.DEPTH_BLOCKS),
      ),
    );
  }

  /** The live blocks that the debug hooks know, in no order. */
  knownBlocks(): KnownBlock[] {
    const found: KnownBlock[] = [];
    this.#calls.visiting(
      (_kind, address, size, domain, site) => {
        found.push(this.#known(address, size, domain, site));
      },
      () => this.#core.functions.walk_known(),
    );
    return found;
  }

  knownBlock(address: Address): KnownBlock | undefined {
    if (this.#core.functions.debug_find(address) === 0) return undefined;
    const word = (at: number) => this.#words.get(this.#core.control + at);
    return this.#known(word(C.FAULT_ADDRESS_AT), word(C.FAULT_SIZE_AT), word(C.FAULT_DOMAIN_AT), word(C.FAULT_SITE_AT));
  }

  #known(address: number, size: number, domain: number, site: number): KnownBlock {
    const allocatedAt = this.#sites.place(site);
    return {
      address: toAddress(address),
      size: size >>> 0,
      domain: ownerOf(domain),
      ...(allocatedAt && { allocatedAt }),
    };
  }

  /** Reports the fault that the debug hooks have found. */
  fault(): void {
    const fault = this.#withOwner(readFault(this.#core, this.#words, this.#sites));
    const report = () => this.#onFault(fault);
    if (!this.#calls.states.putOff(report)) report();
  }

  /** If the address is not a block of this heap, adds to the fault the block that another heap has there. */
  #withOwner(fault: Fault): Fault {
    if (fault.kind !== "not a block") return fault;
    for (const ref of surveys) {
      const survey = ref.deref();
      const elsewhere = survey === this ? undefined : survey?.knownBlock(fault.address);
      if (elsewhere) return { ...fault, elsewhere };
    }
    return fault;
  }

  /** Reports a block's fault; throws HeapCorruption if the heap itself is broken. */
  check(): void {
    const answer = this.#core.functions.check_heap();
    if (answer === 0n) return;
    const kind = Number(answer >> 32n);
    if (kind === C.CHECK_BLOCK) {
      this.#calls.fault();
      return;
    }
    throw corruptionOf(answer);
  }
}
