// The report after a run, for a terminal: where the memory went.

import type { Colors } from "picocolors/types.js";
import type { Account, HeapStats, ModuleStats, SizeClassStats } from "../alloc/stats.js";
import type { LeakReport } from "../hosts/c/leaks.js";
import type { MeasureRun } from "../pressure/events.js";
import { LOG_LENGTH } from "../pressure/ladder.js";
import { bar } from "../text/bar.js";
import { bytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { seconds } from "../text/time.js";
import { forTerminal } from "../text/visible.js";
import { type Cell, layOut as table } from "./columns.js";
import type { RunResult } from "./run-result.js";

/** The number of size classes that are shown: those with the most bytes. */
const CLASSES_SHOWN = 12;
const BAR_WIDTH = 24;
/** The number of kinds of leaked blocks that are shown: the largest. */
const LEAKS_SHOWN = 10;
/** The number of modules in C that are shown. */
const MODULES_SHOWN = 10;

type Row = readonly Cell[];

/** The account's parts with their names in the report, in the order of the report. */
function parts(account: Account): readonly (readonly [string, number])[] {
  return [
    ["objects", account.live.object],
    ["mem (buffers of objects)", account.live.mem],
    ["raw", account.live.raw],
    ["native (modules in C)", account.native],
    ["escaped (the host's malloc)", account.escaped],
    ["free in pools", account.freeInPools],
    ["free pools", account.freePools],
    ["free, for any use", account.rawFree],
    ["headers and padding", account.overhead],
  ];
}

function accountTable(account: Account, colors: Colors): string {
  const free = new Set(["free in pools", "free pools", "free, for any use"]);
  const rows = parts(account).map(([name, size]): Row => {
    const paint = free.has(name) ? colors.green : name.startsWith("headers") ? colors.yellow : colors.cyan;
    const drawn = paint(bar(size / account.platform, BAR_WIDTH));
    return [name, bytes(size), percent(size, account.platform), drawn];
  });
  return table(rows, ["left", "right", "right", "left"]);
}

/** The bytes of a class's blocks, used and free. */
function bytesOf({ size, used, free }: SizeClassStats): number {
  return size * (used + free);
}

function classTable(classes: readonly SizeClassStats[], colors: Colors): string {
  const largest = [...classes].sort((a, b) => bytesOf(b) - bytesOf(a)).slice(0, CLASSES_SHOWN);
  const rows = largest
    .sort((a, b) => a.size - b.size || a.domain.localeCompare(b.domain))
    .map((entry): Row => {
      const { domain, size, pools, used, free } = entry;
      const full = used / (used + free);
      return [
        `${size} B`,
        domain,
        count(pools),
        count(used),
        bytes(used * size),
        percent(full, 1),
        colors.cyan(bar(full, 14)),
      ];
    });
  const head: Row = ["block", "domain", "pools", "blocks", "live", "full", ""].map((title) => colors.dim(title));
  const shown = table([head, ...rows], ["right", "left", "right", "right", "right", "right", "left"]);
  const rest = classes.filter((entry) => !largest.includes(entry));
  if (rest.length === 0) return shown;
  const used = rest.reduce((sum, entry) => sum + entry.used * entry.size, 0);
  const line = `${rest.length} more, ${bytes(used)} live in ${counted(
    rest.reduce((sum, entry) => sum + entry.pools, 0),
    "pool",
  )}`;
  return `${shown}\n  ${colors.dim(line)}`;
}

/** What modules in C have in CPython, those with the most bytes. */
function moduleSection(modules: readonly ModuleStats[], colors: Colors): string[] {
  if (modules.length === 0) return [];
  const rows = modules
    .slice(0, MODULES_SHOWN)
    .map(({ name, blocks, bytes: size }): Row => [forTerminal(name), counted(blocks, "block"), bytes(size)]);
  const more = modules.length - rows.length;
  return [
    "",
    colors.bold("Modules in C"),
    table(rows, ["left", "right", "right"]),
    ...(more > 0 ? [`  ${colors.dim(`${more} more`)}`] : []),
  ];
}

function heapSections(stats: HeapStats, colors: Colors): string[] {
  const { arenas, large } = stats;
  const largeBlocks = large.mem.blocks + large.object.blocks;
  const largeBytes = large.mem.bytes + large.object.bytes;
  return [
    colors.bold("Where it is"),
    accountTable(stats.account, colors),
    "",
    colors.bold("Size classes") + colors.dim("  the largest"),
    classTable(stats.sizeClasses, colors),
    "",
    colors.bold("Arenas"),
    table(
      [
        ["arenas", count(arenas.count), `${count(arenas.opened)} opened since the start`],
        ["pools", count(arenas.pools), `${count(arenas.freePools)} of them free`],
        ["large blocks", count(Math.max(0, largeBlocks)), bytes(Math.max(0, largeBytes))],
      ],
      ["left", "right", "left"],
    ),
    ...moduleSection(stats.modules, colors),
  ];
}

/** The blocks that a module in C did not free, the most bytes first. */
function leakSection({ leaks, blocks, bytes: total, exact }: LeakReport, colors: Colors): string[] {
  if (blocks === 0) return ["", `${colors.bold("Not freed")}  nothing`];
  const largest = [...leaks].sort((a, b) => b.count * b.size - a.count * a.size).slice(0, LEAKS_SHOWN);
  const rows = largest.map(
    ({ family, size, count: n, allocatedAt }): Row => [
      `${count(n)} x ${count(size)} B`,
      bytes(n * size),
      forTerminal(family),
      forTerminal(allocatedAt ?? ""),
    ],
  );
  const hint = exact ? "" : "  --debug-hooks says which functions allocated it";
  return [
    "",
    `${colors.bold("Not freed")}${colors.dim(`  ${counted(blocks, "block")}, ${bytes(total)}${hint}`)}`,
    table(rows, ["right", "right", "left", "left"]),
    ...(leaks.length > largest.length ? [`  ${colors.dim(`${leaks.length - largest.length} more`)}`] : []),
  ];
}

/** The measures against pressure, by reason and measure. */
function measureSection(runs: readonly MeasureRun[], colors: Colors): string[] {
  if (runs.length === 0) return [];
  const groups = new Map<string, MeasureRun[]>();
  for (const run of runs) {
    const key = `${run.reason}: ${run.measure}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  const sum = (group: readonly MeasureRun[], of: (run: MeasureRun) => number) =>
    group.reduce((total, run) => total + of(run), 0);
  const rows = [...groups].map(([name, group]): Row => {
    const gained = sum(group, (run) => run.gained);
    return [name, `${count(group.length)} x`, `gained ${bytes(gained)}`, seconds(sum(group, (run) => run.ms) / 1000)];
  });
  const note = runs.length < LOG_LENGTH ? "" : colors.dim(`  the last ${counted(runs.length, "measure")}`);
  return ["", `${colors.bold("Against pressure")}${note}`, table(rows, ["left", "right", "left", "right"])];
}

function stockSections(result: RunResult, colors: Colors): string[] {
  const { hostUsed, hostFree, platformBytes, allocator } = result;
  if (allocator === "mimalloc") return [colors.dim("  mimalloc does not report how much of this is in use.")];
  const rows: Row[] = [
    ["in use, headers included", bytes(hostUsed), percent(hostUsed, platformBytes)],
    ["free", bytes(hostFree), percent(hostFree, platformBytes)],
  ];
  return [colors.bold("Where it is"), table(rows, ["left", "right", "right"])];
}

/** The report as text, at most 80 columns wide. */
export function terminalReport(result: RunResult, colors: Colors): string {
  const { stats } = result;
  const live = stats ? stats.account.live.raw + stats.account.live.mem + stats.account.live.object : undefined;
  const head: Row[] = [
    ["peak footprint", bytes(result.peakBytes), colors.dim(`${bytes(result.startBytes)} of it when the program began`)],
    ...(live === undefined
      ? []
      : [["live at the end", bytes(live), colors.dim(counted(stats?.allocatedBlocks ?? 0, "block"))]]),
    ...(result.limit === undefined ? [] : [["limit", bytes(result.limit), ""]]),
    ["time", seconds(result.seconds), colors.dim(`and ${seconds(result.startupSeconds)} to start`)],
  ];
  const what = result.program.kind === "wasm" ? forTerminal(result.program.target) : "Python";
  const title = `${colors.bold("Memory")}  ${colors.dim(`${what} on ${result.allocator}`)}`;
  return [
    "",
    title,
    table(head, ["left", "right", "left"]),
    "",
    ...(stats ? heapSections(stats, colors) : stockSections(result, colors)),
    ...measureSection(result.measures ?? [], colors),
    ...(result.leaks ? leakSection(result.leaks, colors) : []),
    "",
  ].join("\n");
}
