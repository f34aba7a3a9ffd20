// Groups a trace's accounts: by function, line, file, module, type, domain or size class. Also sums them up along the tree
// of stacks.
//
//   own    what the group's own code allocated: it is innermost on the stack
//   total  also what was called from it; a group that occurs several times on a stack counts once

import { BLOCK_DOMAINS } from "../core/catalogue.gen.js";
import { placeOf } from "../text/labels.js";
import type { Measure, View } from "../trace/accounts.js";
import type { TraceFunction } from "../trace/format.js";
import { varianceOf } from "../trace/sampling.js";
import { sizeClassName } from "../trace/size-class.js";
import type { Frame, StackTree } from "../trace/tree.js";

/** Stacks and accounts with measures: an Analysis, or the data of a page. */
export interface Groupable {
  readonly tree: StackTree;
  /** Mean distance between samples in bytes; 0 or absent if everything was recorded. */
  readonly sample?: number;
  readonly accounts: {
    readonly length: number;
    readonly nodes: { at(account: number): number };
    domain(account: number): number;
    sizeClass(account: number): number;
    read(view: View, account: number): Measure;
  };
}

export const GROUPINGS = ["function", "line", "file", "module", "type", "domain", "size"] as const;
export type Grouping = (typeof GROUPINGS)[number];

export interface Group {
  readonly label: string;
  /** What the label means, if it is no name from the program. */
  readonly says?: string;
  readonly own: Measure;
  readonly total: Measure;
  /** The expected squared error of the group's own bytes; 0 if everything was recorded. */
  readonly variance: number;
  /** For a function, a line or a type: one of its frames. */
  readonly frame?: Frame;
}

/** Sums by node: what was allocated at the node, and at the node or below. */
export interface NodeSums {
  readonly ownBytes: Float64Array;
  readonly ownCount: Float64Array;
  readonly totalBytes: Float64Array;
  readonly totalCount: Float64Array;
  /** The expected squared errors of `ownBytes`. */
  readonly variance: Float64Array;
}

export function sumByNode({ accounts, tree, sample = 0 }: Groupable, view: View): NodeSums {
  const ownBytes = new Float64Array(tree.length);
  const ownCount = new Float64Array(tree.length);
  const variance = new Float64Array(tree.length);
  for (let account = 0; account < accounts.length; account++) {
    const own = accounts.read(view, account);
    const { bytes, count } = own;
    const node = accounts.nodes.at(account);
    variance[node] = (variance[node] as number) + varianceOf(own, sample);
    ownBytes[node] = (ownBytes[node] as number) + bytes;
    ownCount[node] = (ownCount[node] as number) + count;
  }
  const totalBytes = ownBytes.slice();
  const totalCount = ownCount.slice();
  // Children have higher numbers than their parents.
  for (let node = tree.length - 1; node > 0; node--) {
    const parent = tree.parent(node);
    totalBytes[parent] = (totalBytes[parent] as number) + (totalBytes[node] as number);
    totalCount[parent] = (totalCount[parent] as number) + (totalCount[node] as number);
  }
  return { ownBytes, ownCount, totalBytes, totalCount, variance };
}

/**
 * The module of a file: `json.decoder` for /lib/python3.14/json/decoder.py, `importlib._bootstrap` for a frozen module.
 */
