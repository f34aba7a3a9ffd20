// The objects of one snapshot, as the page shows them. What takes time is computed when it is first asked for.

import type { NamedGraph } from "../../src/page/snapshot-wire.js";
import { type Dominated, type Dominators, dominatedBy, findDominators } from "../../src/snapshot/dominators.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "../../src/snapshot/graph.js";
import { type Held, mergedPaths } from "../../src/snapshot/held.js";
import { Paths } from "../../src/snapshot/paths.js";
import { Retainers } from "../../src/snapshot/retainers.js";
import { type Grouping, groupObjects, rowNames, type TypeRow } from "../../src/snapshot/types.js";
import { largest } from "./largest.js";

/** The sums of a heap: objects, memory that belongs to no object, and garbage. */
export interface HeapSums {
  readonly objects: number;
  readonly ofObjects: number;
  readonly ofMemory: number;
  readonly garbage: number;
  readonly garbageBytes: number;
}

/** One end of a reference, seen from the other end. */
export interface Reference {
  readonly edge: number;
  readonly node: number;
}

/** If a row has more objects than this, the paths of only this many are looked at. */
const MOST_PATHS = 30_000;
/** Longer paths lose their beginning where there is little room. */
const MOST_SHOWN = 60;

export class HeapObjects {
  readonly name: string;
  readonly graph: ObjectGraph;
  readonly sums: HeapSums;
  readonly #rows = new Map<Grouping, TypeRow[]>();
  #dominators: Dominators | undefined;
  #dominated: Dominated | undefined;
  #paths: Paths | undefined;
  #retainers: Retainers | undefined;

  constructor({ name, graph }: NamedGraph) {
    this.name = name;
    this.graph = graph;
    this.sums = sumsOf(graph);
  }

  get dominators(): Dominators {
    this.#dominators ??= findDominators(this.graph);
    return this.#dominators;
  }

