// From a trace's spans, the data of a page: stacks that matter, their rows and crossings, and where blocks lay.

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
import type { Spans } from "./spans.js";

const BUCKETS = 256;

export interface BuildOptions {
  /** Stacks that are shown by themselves, at most; the default is 20,000. */
  readonly mostNodes?: number;
  /** The heap map has as many moments as need no more blocks than this; the default is a million. */
  readonly mostBlocks?: number;
}

export type ProgramFacts = Pick<PageHeader, "command" | "started" | "python" | "sample" | "problem">;

function foldRows(spans: Spans, { accountOf }: Folded): PageRows {
  const places = new Map<number, number>();
  const keys: number[] = [];
  const values: number[] = [];
  spans.forEachRow((account, bucket, from, at) => {
    const key = (accountOf[account] as number) * BUCKETS + bucket;
    let row = places.get(key);
    if (row === undefined) {
      row = keys.push(key) - 1;
      places.set(key, row);
      for (let k = 0; k < ROW_VALUES; k++) values.push(0);
    }
    for (let k = 0; k < ROW_VALUES; k++) {
      const to = row * ROW_VALUES + k;
      values[to] = (values[to] as number) + (from[at + k] as number);
    }
  });
  const order = Uint32Array.from(keys, (_, k) => k).sort((a, b) => (keys[a] as number) - (keys[b] as number));
  const sorted = new Float64Array(values.length);
  order.forEach((row, place) => {
    for (let k = 0; k < ROW_VALUES; k++) sorted[place * ROW_VALUES + k] = values[row * ROW_VALUES + k] as number;
  });
  const key = (row: number) => keys[row] as number;
  return {
    accounts: order.map((row) => Math.floor(key(row) / BUCKETS)),
    buckets: order.map((row) => key(row) % BUCKETS),
    values: sorted,
  };
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

export const NO_POOLS: PagePools = {
  addresses: new Float64Array(0),
  sizes: new Uint32Array(0),
  blockSizes: new Uint32Array(0),
  domains: new Uint32Array(0),
  used: new Uint32Array(0),
  bitsAt: new Uint32Array(0),
  bits: new Uint8Array(0),
};

/** The data of a page. The spans may go on afterwards. */
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
      buckets: spans.buckets.map(({ ...bucket }) => bucket),
      program: spans.programBucket,
      timeline: spans.timeline.points,
      collections: spans.collections.points,
      functions: folded.functionList,
      stats: null,
    },
    nodes: {
      parents: Uint32Array.from(folded.parents),
      functions: Uint32Array.from(folded.functions),
      lines: Uint32Array.from(folded.lines),
    },
    accounts: {
      nodes: each((k) => accounts.nodes.at(k)),
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