function moduleOf(file: string): string {
  // A name that is written from right to left keeps its isolate characters.
  const isolated = /^\u2068(.*)\u2069$/u.exec(file)?.[1];
  if (isolated !== undefined) return `\u2068${moduleOf(isolated)}\u2069`;
  const frozen = /^<frozen (.+)>$/.exec(file);
  if (frozen?.[1]) return frozen[1];
  const inside = /(?:site-packages|python\d\.\d+|python\d+\.zip)\/(.+)\.py$/.exec(file)?.[1];
  const path = inside ?? file.replace(/^.*\//, "").replace(/\.py$/, "");
  return path.replace(/\/__init__$/, "").replaceAll("/", ".");
}

/**
 * A function's name, with its place if it has a file, so that functions with the same name can be told apart. Merged
 * small stacks, and what is outside of Python, have no file.
 */
export function functionLabel(f: TraceFunction): string {
  return f.file === "" ? f.name : `${f.name} (${placeOf(f, f.firstLine)})`;
}

/**
 * The name of a node's group. A type has no place of its own: it counts as the line, file and module where its objects were
 * made.
 */
export function labelOf(tree: StackTree, node: number, grouping: "function" | "line" | "file" | "module"): string {
  const { function: f, line } = tree.frame(node);
  if (f.isType && grouping !== "function") return labelOf(tree, tree.parent(node), grouping);
  if (node === 0 || f.file === "") return f.name;
  if (grouping === "function") return functionLabel(f);
  if (grouping === "line") return `${placeOf(f, line)} ${f.name}`;
  return grouping === "file" ? f.file : moduleOf(f.file);
}

/** The number of each node's group, and the groups' labels. */
function numberGroups(tree: StackTree, grouping: "function" | "line" | "file" | "module") {
  const labels: string[] = [];
  const frames: Frame[] = [];
  const numbers = new Map<string, number>();
  const of = new Uint32Array(tree.length);
  for (let node = 0; node < tree.length; node++) {
    const label = labelOf(tree, node, grouping);
    let number = numbers.get(label);
    if (number === undefined) {
      number = labels.push(label) - 1;
      numbers.set(label, number);
      frames.push(tree.frame(node));
    }
    of[node] = number;
  }
  return { labels, frames, of };
}

/** Calls `enter` before a node's children, `leave` after them. */
function visitTree(tree: StackTree, enter: (node: number) => void, leave: (node: number) => void): void {
  const firstChild = new Uint32Array(tree.length);
  const nextSibling = new Uint32Array(tree.length);
  for (let node = tree.length - 1; node > 0; node--) {
    const parent = tree.parent(node);
    nextSibling[node] = firstChild[parent] as number;
    firstChild[parent] = node;
  }
  let node = 0;
  enter(0);
  for (;;) {
    const child = firstChild[node] as number;
    if (child !== 0) {
      node = child;
      enter(node);
      continue;
    }
    leave(node);
    while (node !== 0 && nextSibling[node] === 0) {
      node = tree.parent(node);
      leave(node);
    }
    if (node === 0) return;
    node = nextSibling[node] as number;
    enter(node);
  }
}

function byStack(analysis: Groupable, view: View, grouping: "function" | "line" | "file" | "module"): Group[] {
  const { tree } = analysis;
  const sums = sumByNode(analysis, view);
  const { labels, frames, of } = numberGroups(tree, grouping);
  const column = () => new Float64Array(labels.length);
  const [ownBytes, ownCount, totalBytes, totalCount] = [column(), column(), column(), column()];
  const [variance, onStack] = [column(), column()];
  const add = (to: Float64Array, group: number, value: number) => {
    to[group] = (to[group] as number) + value;
  };
  visitTree(
    tree,
    (node) => {
      const group = of[node] as number;
      add(ownBytes, group, sums.ownBytes[node] as number);
      add(ownCount, group, sums.ownCount[node] as number);
      add(variance, group, sums.variance[node] as number);
      // The root stands for allocations without a stack, not for the sum of all stacks.
      const total = node === 0 ? sums.ownBytes : sums.totalBytes;
      const count = node === 0 ? sums.ownCount : sums.totalCount;
      if (onStack[group] === 0) {
        add(totalBytes, group, total[node] as number);
        add(totalCount, group, count[node] as number);
      }
      add(onStack, group, 1);
    },
    (node) => add(onStack, of[node] as number, -1),
  );
  return labels.map((label, k) => ({
    label,
    frame: frames[k] as Frame,
    own: { bytes: ownBytes[k] as number, count: ownCount[k] as number },
    total: { bytes: totalBytes[k] as number, count: totalCount[k] as number },
    variance: variance[k] as number,
  }));
}

type Kind = "type" | "domain" | "size";

const domainName = (domain: number): string => BLOCK_DOMAINS[domain] ?? "unknown";

/** A way to group accounts: the number of an account's group, and what the group is called. */
interface KindOfGroup {
  key(analysis: Groupable, account: number): number;
  label(tree: StackTree, key: number): string;
}

/** The groups of blocks without an object, by domain. */
const WITHOUT_TYPE: Readonly<Record<string, { readonly label: string; readonly says: string }>> = {
  raw: {
    label: "(no object: raw domain)",
    says: "Memory of the interpreter itself, and of modules in C",
  },
  mem: {
    label: "(buffers of objects: mem domain)",
    says: "What objects keep in blocks of their own: a list's items, a dict's keys, the bytes of a bytearray",
  },
  object: {
    label: "(no object: object domain)",
    says: "Blocks of the object domain whose object's type is not known",
  },
  native: {
    label: "(no object: native memory)",
    says: "What modules in C took from the C library's malloc",
  },
};

const KINDS: Readonly<Record<Kind, KindOfGroup>> = {
  // Objects are in the group of their type's number; blocks without an object in the group -1 - domain.
  type: {
    key: ({ accounts, tree }, account) => {
      const f = tree.functionNumber(accounts.nodes.at(account));
      return tree.functions[f]?.isType ? f : -1 - accounts.domain(account);
    },
    label: (tree, key) => tree.functions[key]?.name ?? WITHOUT_TYPE[domainName(-1 - key)]?.label ?? "(unknown domain)",
  },
  domain: { key: ({ accounts }, account) => accounts.domain(account), label: (_, key) => domainName(key) },
  size: { key: ({ accounts }, account) => accounts.sizeClass(account), label: (_, key) => sizeClassName(key) },
};

function byKind(analysis: Groupable, view: View, grouping: Kind): Group[] {
  const { accounts, tree, sample = 0 } = analysis;
  const { key: keyOf, label } = KINDS[grouping];
  const sums = new Map<number, { bytes: number; count: number; variance: number }>();
  for (let account = 0; account < accounts.length; account++) {
    const key = keyOf(analysis, account);
    const own = accounts.read(view, account);
    const sum = sums.get(key) ?? { bytes: 0, count: 0, variance: 0 };
    sums.set(key, sum);
    sum.bytes += own.bytes;
    sum.count += own.count;
    sum.variance += varianceOf(own, sample);
  }
  return [...sums].map(([key, { bytes, count, variance }]) => {
    const own = { bytes, count };
    const group = { label: label(tree, key), own, total: own, variance };
    if (grouping !== "type") return group;
    const type = tree.functions[key];
    if (type) return { ...group, frame: { function: type, line: 0 } };
    const says = WITHOUT_TYPE[domainName(-1 - key)]?.says;
    return says === undefined ? group : { ...group, says };
  });
}

/** A stack with allocations, the innermost frame first. */
export interface StackRow {
  readonly node: number;
  readonly own: Measure;
  /** The expected squared error of its bytes. */
  readonly variance: number;
}

/** The stacks with allocations, the most bytes first. */
export function stackRows(analysis: Groupable, view: View): StackRow[] {
  const { ownBytes, ownCount, variance } = sumByNode(analysis, view);
  const rows: StackRow[] = [];
  ownBytes.forEach((bytes, node) => {
    const own = { bytes, count: ownCount[node] as number };
    if (own.count > 0.5 || own.bytes > 0.5) rows.push({ node, own, variance: variance[node] as number });
  });
  return rows.sort((a, b) => b.own.bytes - a.own.bytes || a.node - b.node);
}

/** The groups with allocations, the most own bytes first. */
export function groupBy(analysis: Groupable, view: View, grouping: Grouping): Group[] {
  const groups =
    grouping === "type" || grouping === "domain" || grouping === "size"
      ? byKind(analysis, view, grouping)
      : byStack(analysis, view, grouping);
  return groups
    .filter(({ total }) => total.count > 0.5 || total.bytes > 0.5)
    .sort((a, b) => b.own.bytes - a.own.bytes || b.total.bytes - a.total.bytes || a.label.localeCompare(b.label));
}
