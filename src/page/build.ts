// Makes the data of a page from a trace's spans: the stacks that matter, their rows and crossings, and the places of
// blocks.

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

export interface BuildOptions {
  /** The most stacks that are shown by themselves; the default is 20,000. */
  readonly mostNodes?: number;
  /** The heap map has as many moments as can be shown with this number of blocks; the default is a million. */
  readonly mostBlocks?: number;
}

export type ProgramFacts = Pick<PageHeader, "command" | "started" | "python" | "sample" | "problem" | "totals">;

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
  const each = (of: (account: number) => number) => Uint32Array.from({ length: accounts.length }, (_, k) => of(k));
  return {
    header: {
      version: PAGE_VERSION,
      ...facts,
      events: spans.events,
      duration: spans.now,
      stacks: spans.tree.length - 1,
      program: spans.programBucket,
      programTime: spans.programTime,
      startAccounts: accounts.start,
      collections: spans.collections.points,
      functions: folded.functionList,
      stats: null,
    },
    buckets: spans.buckets,
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
    blocks: pageBlocks(spans, folded, mostBlocks),
    arenas: { addresses: new Float64Array(0), sizes: new Uint32Array(0) },
    pools: NO_POOLS,
  };
}
