// Adds nodes for the memory of the heap that belongs to no object, also for free memory. With them, the sizes of all
// nodes add up to the heap's footprint.

import type { HeapStats } from "../../../alloc/stats.js";
import type { GraphBuilder } from "../../../snapshot/builder.js";
import { addBlocks, addMemory } from "../../../snapshot/memory-nodes.js";
import type { Blocks } from "./blocks.js";

/** Adds nodes for the memory that objects did not claim. `stats` were taken at the same moment. */
export function addRest(graph: GraphBuilder, group: number, blocks: Blocks, stats: HeapStats): void {
  const add = (type: string, bytes: number) => addMemory(graph, group, type, bytes);
  addBlocks(graph, group, blocks.unclaimed(graph.store));
  const { account } = stats;
  const { live, freeInPools, freePools, rawFree, overhead, native, escaped } = account;
  const large = live.mem + live.object - blocks.pooledBytes;
  // The domain of a block is unknown if the interpreter allocated it before the heap was attached; and a table of the heap can look like a
  // block of an object that has its address. So objects can have claimed more bytes than the domains mem and object contain.
  let claimed = blocks.largeBytes;
  const unclaimed = (bytes: number): number => {
    const ofObjects = Math.min(claimed, bytes);
    claimed -= ofObjects;
    return bytes - ofObjects;
  };
  add("(large blocks, no object)", unclaimed(large));
  add("(raw domain)", unclaimed(live.raw));
  add("(the C library's malloc)", unclaimed(escaped));
  add("(headers and tables of the heap)", unclaimed(overhead));
  add("(free in pools)", freeInPools);
  add("(free pools)", freePools);
  add("(free memory of the host's malloc)", rawFree);
  add("(modules in C: the C library's malloc)", native - Math.min(blocks.nativeBytes, native));
}
