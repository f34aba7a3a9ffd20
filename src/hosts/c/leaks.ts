// The blocks that a module allocated and that are still live when it is unloaded.
//
// With debug hooks each block is known, with the C function that allocated it. Without debug hooks that is not recorded.
// The result is then the growth since the module was loaded: how many more blocks of each domain and size there are,
// whoever allocated them.

import type { KnownBlock } from "../../alloc/debug-hooks.js";
import { functionInC } from "../../alloc/locator.js";
import type { Walked } from "../../alloc/stats.js";
import type { BlockOwner } from "../../ground/errors.js";

/** Blocks of one domain and size that were not freed. */
export interface Leak {
  readonly family: BlockOwner;
  /** The size of a block: as it was asked for if the debug hooks know it, else the usable size. */
  readonly size: number;
  readonly count: number;
  /** The C function and its callers; only with debug hooks. */
  readonly allocatedAt?: string;
}

export interface LeakReport {
  readonly leaks: readonly Leak[];
  readonly blocks: number;
  readonly bytes: number;
  /**
   * Whether these blocks are certainly the module's own: true with debug hooks. Otherwise they are the blocks that were
   * not there when the module was loaded.
   */
  readonly exact: boolean;
  /**
   * The number of live objects that need the module's data or functions: instances of its types, or functions of it
   * that something refers to. If there are any, data and functions stay in memory for good.
   */
  readonly objects: number;
}

/** The parts of a heap that show leaks: its blocks, and with debug hooks who allocated them. */
export interface Surveyed extends Pick<Walked, "walk"> {
  knownBlocks(): KnownBlock[];
}

/** Numbers of blocks by domain and size. */
export type Census = ReadonlyMap<string, number>;

export function takeCensus(heap: Surveyed): Census {
  const census = new Map<string, number>();
  const count = (family: BlockOwner, size: number, n: number) => {
    const key = `${family} ${size}`;
    census.set(key, (census.get(key) ?? 0) + n);
  };
  heap.walk(
    (item) => {
      if (item.kind === "pool") count(item.domain, item.blockSize, item.used);
      else if (item.kind === "chunk" && item.domain !== "internal") count(item.domain, item.usable, 1);
    },
    { blocks: false },
  );
  return census;
}

function report(leaks: readonly Leak[], exact: boolean, objects = 0): LeakReport {
  const sum = (value: (leak: Leak) => number) => leaks.reduce((total, leak) => total + value(leak), 0);
  return { leaks, blocks: sum(({ count }) => count), bytes: sum(({ count, size }) => count * size), exact, objects };
}

/** The blocks that are there now and were not there before. */
export function leaksSince(heap: Surveyed, before: Census): LeakReport {
  const leaks: Leak[] = [];
  for (const [key, now] of takeCensus(heap)) {
    const count = now - (before.get(key) ?? 0);
    const [family = "raw", size = 0] = key.split(" ");
    if (count > 0) leaks.push({ family: family as BlockOwner, size: Number(size), count });
  }
  return report(leaks, false);
}

/** The live blocks that functions of the module with this label allocated. */
export function leaksOf(heap: Surveyed, label: string): LeakReport {
  const leaks = new Map<string, Leak>();
  for (const { domain, size, allocatedAt } of heap.knownBlocks()) {
    if (allocatedAt === undefined || functionInC(allocatedAt)?.label !== label) continue;
    const key = `${domain} ${size} ${allocatedAt}`;
    const count = (leaks.get(key)?.count ?? 0) + 1;
    leaks.set(key, { family: domain, size, count, allocatedAt });
  }
  return report([...leaks.values()], true);
}

/** Joins the reports of several modules; `objects` objects still need the modules. */
export function together(reports: readonly LeakReport[], objects: number): LeakReport {
  const exact = reports.every((one) => one.exact);
  // Without debug hooks the reports overlap: the one that begins earliest contains all others.
  const leaks = exact ? reports.flatMap((one) => one.leaks) : (reports[0]?.leaks ?? []);
  return report(leaks, exact, objects);
}

/** A line with the sum, then a line for each leak. */
export function describeLeaks(name: string, { leaks, blocks, bytes, exact, objects }: LeakReport): string {
  if (blocks === 0 && objects === 0) return `${name} freed all that it allocated`;
  const head = exact
    ? `${name} did not free ${blocks} blocks, ${bytes} bytes`
    : `Since ${name} was loaded, there are ${blocks} blocks more, ${bytes} bytes`;
  const lines = leaks.map(
    ({ family, size, count, allocatedAt }) =>
      `  ${count} x ${size} bytes, domain ${family}${allocatedAt ? `, allocated at ${allocatedAt}` : ""}`,
  );
  const kept = objects === 0 ? [] : [`  ${objects} objects that need ${name} are alive: its data and functions stay`];
  return [head, ...lines, ...kept].join("\n");
}
