// The graph of a heap's objects and their references. Every snapshot is such a graph, whatever program the objects are
// from.
//
//   node 0 is the root; its edges lead to groups (modules, threads, ...), and the groups' edges to objects
//   edges of node k: firstEdge[k] up to firstEdge[k + 1]
//
// All of it is columns of numbers, because there are millions of nodes: about 22 bytes for a node and 9 for an edge. A
// text is stored as its number in `strings`.

/** What a node is. */
export const NODE = {
  /** A node that stands for no memory: the root, a group or a thread. */
  synthetic: 0,
  object: 1,
  /** A text. The node's value is this text, or the beginning of a long one. */
  string: 2,
  /** Memory that belongs to no object. */
  memory: 3,
  /** A function that runs. */
  frame: 4,
} as const;

/** How a node refers to another one. */
export const EDGE = {
  attribute: 0,
  /** An entry of a dict; `name` is the key as Python would write it, in brackets. */
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

/** The type of a synthetic node that stands for a proxy by which JavaScript holds an object. Its value is the stack of its creation. */
export const PROXY_TYPE = "(PyProxy)";

export const FLAG = {
  /** The object is not in the heap and is never freed: it is a part of the program itself. */
  static: 1,
  /** The object is never freed. */
  immortal: 2,
  /** Nothing can reach the object: the collector would free it. */
  garbage: 4,
  /**
   * The object is the only one with its value, wherever the value is used: an interned text, a small int, the empty
   * tuple.
   */
  shared: 8,
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

/** The strings of a graph as they are stored, before JavaScript strings are made of them. */
export interface GraphTexts {
  readonly count: number;
  /** Writes them as JSON, with commas between them. The bytes are only valid during the call. */
  write(write: (json: Uint8Array) => void): void;
}

/** Bytes of each node: a Uint32Array; or a Float64Array, because nodes in V8's own snapshots can have 4 GiB and more. */
export interface Sizes extends ArrayLike<number>, Iterable<number> {
  reduce(add: (sum: number, size: number) => number, sum: number): number;
  subarray(from: number, to: number): Sizes;
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
  readonly sizes: Sizes;
  /** The number by which the program knows the object: in Python `id(object)`. */
  readonly ids: Uint32Array;
  readonly flags: Uint8Array;
  /** The number of the node's first edge. The column has one element more than there are nodes. */
  readonly firstEdge: Uint32Array;
  /** Columns of the edges. */
  readonly edgeKinds: Uint8Array;
  /** The number of a string; for an index, the index itself. */
  readonly edgeNames: Uint32Array;
  readonly targets: Uint32Array;
  /**
   * The other blocks that only one object uses, such as the items of a list: the address of each, and the object's
   * node.
   */
  readonly bufferAddresses: Uint32Array;
  readonly bufferOwners: Uint32Array;
  /** The first string is "". */
  readonly strings: readonly string[];
  /**
   * The strings as they are stored: their number, and a function that writes them as JSON. undefined in a graph that
   * was read.
   */
  readonly texts?: GraphTexts;
  /** undefined unless a recording ran when the graph was made. */
  readonly stacks?: AllocationStacks;
}
