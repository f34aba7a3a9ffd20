// The report as data, for other programs: docs/report-json.md. A new field does not change the version; removing a
// field, or changing its meaning, does.

import type { Account, ArenaStats, LargeStats, ModuleStats, SizeClassStats } from "../alloc/stats.js";
import type { LeakReport } from "../hosts/c/leaks.js";
import type { MeasureRun } from "../pressure/events.js";
import type { Program, PythonAllocator, RunResult } from "./run-result.js";

export const REPORT_VERSION = 1;

/** All sizes in bytes, all times in seconds. */
export interface JsonReport {
  readonly version: typeof REPORT_VERSION;
  readonly program: Program;
  readonly allocator: PythonAllocator;
  readonly exitCode: number;
  /** The duration of the program alone, and of the interpreter's start. */
  readonly seconds: number;
  readonly startupSeconds: number;
  readonly limitBytes: number | null;
  /** Size of the WebAssembly memory at the end, static data included. */
  readonly memoryBytes: number;
  /** The program break above the static data when the program began. */
  readonly startBytes: number;
  /** The highest program break above the static data. */
  readonly peakBytes: number;
  /** The program break above the static data at the end: the sum of the account's parts. */
  readonly platformBytes: number;
  /** Bytes of blocks in use; null if the allocator does not report it. */
  readonly liveBytes: number | null;
  /** With a stock allocator, everything in use came through the C library's malloc, and counts as escaped. */
  readonly account: Account;
  readonly allocatedBlocks: number | null;
  readonly sizeClasses: readonly SizeClassStats[];
  readonly arenas: ArenaStats | null;
  readonly large: Readonly<Record<string, LargeStats>> | null;
  /** The blocks that modules in C of a CPython have, those with the most bytes first. */
  readonly modules: readonly ModuleStats[];
  /** The blocks that a module in C did not free; null for Python. */
  readonly leaks: LeakReport | null;
  /** The last measures against pressure, the oldest first. `at` and `ms` are milliseconds. */
  readonly measures: readonly MeasureRun[];
}

function stockAccount({ platformBytes, hostUsed, hostFree }: RunResult): Account {
  return {
    platform: platformBytes,
    live: { raw: 0, mem: 0, object: 0 },
    freeInPools: 0,
    freePools: 0,
    rawFree: hostFree,
    overhead: platformBytes - hostUsed - hostFree,
    native: 0,
    escaped: hostUsed,
  };
}

export function jsonReport(result: RunResult): JsonReport {
  const { stats, allocator, hostUsed } = result;
  const account = stats?.account ?? stockAccount(result);
  const { raw, mem, object } = account.live;
  const stockLive = allocator === "malloc" ? hostUsed : null;
  return {
    version: REPORT_VERSION,
    program: result.program,
    allocator,
    exitCode: result.exitCode,
    seconds: result.seconds,
    startupSeconds: result.startupSeconds,
    limitBytes: result.limit ?? null,
    memoryBytes: result.memoryBytes,
    startBytes: result.startBytes,
    peakBytes: result.peakBytes,
    platformBytes: account.platform,
    liveBytes: stats ? raw + mem + object : stockLive,
    account,
    allocatedBlocks: stats?.allocatedBlocks ?? null,
    sizeClasses: stats?.sizeClasses ?? [],
    arenas: stats?.arenas ?? null,
    large: stats?.large ?? null,
    modules: stats?.modules ?? [],
    leaks: result.leaks ?? null,
    measures: result.measures ?? [],
  };
}
