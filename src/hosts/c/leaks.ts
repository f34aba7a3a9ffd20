// What a module left behind: the blocks that it allocated and that are still live when it goes.
//
// With debug hooks each block is known, with the C function that allocated it. Without, nobody wrote that down: then the answer is
// how many more blocks of each family and size there are than when the module came, whoever allocated them.

import type { KnownBlock } from "../../alloc/debug-hooks.js";
import { functionInC } from "../../alloc/locator.js";
import type { Walked } from "../../alloc/stats.js";
import type { BlockOwner } from "../../ground/errors.js";

/** Blocks of one family and size that were not freed. */
export interface Leak {
  readonly family: BlockOwner;
  /** Bytes of a block: as asked for if the debug hooks know it, else what the block has. */
  readonly size: number;
  readonly count: number;
  /** The C function, and what called it; only with debug hooks. */
  readonly allocatedAt?: string;
}

export interface LeakReport {
  readonly leaks: readonly Leak[];
  readonly blocks: number;
  readonly bytes: number;
  /** Whether these are the module's own: true with debug hooks. Else they are what is there more than at the start. */
  readonly exact: boolean;
  /**
   * Objects that are alive and need the module's data or functions: instances of its types, its functions that somebody holds. If there are
   * any, data and functions stay, and are lost.
   */
  readonly objects: number;
}

/** What tells leaks of a heap: its blocks, and with debug hooks who allocated them. */
export interface Surveyed extends Pick<Walked, "walk"> {
  knownBlocks(): KnownBlock[];
}

/** Numbers of blocks by family and size. */
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

/** What there is more than there was. */
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

/** Several modules' reports as one; `objects` need the modules still. */
export function together(reports: readonly LeakReport[], objects: number): LeakReport {
  const exact = reports.every((one) => one.exact);
  // Differences overlap: the one that goes back furthest has all that the others have.
  const leaks = exact ? reports.flatMap((one) => one.leaks) : (reports[0]?.leaks ?? []);
  return report(leaks, exact, objects);
}

/** A line for each leak, and a sum above them. */
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
