// The graph of a heap's objects and their references. Every snapshot is such a graph, whatever program the objects are
// from.
//
//   node 0 is the root; its edges lead to groups (modules, threads, ...), and theirs to objects
//   edges of node k: firstEdge[k] up to firstEdge[k + 1]
//
// All of it is columns of numbers, because there are millions of nodes: about 22 bytes for a node and 9 for an edge. A
// text is stored as its number in `strings`.

import { words } from "./columns.js";

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

/** A longer copy of an array. */
function grown<T extends Uint8Array | Uint32Array>(array: T, length: number): T {
  const copy = new (array.constructor as new (length: number) => T)(length);
  copy.set(array);
  return copy;
}

/** For how many nodes there is room at first, unless a guess is given; and for how many edges, for each node. */
const FIRST_ROOM = 1 << 12;
const EDGES_PER_NODE = 3;

/** The columns of nodes; `count` of their elements are in use. */
class NodeColumns {
  kinds: Uint8Array;
  types: Uint32Array;
  values: Uint32Array;
  sizes: Uint32Array;
  ids: Uint32Array;
  flags: Uint8Array;
  count = 0;

  constructor(room: number) {
    this.kinds = new Uint8Array(room);
    this.types = new Uint32Array(room);
    this.values = new Uint32Array(room);
    this.sizes = new Uint32Array(room);
    this.ids = new Uint32Array(room);
    this.flags = new Uint8Array(room);
  }

  add(kind: number, type: number, id: number): number {
    const node = this.count++;
    if (node === this.kinds.length) this.#grow();
    this.kinds[node] = kind;
    this.types[node] = type;
    this.ids[node] = id;
    return node;
  }

  #grow(): void {
    const length = this.kinds.length * 2;
    this.kinds = grown(this.kinds, length);
    this.types = grown(this.types, length);
    this.values = grown(this.values, length);
    this.sizes = grown(this.sizes, length);
    this.ids = grown(this.ids, length);
    this.flags = grown(this.flags, length);
  }
}

/** The columns of edges; `count` of their elements are in use. */
class EdgeColumns {
  kinds: Uint8Array;
  names: Uint32Array;
  targets: Uint32Array;
  count = 0;

  constructor(room: number) {
    this.kinds = new Uint8Array(room);
    this.names = new Uint32Array(room);
    this.targets = new Uint32Array(room);
  }

  add(kind: number, name: number, target: number): void {
    const edge = this.count++;
    if (edge === this.kinds.length) this.#grow();
    this.kinds[edge] = kind;
    this.names[edge] = name;
    this.targets[edge] = target;
  }

  #grow(): void {
    const length = this.kinds.length * 2;
    this.kinds = grown(this.kinds, length);
    this.names = grown(this.names, length);
    this.targets = grown(this.targets, length);
  }

  /** Moves all edges up, and puts others in front of them. */
  putInFront(others: readonly GroupEdge[]): void {
    const length = this.count + others.length;
    while (length > this.kinds.length) this.#grow();
    for (const column of [this.kinds, this.names, this.targets]) column.copyWithin(others.length, 0, this.count);
    others.forEach(({ kind, name, target }, k) => {
      this.kinds[k] = kind;
      this.names[k] = name;
      this.targets[k] = target;
    });
    this.count = length;
  }
}

/** The edges of the nodes that have begun, for a search over them. */
export interface EdgesSoFar {
  /** The first edge of each node, for the nodes from `firstNode` on; it ends with the number of edges. */
  readonly firstEdge: Uint32Array;
  readonly firstNode: number;
  readonly kinds: Uint8Array;
  readonly targets: Uint32Array;
}

/**
 * Makes a graph. Groups come first: the root, and all groups that are added before the first other node. A group can
 * get edges at any time. Any other node gets its edges between its `begin` and the `begin` of the next node. Nodes begin
 * in the order in which they were added.
 */
