// The blocks of a heap in its own memory: objects claim theirs, and what nobody claims is shown as memory that belongs
// to no object.

import { PoolClaims } from "../../alloc/pool-claims.js";
import type { HeapStats, PooledDomain, Walked } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import type { GraphBuilder } from "../../snapshot/builder.js";
import { addBlocks, addMemory } from "../../snapshot/memory-nodes.js";

interface Large {
  readonly domain: string;
  readonly bytes: number;
}

export class HeapBlocks {
  readonly #heap: Walked;
  readonly #pools: PoolClaims;
  /** Blocks that are in no pool and were not claimed yet, by address. */
  readonly #large = new Map<number, Large>();
  readonly #claimedLarge = new Map<string, number>();

  /** `end` is where the memory ends. */
  constructor(heap: Walked, end: number) {
    this.#heap = heap;
    this.#pools = new PoolClaims((visit) => {
      heap.walk(
        (item) => {
          visit(item);
          if (item.kind !== "chunk") return;
          this.#large.set(item.address + C.CHUNK_OVERHEAD, { domain: item.domain, bytes: item.usable });
        },
        { blocks: false },
      );
    }, end);
  }

  /**
   * Claims the block that starts at an address, and returns its bytes; 0 if there is none, or it was claimed already.
   */
  claim(start: number): number {
    const pooled = this.#pools.claim(start);
    if (pooled !== undefined) return pooled;
    const large = this.#large.get(start);
    if (!large) return 0;
    this.#large.delete(start);
    this.#claimedLarge.set(large.domain, (this.#claimedLarge.get(large.domain) ?? 0) + large.bytes);
    return large.bytes;
  }

  /** The blocks in use that nobody has claimed, with their bytes. The heap's own are not among them. */
  unclaimedBlocks(): Map<number, number> {
    const found = new Map<number, number>();
    this.#heap.walk((item) => {
      if (item.kind === "block" && item.used && !this.#pools.isClaimed(item.address))
        found.set(item.address, item.size);
    });
    for (const [start, { domain, bytes }] of this.#large) if (domain !== "internal") found.set(start, bytes);
    return found;
  }

  /** Adds nodes for the memory that nobody claimed. `stats` were taken at the same moment. */
  addRest(graph: GraphBuilder, group: number, { account }: HeapStats): void {
    const { live, freeInPools, freePools, rawFree, overhead, native } = account;
    const large = (domain: PooledDomain, bytes: number) =>
      bytes - this.#pools.usedBytes(domain) - (this.#claimedLarge.get(domain) ?? 0);
    addBlocks(graph, group, this.#pools.unclaimed());
    const parts: readonly (readonly [type: string, bytes: number])[] = [
      ["(large blocks of the mem domain, no object)", large("mem", live.mem)],
      ["(large blocks of the object domain, no object)", large("object", live.object)],
      ["(large blocks of the C library's malloc)", large("native", native)],
      ["(raw domain)", live.raw - (this.#claimedLarge.get("raw") ?? 0)],
      ["(free in pools)", freeInPools],
      ["(free pools)", freePools],
      ["(free memory)", rawFree],
      ["(headers and tables of the heap)", overhead - (this.#claimedLarge.get("internal") ?? 0)],
    ];
    for (const [type, bytes] of parts) addMemory(graph, group, type, bytes);
  }
}