  get #tree(): Dominated {
    this.#dominated ??= dominatedBy(this.dominators);
    return this.#dominated;
  }

  get paths(): Paths {
    this.#paths ??= new Paths(this.graph);
    return this.#paths;
  }

  rows(by: Grouping): readonly TypeRow[] {
    const rows = this.#rows.get(by) ?? groupObjects(this.graph, this.dominators, by);
    this.#rows.set(by, rows);
    return rows;
  }

  /** The nodes of a row. */
  nodesOf(by: Grouping, name: string): number[] {
    const nameOf = rowNames(this.graph, by);
    const found: number[] = [];
    for (let node = 0; node < this.graph.nodeCount; node++) if (nameOf(node) === name) found.push(node);
    return found;
  }

  type(node: number): string {
    return this.graph.strings[this.graph.types[node] as number] ?? "";
  }

  own(node: number): number {
    return this.graph.sizes[node] ?? 0;
  }

  retained(node: number): number {
    return this.dominators.retained[node] ?? 0;
  }

  /** The node's value in a few characters, as Python would write it; "" if it has none. */
  value(node: number): string {
    const value = this.graph.strings[this.graph.values[node] as number] ?? "";
    return this.graph.kinds[node] === NODE.string ? `'${value}'` : value;
  }

  /** The object's id; "" if the node is not an object. */
  id(node: number): string {
    return this.isObject(node) ? `0x${(this.graph.ids[node] as number).toString(16)}` : "";
  }

  isObject(node: number): boolean {
    const kind = this.graph.kinds[node];
    return kind === NODE.object || kind === NODE.string;
  }

  /** What is remarkable about a node. */
  remarks(node: number): string[] {
    const flags = this.graph.flags[node] ?? 0;
    return [
      ...(flags & FLAG.static ? ["part of Python itself, not in the heap"] : []),
      ...(flags & FLAG.immortal ? ["never freed"] : []),
      ...(flags & FLAG.shared ? ["one object for all who use this value"] : []),
      ...(flags & FLAG.garbage ? ["garbage: only garbage holds it"] : []),
    ];
  }

  /** The nodes that a node immediately dominates. */
  *dominatedBy(node: number): Generator<number> {
    const { first, next } = this.#tree;
    for (let at = first[node] ?? -1; at >= 0; at = next[at] ?? -1) yield at;
  }

  /** The nodes that dominate a node, from the root, and the node itself; undefined if it can't be reached. */
  dominatorsOf(node: number): number[] | undefined {
    const { parents } = this.dominators;
    const path = [node];
    for (let at = node; at !== 0; path.push(at)) {
      const parent = parents[at] as number;
      if (parent === at) return undefined;
      at = parent;
    }
    return path.reverse();
  }

  /** Where a node is, in few characters: the shortest path, in which a module or a function is its name alone. */
  where(node: number): string {
    const text = this.isObject(node) ? this.paths.shortText(node) : undefined;
    if (text === undefined) return "";
    const path = text
      .replace(/^sys\.modules\['([^']*)'\]/, "$1")
      .replace(/^thread \d+: (\S+) \([^)]*\) /, (_, name: string) => (name === "<module>" ? "" : `${name}: `));
    return path.length > MOST_SHOWN ? `…${path.slice(1 - MOST_SHOWN)}` : path;
  }

  /** What refers to a node: at most `most`, first the one on the shortest path, then those that retain most. */
  holders(node: number, most: number): { readonly found: Reference[]; readonly count: number } {
    this.#retainers ??= new Retainers(this.graph);
    const retainers = this.#retainers;
    const edges = retainers.edgesTo(node);
    const first = this.paths.lastStep(node)?.edge;
    const begin = (edge: number) => retainers.begin(edge);
    const weight = (edge: number) => {
      if (edge === first) return Number.POSITIVE_INFINITY;
      return this.graph.edgeKinds[edge] === EDGE.weak ? -1 : this.retained(begin(edge));
    };
    const found = largest(edges, most, weight).map((edge) => ({ edge, node: begin(edge) }));
    return { found, count: edges.length };
  }

  /** What a node refers to: at most `most`, in its order. */
  references(node: number, most: number): { readonly found: Reference[]; readonly count: number } {
    const { firstEdge, targets } = this.graph;
    const [begin, end] = [firstEdge[node] as number, firstEdge[node + 1] as number];
    const length = Math.min(most, end - begin);
    const found = Array.from({ length }, (_, k) => ({ edge: begin + k, node: targets[begin + k] as number }));
    return { found, count: end - begin };
  }

  /** A reference as Python would write it: `.name`, `['key']`, `[7]`; or what kind of reference it is. */
  edgeText(edge: number): string {
    const { edgeKinds, edgeNames, strings } = this.graph;
    const number = edgeNames[edge] as number;
    const kind = edgeKinds[edge];
    if (kind === EDGE.index) return `[${number}]`;
    const name = strings[number] ?? "";
    if (kind === EDGE.attribute) return `.${name}`;
    if (kind === EDGE.local) return `variable ${name}`;
    if (kind === EDGE.cell) return `shared variable ${name}`;
    return kind === EDGE.weak ? `weak ${name}` : name;
  }

  /** Who holds nodes, by path. Of very many nodes only some are looked at, evenly chosen; `looked` says how many. */
  heldBy(nodes: readonly number[]): { readonly held: Held[]; readonly looked: number } {
    const step = Math.max(1, Math.ceil(nodes.length / MOST_PATHS));
    const some = nodes.filter((_, k) => k % step === 0);
    return { held: mergedPaths(this.graph, this.paths, this.dominators, some), looked: some.length };
  }

  /** The objects whose value contains a text, or whose id it is: those that retain most. */
  find(text: string, most: number): { readonly found: number[]; readonly count: number } {
    const { graph } = this;
    const wanted = text.toLowerCase();
    const isFound = Uint8Array.from(graph.strings, (value) => (value.toLowerCase().includes(wanted) ? 1 : 0));
    const id = /^(0x[0-9a-f]+|\d+)$/.test(wanted) ? Number(wanted) : -1;
    const nodes: number[] = [];
    for (let node = 0; node < graph.nodeCount; node++) {
      const value = graph.values[node] as number;
      const isMeant = (value !== 0 && isFound[value] === 1) || graph.ids[node] === id;
      if (isMeant && this.isObject(node)) nodes.push(node);
    }
    return { found: largest(nodes, most, (node) => this.retained(node)), count: nodes.length };
  }
}

function sumsOf({ kinds, sizes, flags }: ObjectGraph): HeapSums {
  const sums = { objects: 0, ofObjects: 0, ofMemory: 0, garbage: 0, garbageBytes: 0 };
  kinds.forEach((kind, node) => {
    const size = sizes[node] as number;
    if (kind !== NODE.object && kind !== NODE.string) sums.ofMemory += size;
    else {
      sums.objects++;
      sums.ofObjects += size;
      if (((flags[node] as number) & FLAG.garbage) === 0) return;
      sums.garbage++;
      sums.garbageBytes += size;
    }
  });
  return sums;
}
