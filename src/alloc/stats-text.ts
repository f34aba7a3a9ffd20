// The statistics as text: what `sys._debugmallocstats` prints, for people and logs.

import type { HeapStats } from "./stats.js";

function line(columns: readonly (string | number)[]): string {
  return columns.map((value) => value.toLocaleString("en-US").padStart(12)).join("");
}

/** Size classes, arenas, large blocks and the account; sizes in bytes. */
export function formatStats(stats: HeapStats): string {
  const { account, arenas, large, sizeClasses } = stats;
  const parts: readonly (readonly [string, number])[] = [
    ["live, raw", account.live.raw],
    ["live, mem", account.live.mem],
    ["live, object", account.live.object],
    ["free in pools", account.freeInPools],
    ["free pools", account.freePools],
    ["raw free", account.rawFree],
    ["overhead", account.overhead],
    ["native", account.native],
    ["escaped", account.escaped],
    ["platform, the sum", account.platform],
    ["platform, peak", stats.platformPeak],
  ];
  return [
    "Small blocks, by size class",
    line(["size", "domain", "pools", "in use", "free"]),
    ...sizeClasses.map(({ size, domain, pools, used, free }) => line([size, domain, pools, used, free])),
    "",
    "Large blocks",
    line(["", "domain", "blocks", "bytes"]),
    ...Object.entries(large).map(([domain, { blocks, bytes }]) => line(["", domain, blocks, bytes])),
    "",
    `Arenas: ${arenas.count} (${arenas.opened} opened so far), ${arenas.pools} pools, ${arenas.freePools} of them free`,
    "",
    "Bytes",
    ...parts.map(([name, bytes]) => `  ${name.padEnd(20)}${bytes.toLocaleString("en-US").padStart(14)}`),
    "",
  ].join("\n");
}
