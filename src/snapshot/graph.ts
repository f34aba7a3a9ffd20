// The graph of a heap's objects and their references. Every snapshot is such a graph, whatever program the objects are
// from.
//
//   node 0 is the root; its edges lead to groups (modules, threads, ...), and theirs to objects
//   edges of node k: firstEdge[k] up to firstEdge[k + 1]
//
// All of it is columns of numbers, because there are millions of nodes: about 22 bytes for a node and 9 for an edge. A
// text is stored as its number in `strings`.

import { bytes, words } from "./columns.js";

/** What a node is. */
export const NODE = {
  /** It stands for no memory: the root, a group or a thread. */
  synthetic: 0,
  object: 1,
  /** A text. The node's value is this text. */
  string: 2,
  /** Memory that belongs to no object. */
  memory: 3,
  /** A function that runs. */
  frame: 4,
} as const;

/** How a node refers to another one. */
export const EDGE = {
  attribute: 0,
  /** A key of a dict; `name` is how Python would write it. */
  key: 1,
  /** Position in a sequence; `name` is the number itself. */
  index: 2,
  /** A variable of a function that runs or is suspended. */
  local: 3,
  /** A variable that a function shares with an inner one. */
  cell: 4,
  /** A reference that the object has by its nature: `__dict__`, its class, ... */
  internal: 5,
  /** A weak reference, which does not keep its target alive. */
  weak: 6,
} as const;

export const FLAG = {
  /** The object is not in the heap and is never freed: it is a part of the program itself. */
  static: 1,
  /** It is never freed. */
  immortal: 2,
  /** Nothing can reach it: the collector would free it. */
  garbage: 4,
} as const;

export interface StackFrame {
  readonly function: { readonly name: string; readonly file: string };
  readonly line: number;
}

/** Stacks as a tree: the root is number 0, and a caller's number is lower than the numbers of what it calls. */
export interface StackNodes {
  readonly length: number;
  parent(node: number): number;
  functionNumber(node: number): number;
  line(node: number): number;
  frame(node: number): StackFrame;
}

/** Where objects were allocated. */
export interface AllocationStacks {
  readonly tree: StackNodes;
  /** By node of the graph: the node of its stack in the tree; 0 if that is not known. */
  readonly nodes: Uint32Array;
}

export interface ObjectGraph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** Columns of the nodes. */
  readonly kinds: Uint8Array;
  /** The type, with its module unless it is built in: the number of a string. */
  readonly types: Uint32Array;
  /** A short text that shows the value: the number of a string; 0 if there is none. */
  readonly values: Uint32Array;
  /** Bytes in the heap: the whole block, and the other blocks that only the object uses. */
  readonly sizes: Uint32Array;
  /** The number by which the program knows the object: in Python `id(object)`. */
  readonly ids: Uint32Array;
  readonly flags: Uint8Array;
  /** The number of the node's first edge. It has one element more than there are nodes. */
  readonly firstEdge: Uint32Array;
  /** Columns of the edges. */
  readonly edgeKinds: Uint8Array;
  /** The number of a string; for an index, the index itself. */
  readonly edgeNames: Uint32Array;
  readonly targets: Uint32Array;
  /** The first string is "". */
  readonly strings: readonly string[];
  /** undefined unless a recording ran when the graph was made. */
  readonly stacks?: AllocationStacks;
}

/** Numbers texts. A text has one number, however often it occurs. */
export class Strings {
  readonly list: string[] = [""];
  readonly #numbers = new Map<string, number>([["", 0]]);

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.add(text);
  }

  /** Adds a text without looking for it, because it is probably new, and returns its number. It may then be there twice. */
  add(text: string): number {
    return this.list.push(text) - 1;
  }
}

/** An edge of a group. These are put into their order when the graph is complete. */
interface GroupEdge {
  readonly kind: number;
  readonly name: number;
  readonly target: number;
}

/**
 * Makes a graph. Groups come first: the root, and all groups that are added before the first other node. A group can
 * get edges at any time. Any other node gets its edges between its `begin` and the `begin` of the next node. Nodes begin
 * in the order in which they were added.
 */
