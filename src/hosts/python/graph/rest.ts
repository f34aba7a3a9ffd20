// Adds nodes for the memory of the heap that belongs to no object, also for free memory. With them, the sizes of all
// nodes add up to the heap's footprint.

import type { HeapStats, ModuleStats } from "../../../alloc/stats.js";
import type { GraphBuilder } from "../../../snapshot/builder.js";
import { addBlocks, addMemory } from "../../../snapshot/memory-nodes.js";
import type { Blocks } from "./blocks.js";

const sumOf = (numbers: Iterable<number>): number => [...numbers].reduce((sum, each) => sum + each, 0);

/** The bytes of each module in C, by its name, that objects did not claim. */
function unclaimedOf(
  modules: readonly ModuleStats[],
  { nativeBytes }: Blocks,
  nameOf: (number: number) => string,
): Map<string, number> {
  const left = new Map<string, number>();
  const add = (name: string, bytes: number) => left.set(name, (left.get(name) ?? 0) + bytes);
  for (const { name, bytes } of modules) add(name, bytes);
  for (const [number, bytes] of nativeBytes) add(nameOf(number), -bytes);
  return left;
}

/**
 * Adds nodes for the memory that objects did not claim. `stats` were taken at the same moment; `moduleName` returns the name of a module in C,
 * by its number.
 */
export function addRest(
  graph: GraphBuilder,
  group: number,
  blocks: Blocks,
  stats: HeapStats,
  moduleName: (number: number) => string,
): void {
  const add = (type: string, bytes: number, value?: string) => addMemory(graph, group, type, bytes, value);
  addBlocks(graph, group, blocks.unclaimed(graph.store));
  const { account } = stats;
  const { live, freeInPools, freePools, rawFree, overhead, native, escaped } = account;
  const large = live.mem + live.object - blocks.pooledBytes;
  // The domain of a block is unknown if the interpreter allocated it before the heap was attached. So objects can have claimed more bytes
  // than the domains mem and object contain.
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
  let left = native - Math.min(sumOf(blocks.nativeBytes.values()), native);
  for (const [name, bytes] of unclaimedOf(stats.modules, blocks, moduleName)) {
    const ofModule = Math.max(0, Math.min(bytes, left));
    add("(module in C, no object)", ofModule, name);
    left -= ofModule;
  }
  add("(module in C, no object)", left);
}
