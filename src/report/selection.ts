// Selects the stacks that a report shows, and changes them, in this order:
//
//   filter     stacks without a matching frame are omitted, with their bytes
//   hide       matching frames are omitted; what they allocated is added to their caller
//   maxDepth   main a b c d e f g   ->   main a b … f g     deep stacks keep both ends, the inner one with at most INNER frames
//   minShare   calls with less than a share of all bytes become "smaller calls" of their caller
//
// So without a filter the sums stay the same. Nothing here is recursive, because stacks may be 100,000 frames deep.

import { Accounts, type Measure, type View } from "../trace/accounts.js";
import type { TraceFunction } from "../trace/format.js";
import type { StackTree } from "../trace/tree.js";
import type { Groupable } from "./trace-groups.js";
import { TreeBuilder } from "./tree-builder.js";

export interface Selection {
  /** Only stacks with a frame whose function's name or file matches. */
  readonly filter?: RegExp | undefined;
  /** The functions that are not shown. */
  readonly hide?: ((f: TraceFunction) => boolean) | undefined;
  /** The most frames of a stack, not counting the frame that stands for the omitted ones. */
  readonly maxDepth?: number | undefined;
  /** A share from 0 to 1. */
  readonly minShare?: number | undefined;
  /** Converts names and files to the form that the report's destination needs. */
  readonly write?: ((text: string) => string) | undefined;
}

/** The shown part of a view. */
export interface Selected extends Groupable {
  /** The sum of all that is shown. */
  readonly sum: Measure;
  /** The number of stacks whose middle is omitted. */
  readonly cut: number;
  /** The file of a function as in the trace, before `write` changed it. */
  fileOf(f: TraceFunction): string;
}

/** Functions that stand for what is not shown by itself. */
const ELIDED: TraceFunction = { name: "frames left out", file: "", firstLine: 0 };
const SMALLER: TraceFunction = { name: "smaller calls", file: "", firstLine: 0 };

/** Deep stacks share their outer ends, but each has its own inner end. So the inner ends have fewer frames. */
const INNER = 32;

const FROZEN_MACHINERY = /^<frozen (importlib\.|zipimport|runpy)/;
const MACHINERY = /\/(importlib\/(__init__|_bootstrap\w*)|zipimport|runpy|_pyodide\/_importhook)\.py$/;

/** Whether a function belongs to Python's import system. */
export function isImport({ file }: TraceFunction): boolean {
  return FROZEN_MACHINERY.test(file) || MACHINERY.test(file);
}

/** For each node, whether a function on its stack is chosen. */
function onStack(tree: StackTree, isChosen: (f: TraceFunction) => boolean): Uint8Array {
  const chosen = Uint8Array.from(tree.functions, (f) => (isChosen(f) ? 1 : 0));
  const found = new Uint8Array(tree.length);
  found[0] = chosen[0] as number;
  for (let node = 1; node < tree.length; node++) {
    const caller = tree.parent(node);
    // The root stands for allocations without a stack.
    found[node] = (chosen[tree.functionNumber(node)] as number) | (caller === 0 ? 0 : (found[caller] as number));
  }
  return found;
}

/** Makes a new tree from an old one, with fewer frames, and remembers the new node of each old one. */
class Reduction {
  readonly builder: TreeBuilder;
  cut = 0;
  readonly #from: StackTree;
  /** For each node the node itself; or, if it is hidden, its nearest caller that is not. */
  readonly #shown: Uint32Array;
  readonly #depths: Uint32Array;
  /** The caller at the depth where deep stacks are cut. */
  readonly #heads: Uint32Array;
  readonly #outer: number;
  readonly #inner: number;
  readonly #made: Int32Array;
  readonly #numbers = new Map<number, number>();
  readonly #files = new Map<TraceFunction, string>();
  readonly #write: (text: string) => string;
  #elided = 0;
  #smaller = 0;