export class GraphBuilder {
  readonly strings = new Strings();
  readonly #kinds = bytes();
  readonly #types = words();
  readonly #values = words();
  readonly #sizes = words();
  readonly #ids = words();
  readonly #flags = bytes();
  readonly #firstEdge = words();
  readonly #edgeKinds = bytes();
  readonly #edgeNames = words();
  readonly #targets = words();
  readonly #groups: GroupEdge[][] = [];

  get nodeCount(): number {
    return this.#kinds.length;
  }

  get edgeCount(): number {
    return this.#targets.length + this.#groups.reduce((sum, edges) => sum + edges.length, 0);
  }

  /** Adds a group; the first one is the root. Its id is lower than the ids of objects, which are addresses. */
  group(name: string): number {
    this.#groups.push([]);
    return this.node(NODE.synthetic, this.strings.number(name), this.nodeCount + 1);
  }

  groupEdge(group: number, target: number, name: string | number, kind: number = EDGE.internal): void {
    const number = typeof name === "number" ? name : this.strings.number(name);
    this.#groups[group]?.push({ kind, name: number, target });
  }

  /** Adds a node, without its edges. */
  node(kind: number, type: number, id: number): number {
    this.#kinds.push(kind);
    this.#types.push(type);
    this.#values.push(0);
    this.#sizes.push(0);
    this.#ids.push(id);
    this.#flags.push(0);
    return this.#kinds.length - 1;
  }

  /** After this call, new edges belong to this node. */
  begin(node: number): void {
    if (this.#firstEdge.length !== node - this.#groups.length) throw new Error(`node ${node} begins out of order`);
    this.#firstEdge.push(this.#targets.length);
  }

  edge(kind: number, name: number, target: number): void {
    this.#edgeKinds.push(kind);
    this.#edgeNames.push(name);
    this.#targets.push(target);
  }

  describe(node: number, size: number, value: number): void {
    this.#sizes.set(node, size);
    this.#values.set(node, value);
  }

  flag(node: number, flags: number): void {
    this.#flags.set(node, this.#flags.get(node) | flags);
  }

  id(node: number): number {
    return this.#ids.get(node);
  }

  /** The targets of all edges of the nodes that have begun. */
  get targetsSoFar(): Uint32Array {
    return this.#targets.view;
  }

  /** The range of `targetsSoFar` that has the targets of a node that has begun. */
  edgesOf(node: number): readonly [first: number, end: number] {
    const k = node - this.#groups.length;
    const end = k + 1 < this.#firstEdge.length ? this.#firstEdge.get(k + 1) : this.#targets.length;
    return [this.#firstEdge.get(k), end];
  }

  isWeak(edge: number): boolean {
    return this.#edgeKinds.get(edge) === EDGE.weak;
  }

  groupTargets(group: number): number[] {
    return (this.#groups[group] ?? []).map(({ target }) => target);
  }

  typeName(node: number): string {
    return this.strings.list[this.#types.get(node)] ?? "";
  }

  finish(): ObjectGraph {
    const groups = this.#groups.length;
    const early = this.#groups.flat();
    const { nodeCount, edgeCount } = this;
    const firstEdge = new Uint32Array(nodeCount + 1);
    let at = 0;
    for (const [k, edges] of this.#groups.entries()) {
      firstEdge[k] = at;
      at += edges.length;
    }
    this.#firstEdge.view.forEach((first, k) => {
      firstEdge[groups + k] = early.length + first;
    });
    firstEdge.fill(edgeCount, groups + this.#firstEdge.length);
    const behind = (column: Uint32Array, of: (edge: GroupEdge) => number) => {
      const all = new Uint32Array(edgeCount);
      all.set(early.map(of));
      all.set(column, early.length);
      return all;
    };
    const edgeKinds = new Uint8Array(edgeCount);
    edgeKinds.set(early.map(({ kind }) => kind));
    edgeKinds.set(this.#edgeKinds.view, early.length);
    return {
      ...{ nodeCount, edgeCount, firstEdge, edgeKinds },
      edgeNames: behind(this.#edgeNames.view, ({ name }) => name),
      targets: behind(this.#targets.view, ({ target }) => target),
      ...{ kinds: this.#kinds.view, types: this.#types.view, values: this.#values.view, sizes: this.#sizes.view },
      ...{ ids: this.#ids.view, flags: this.#flags.view, strings: this.strings.list },
    };
  }
}
