// Decides which stacks a page shows by themselves. Stacks that have very little in every view are merged into "smaller
// calls", and types that have very little into "other types", under their nearest shown caller: the sums stay the same, and the
// page stays small.

import { type TraceFunction, typeFunction } from "../trace/format.js";
import { EraAccounts } from "./eras.js";
import { type Bucket, OTHER_TYPES_NAME, type PageFunction, ROW } from "./model.js";
import type { Spans } from "./spans.js";

/** The function that stands for merged calls. */
export const SMALLER: TraceFunction = { name: "smaller calls", file: "", firstLine: 0 };

/** The type that stands for all types with very little memory. */
export const OTHER_TYPES: TraceFunction = typeFunction(OTHER_TYPES_NAME);

/**
 * A node with less than this share of the sum in every view is not shown by itself. The share is doubled until few enough
 * nodes are shown.
 */
const FIRST_SHARE = 2e-5;
/**
 * In the interpreter's start, which is rarely examined, a node is shown by itself only if its share is this many times
 * as large.
 */
const COARSER = 25;

export interface Folded {
  readonly parents: readonly number[];
  /** The numbers of functions in the page's list. */
  readonly functions: readonly number[];
  readonly lines: readonly number[];
  readonly functionList: readonly PageFunction[];
  /** The page's accounts, and for each account of the trace the number of the page's account. */
  readonly accounts: EraAccounts;
  readonly accountOf: Uint32Array;
}

/**
 * For each account its highest share in its era (the interpreter's start, or the program): the account's part of all
 * allocated bytes or of all blocks, or its highest live bytes divided by the era's peak.
 */
function shares(spans: Spans): Float64Array {
  const { accounts, buckets, programBucket } = spans;
  const column = () => new Float64Array(accounts.length);
  const [allocated, blocks, live, most] = [column(), column(), column(), column()];
  spans.forEachRow((account, _bucket, values, at) => {
    const before = live[account] as number;
    const highest = before + Math.max(values[at + ROW.ownPeak] as number, values[at + ROW.net] as number);
    allocated[account] = (allocated[account] as number) + (values[at + ROW.bytes] as number);
    blocks[account] = (blocks[account] as number) + (values[at + ROW.count] as number);
    live[account] = before + (values[at + ROW.net] as number);
    if (highest > (most[account] as number)) most[account] = highest;
  });
  const sum = (of: Float64Array) => of.reduce((whole, value) => whole + value, 0) || 1;
  const scale = (from: number, to: number, era: readonly Bucket[], factor: number) => {
    const peak = era.reduce((highest, { ownPeakBytes }) => Math.max(highest, ownPeakBytes), 1);
    const [allAllocated, allBlocks] = [sum(allocated.subarray(from, to)), sum(blocks.subarray(from, to))];
    for (let k = from; k < to; k++) {
      const share = Math.max((most[k] as number) / peak, (allocated[k] as number) / allAllocated);
      most[k] = Math.max(share, (blocks[k] as number) / allBlocks) / factor;
    }
  };
  scale(0, accounts.start, buckets.slice(0, programBucket), COARSER);
  scale(accounts.start, accounts.length, buckets.slice(programBucket), 1);
  return most;
}

/** The sums of shares by node, including the nodes below. */
function byNode({ tree, accounts }: Spans, of: Float64Array): Float64Array {
  const sums = new Float64Array(tree.length);
  of.forEach((share, account) => {
    const node = accounts.node(account);
    sums[node] = (sums[node] as number) + share;
  });
  for (let node = tree.length - 1; node > 0; node--) {
    const caller = tree.parent(node);
    sums[caller] = (sums[caller] as number) + (sums[node] as number);
  }
  return sums;
}

/** The page's stacks and accounts. At most `mostNodes` stacks are shown by themselves. */
export function fold(spans: Spans, mostNodes: number): Folded {
  const nodeShares = byNode(spans, shares(spans));
  let least = FIRST_SHARE;
  while (nodeShares.reduce((n, share) => n + (share >= least ? 1 : 0), 0) > mostNodes) least *= 2;
  return foldAt(spans, (node) => node === 0 || (nodeShares[node] as number) >= least);
}

function foldAt(spans: Spans, isShown: (node: number) => boolean): Folded {
  const { tree, accounts } = spans;
  const [parents, functions, lines] = [[0], [0], [0]];
  const functionList: PageFunction[] = [tree.frame(0).function, SMALLER];
  const functionNumbers = new Map([[0, 0]]);
  const nodeOf = new Uint32Array(tree.length);
  /** By caller: the node for the calls, and the one for the types, that are too small to be shown by themselves. */
  const [smallerOf, othersOf] = [new Map<number, number>(), new Map<number, number>()];
  let otherTypes = 0;
  const add = (parent: number, f: number, line: number) => {
    parents.push(parent);
    lines.push(line);
    return functions.push(f) - 1;
  };
  for (let node = 1; node < tree.length; node++) {
    const caller = nodeOf[tree.parent(node)] as number;
    if (!isShown(node)) {
      const { isType } = tree.frame(node).function;
      if (isType) otherTypes ||= functionList.push(OTHER_TYPES) - 1;
      const [f, merged] = isType ? [otherTypes, othersOf] : [1, smallerOf];
      // Calls of smaller calls are smaller calls, too.
      const into = functions[caller] === f ? caller : (merged.get(caller) ?? add(caller, f, 0));
      if (into !== caller) merged.set(caller, into);
      nodeOf[node] = into;
      continue;
    }
    const number = tree.functionNumber(node);
    let f = functionNumbers.get(number);
    if (f === undefined) {
      const { function: found } = tree.frame(node);
      f = functionList.push(spans.isOfStart(number) ? { ...found, ofStart: true } : found) - 1;
      functionNumbers.set(number, f);
    }
    nodeOf[node] = add(caller, f, tree.line(node));
  }
  const folded = new EraAccounts();
  const accountOf = new Uint32Array(accounts.length);
  for (let k = 0; k < accounts.length; k++) {
    if (k > 0 && k === accounts.start) folded.beginProgram();
    const node = nodeOf[accounts.node(k)] as number;
    accountOf[k] = folded.ofClass(node, accounts.domain(k), accounts.sizeClass(k));
  }
  if (accounts.start === accounts.length) folded.beginProgram();
  return { parents, functions, lines, functionList, accounts: folded, accountOf };
}
