// Makes the data of a page from a trace's spans: the stacks that matter, their rows and crossings, and the places of
// blocks.

import type { TraceMetadata } from "../trace/format.js";
import type { GrowingU32 } from "../trace/growing.js";
import { pageBlocks } from "./blocks.js";
import { Crossings } from "./crossings.js";
import { type Folded, fold } from "./fold.js";
import {
  PAGE_VERSION,
  type PageCrossings,
  type PageData,
  type PageHeader,
  type PagePools,
  type PageRows,
  ROW_VALUES,
} from "./model.js";
import { Rows } from "./rows.js";
import type { Spans } from "./spans.js";
import { withRecordedTypes } from "./types.js";

export interface BuildOptions {
  /** The most stacks that are shown by themselves; the default is 20,000. */
  readonly mostNodes?: number;
  /** The heap map has as many moments as can be shown with this number of blocks; the default is a million. */
  readonly mostBlocks?: number;
}

export type ProgramFacts = Pick<PageHeader, "command" | "started" | "python" | "sample" | "problem" | "totals">;

/** What a page says of a recording with this metadata. */
export function factsOf(
  spans: Spans,
  { command = [], started = "", python, sample = 0, aggregated }: Partial<TraceMetadata>,
  problem: string | null,
): ProgramFacts {
  return { command, started, python: python ?? null, sample, problem, ...(aggregated && { totals: spans.totals }) };
}

/** The rows of the page's accounts, ordered by account, then by bucket. */
function foldRows(spans: Spans, { accounts, accountOf }: Folded): PageRows {
  const merged = new Rows();
  const rowOf = new Int32Array(accounts.length).fill(-1);
  const buckets: number[] = [];
  // Rows come bucket by bucket. Rows of accounts that are one account on the page are added.
  let first = 0;
  spans.forEachRow((account, bucket, values, at) => {
    if (bucket !== buckets.at(-1)) first = merged.length;
    const to = accountOf[account] as number;
    const row = rowOf[to] as number;
    if (row >= first) {
      merged.addTo(row, values, at);
      return;
    }
    rowOf[to] = merged.length;
    buckets.push(bucket);
    merged.push(to, values, at);
  });
  const places = placesByKey(merged.accounts, accounts.length);
  const rows: PageRows = {
    accounts: new Uint32Array(merged.length),
    buckets: new Uint32Array(merged.length),
    values: new Float64Array(merged.length * ROW_VALUES),
  };
  places.forEach((place, row) => {
    rows.accounts[place] = merged.accounts.at(row);
    rows.buckets[place] = buckets[row] as number;
    rows.values.set(merged.valuesOf(row), place * ROW_VALUES);
  });
  return rows;
}

/** The place of each key after sorting. All keys are below `end`; equal keys keep their order. */
function placesByKey(keys: GrowingU32, end: number): Uint32Array {
  const starts = new Uint32Array(end + 1);
  for (let k = 0; k < keys.length; k++) starts[keys.at(k) + 1] = (starts[keys.at(k) + 1] as number) + 1;
  for (let key = 0; key < end; key++) starts[key + 1] = (starts[key + 1] as number) + (starts[key] as number);
  const places = new Uint32Array(keys.length);
  for (let k = 0; k < keys.length; k++) {
    const place = starts[keys.at(k)] as number;
    places[k] = place;
    starts[keys.at(k)] = place + 1;
  }
  return places;
}

function foldCrossings(spans: Spans, { accountOf }: Folded): PageCrossings {
  const merged = new Crossings();
  spans.crossings.forEach((account, ...rest) => {
    merged.add(accountOf[account] as number, ...rest);
  });
  const all: [number, number, number, number, number][] = [];
  merged.forEach((...crossing) => void all.push(crossing));
  all.sort((x, y) => x[0] - y[0] || x[1] - y[1] || x[2] - y[2]);
  return {
    accounts: Uint32Array.from(all, ([account]) => account),
    births: Uint32Array.from(all, ([, birth]) => birth),
    deaths: Uint32Array.from(all, ([, , death]) => death),
    bytes: Float64Array.from(all, ([, , , bytes]) => bytes),
    counts: Float64Array.from(all, ([, , , , count]) => count),
  };
}

const NO_POOLS: PagePools = {
  addresses: new Float64Array(0),
  sizes: new Uint32Array(0),
  blockSizes: new Uint32Array(0),
  domains: new Uint32Array(0),
  used: new Uint32Array(0),
  bitsAt: new Uint32Array(0),
  bits: new Uint8Array(0),
};

/** Makes the data of a page. The spans may continue afterwards. */
export function buildPage(
  spans: Spans,
  facts: ProgramFacts,
  { mostNodes = 20_000, mostBlocks = 1_000_000 }: BuildOptions = {},
): PageData {
  const folded = fold(spans, mostNodes);
  const { accounts } = folded;
  const blocks = pageBlocks(spans, folded, mostBlocks);
  // Times of a page count from the beginning of the program.
  const since = (time: number) => time - spans.programTime;
  // A start that took no time by a coarse clock is before the program all the same.
  const program = spans.programBucket;
  const beforeProgram = (time: number) => Math.min(since(time), -1);
  const each = (of: (account: number) => number) => Uint32Array.from({ length: accounts.length }, (_, k) => of(k));
  return withRecordedTypes({
    header: {
      version: PAGE_VERSION,
      ...facts,
      events: spans.events,
      duration: since(spans.now),
      stacks: spans.tree.length - 1,
      program,
      begin: program > 0 ? beforeProgram(0) : since(0),
      startAccounts: accounts.start,
      collections: spans.collections.points.map((point) => ({ ...point, time: since(point.time) })),
      functions: folded.functionList,
      stats: null,
    },
    buckets: spans.buckets.map((bucket, k) => ({
      ...bucket,
      time: k < program ? beforeProgram(bucket.time) : since(bucket.time),
      last: since(bucket.last),
      peakTime: since(bucket.peakTime),
      ownPeakTime: since(bucket.ownPeakTime),
    })),
    nodes: {
      parents: Uint32Array.from(folded.parents),
      functions: Uint32Array.from(folded.functions),
      lines: Uint32Array.from(folded.lines),
    },
    accounts: {
      nodes: each((k) => accounts.node(k)),
      domains: each((k) => accounts.domain(k)),
      sizeClasses: each((k) => accounts.sizeClass(k)),
    },
    rows: foldRows(spans, folded),
    crossings: foldCrossings(spans, folded),
    blocks: { ...blocks, froms: blocks.froms.map(since), untils: blocks.untils.map(since) },
    arenas: { addresses: new Float64Array(0), sizes: new Uint32Array(0) },
    pools: NO_POOLS,
  });
}