export class GraphBuilder {
  readonly strings = new Strings();
  readonly #nodes: NodeColumns;
  readonly #edges: EdgeColumns;
  readonly #firstEdge = words();
  readonly #groups: GroupEdge[][] = [];

  /** `nodes` is a guess of how many nodes there will be: with a good one, the columns are not copied. */
  constructor(nodes = FIRST_ROOM) {
    this.#nodes = new NodeColumns(nodes + FIRST_ROOM);
    this.#edges = new EdgeColumns(EDGES_PER_NODE * (nodes + FIRST_ROOM));
  }

  get nodeCount(): number {
    return this.#nodes.count;
  }

  get edgeCount(): number {
    return this.#edges.count + this.#groups.reduce((sum, edges) => sum + edges.length, 0);
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
    return this.#nodes.add(kind, type, id);
  }

  /** Sets what a node is, if that was not known when it was added. */
  setType(node: number, kind: number, type: number): void {
    this.#nodes.kinds[node] = kind;
    this.#nodes.types[node] = type;
  }

  /** After this call, new edges belong to this node. */
  begin(node: number): void {
    if (this.#firstEdge.length !== node - this.#groups.length) throw new Error(`node ${node} begins out of order`);
    this.#firstEdge.push(this.#edges.count);
  }

  edge(kind: number, name: number, target: number): void {
    this.#edges.add(kind, name, target);
  }

  describe(node: number, size: number, value: number): void {
    this.#nodes.sizes[node] = size;
    this.#nodes.values[node] = value;
  }

  flag(node: number, flags: number): void {
    this.#nodes.flags[node] = (this.#nodes.flags[node] as number) | flags;
  }

  id(node: number): number {
    return this.#nodes.ids[node] as number;
  }

  get edgesSoFar(): EdgesSoFar {
    const { count, kinds, targets } = this.#edges;
    const begun = this.#firstEdge.view;
    const firstEdge = new Uint32Array(begun.length + 1);
    firstEdge.set(begun);
    firstEdge[begun.length] = count;
    return {
      ...{ firstEdge, firstNode: this.#groups.length },
      ...{ kinds: kinds.subarray(0, count), targets: targets.subarray(0, count) },
    };
  }

  groupTargets(group: number): number[] {
    return (this.#groups[group] ?? []).map(({ target }) => target);
  }

  typeName(node: number): string {
    return this.strings.list[this.#nodes.types[node] as number] ?? "";
  }

  /** The graph. Nothing can be added afterwards. */
  finish(): ObjectGraph {
    const nodes = this.#nodes;
    const edges = this.#edges;
    const groups = this.#groups.length;
    const early = this.#groups.flat();
    const { nodeCount, edgeCount } = this;
    const firstEdge = new Uint32Array(nodeCount + 1);
    let at = 0;
    for (const [k, { length }] of this.#groups.entries()) {
      firstEdge[k] = at;
      at += length;
    }
    const begun = this.#firstEdge.view;
    for (let k = 0; k < begun.length; k++) firstEdge[groups + k] = early.length + (begun[k] as number);
    firstEdge.fill(edgeCount, groups + begun.length);
    edges.putInFront(early);
    const ofNodes = <T extends Uint8Array | Uint32Array>(column: T) => column.subarray(0, nodeCount) as T;
    const ofEdges = <T extends Uint8Array | Uint32Array>(column: T) => column.subarray(0, edgeCount) as T;
    return {
      ...{ nodeCount, edgeCount, firstEdge, strings: this.strings.list },
      ...{ kinds: ofNodes(nodes.kinds), types: ofNodes(nodes.types), values: ofNodes(nodes.values) },
      ...{ sizes: ofNodes(nodes.sizes), ids: ofNodes(nodes.ids), flags: ofNodes(nodes.flags) },
      ...{ edgeKinds: ofEdges(edges.kinds), edgeNames: ofEdges(edges.names), targets: ofEdges(edges.targets) },
    };
  }
}