  constructor(from: StackTree, { hide, maxDepth = Number.POSITIVE_INFINITY, write = (text) => text }: Selection) {
    this.#from = from;
    this.builder = new TreeBuilder(from.functions[0]);
    this.#write = write;
    this.#inner = Math.min(INNER, Math.floor(maxDepth / 2));
    this.#outer = maxDepth - this.#inner;
    this.#shown = new Uint32Array(from.length);
    this.#depths = new Uint32Array(from.length);
    this.#heads = new Uint32Array(from.length);
    this.#made = new Int32Array(from.length).fill(-1);
    this.#made[0] = 0;
    const isHidden = Uint8Array.from(from.functions, (f) => (hide?.(f) ? 1 : 0));
    for (let node = 1; node < from.length; node++) {
      const caller = this.callerOf(node);
      const depth = (this.#depths[caller] as number) + 1;
      const hidden = isHidden[from.functionNumber(node)] === 1;
      this.#shown[node] = hidden ? caller : node;
      this.#depths[node] = depth;
      this.#heads[node] = depth === this.#outer ? node : (this.#heads[caller] as number);
    }
  }

  /** The node itself; or, if it is hidden, its nearest caller that is not. Both are nodes of the old tree. */
  shownAs(node: number): number {
    return this.#shown[node] as number;
  }

  /** The nearest shown caller. */
  callerOf(node: number): number {
    return this.#shown[this.#from.parent(node)] as number;
  }

  /** Whether a node's stack is cut. */
  isDeep(node: number): boolean {
    return (this.#depths[node] as number) > this.#outer + this.#inner;
  }

  /** Makes the new node for a node. Its callers that are not deep must have been converted before. */
  become(node: number): number {
    const known = this.#made[node] as number;
    if (known >= 0) return known;
    const made = this.isDeep(node) ? this.#cut(node) : this.#copy(this.become(this.callerOf(node)), node);
    this.#made[node] = made;
    return made;
  }

  /** Merges a node into the "smaller calls" of its caller. */
  becomeSmaller(node: number): void {
    const caller = this.become(this.callerOf(node));
    this.#smaller ||= this.builder.addFunction(SMALLER);
    const isSmaller = caller !== 0 && this.builder.tree.functionNumber(caller) === this.#smaller;
    this.#made[node] = isSmaller ? caller : this.builder.child(caller, this.#smaller, 0);
  }

  fileOf(f: TraceFunction): string {
    return this.#files.get(f) ?? "";
  }

  #copy(caller: number, node: number): number {
    return this.builder.child(caller, this.#function(this.#from.functionNumber(node)), this.#from.line(node));
  }

  #function(number: number): number {
    let made = this.#numbers.get(number);
    if (made === undefined) {
      const f = this.#from.functions[number] as TraceFunction;
      const written = { ...f, name: this.#write(f.name), file: this.#write(f.file) };
      this.#files.set(written, f.file);
      made = this.builder.addFunction(written);
      this.#numbers.set(number, made);
    }
    return made;
  }

  #cut(node: number): number {
    this.cut++;
    this.#elided ||= this.builder.addFunction(ELIDED);
    const inner: number[] = [];
    for (let at = node; inner.length < this.#inner; at = this.callerOf(at)) inner.push(at);
    let made = this.builder.child(this.become(this.#heads[node] as number), this.#elided, 0);
    for (const frame of inner.reverse()) made = this.#copy(made, frame);
    return made;
  }
}

/** Selects the shown part of a view. */
export function select({ tree, accounts, sample = 0 }: Groupable, view: View, selection: Selection = {}): Selected {
  const { filter, minShare = 0 } = selection;
  const isFound = filter ? onStack(tree, ({ name, file }) => filter.test(name) || filter.test(file)) : undefined;
  const reduction = new Reduction(tree, selection);
  const totals = new Float64Array(tree.length);
  const isOwn = new Uint8Array(tree.length);
  const isNeeded = new Uint8Array(tree.length);
  const kept: number[] = [];
  const sum = { bytes: 0, count: 0 };
  for (let account = 0; account < accounts.length; account++) {
    const { bytes, count } = accounts.read(view, account);
    const place = accounts.nodes.at(account);
    if ((bytes < 0.5 && count < 0.5) || (isFound && !isFound[place])) continue;
    const node = reduction.shownAs(place);
    totals[node] = (totals[node] as number) + bytes;
    isOwn[node] = isNeeded[node] = 1;
    kept.push(account);
    sum.bytes += bytes;
    sum.count += count;
  }
  // Callers have lower numbers than their callees.
  for (let node = tree.length - 1; node > 0; node--) {
    const caller = reduction.callerOf(node);
    totals[caller] = (totals[caller] as number) + (totals[node] as number);
    isNeeded[caller] = (isNeeded[caller] as number) | (isNeeded[node] as number);
  }
  for (let node = 1; node < tree.length; node++) {
    if (!isNeeded[node]) continue;
    if ((totals[node] as number) < sum.bytes * minShare) reduction.becomeSmaller(node);
    else if (isOwn[node] || !reduction.isDeep(node)) reduction.become(node);
  }
  // One view is enough; its name does not matter.
  const merged = new Accounts();
  for (const account of kept) {
    const node = reduction.become(reduction.shownAs(accounts.nodes.at(account)));
    const { bytes, count } = accounts.read(view, account);
    merged.add("allocated", merged.ofClass(node, accounts.domain(account), accounts.sizeClass(account)), bytes, count);
  }
  const read = (_: View, account: number) => merged.read("allocated", account);
  return {
    tree: reduction.builder.tree,
    sample,
    accounts: {
      length: merged.length,
      nodes: merged.nodes,
      domain: (account) => merged.domain(account),
      sizeClass: (account) => merged.sizeClass(account),
      read,
    },
    sum,
    cut: reduction.cut,
    fileOf: (f) => reduction.fileOf(f),
  };
}
