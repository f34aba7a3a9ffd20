// Builds the graph of a snapshot: its texts, nodes and edges.

import { type AllocationStacks, EDGE, NODE, type ObjectGraph } from "./graph.js";
import { type GraphHost, type GraphModule, GraphStore } from "./store.js";

/** Numbers texts. `number` returns the same number for a text, however often it occurs. */
export class Strings {
  readonly #store: GraphStore;
  readonly #numbers = new Map<string, number>([["", 0]]);

  constructor(store: GraphStore) {
    this.#store = store;
  }

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    const number = this.#store.text(text, false);
    this.#numbers.set(text, number);
    return number;
  }

  /**
   * Adds a text without looking for it, because it is probably new, and returns its number. It may then be there twice.
   */
  add(text: string): number {
    return this.#store.text(text, true);
  }
}

/** An edge of a group. The edges of groups are put in front of all others when the graph is complete. */
interface GroupEdge {
  readonly kind: number;
  readonly name: number;
  readonly target: number;
}

/** An edge that is found when the edges of its node are complete. */
export interface InsertedEdge {
  readonly node: number;
  readonly kind: number;
  readonly name: number;
  readonly target: number;
}

/** For how many nodes and edges there is room at first. */
interface Room {
  readonly nodes: number;
  readonly edges: number;
}

const FEW: Room = { nodes: 1 << 12, edges: 1 << 14 };
const NO_HOST: GraphHost = { floatText: String, claimLarge: () => 0, isLooseLarge: () => false };

/**
 * Makes a graph. Groups come first: the root, and all groups that are added before the first other node. A group can
 * get edges at any time. Any other node gets its edges between its `begin` and the `begin` of the next node. Nodes
 * begin in the order in which they were added.
 */
export class GraphBuilder {
  readonly strings: Strings;
  readonly store: GraphStore;
  readonly #f: GraphModule;
  readonly #groups: GroupEdge[][] = [];

  /** `room` is a guess: with a good one, the columns are not copied. What is not used costs only address space. */
  constructor(room = FEW, host = NO_HOST) {
    this.store = new GraphStore(room.nodes, room.edges, host);
    this.strings = new Strings(this.store);
    this.#f = this.store.f;
  }

  get nodeCount(): number {
    return this.#f.nodes_count();
  }

  /** Adds a group; the first one is the root. Its id is lower than the ids of objects, which are addresses. */
  group(name: string): number {
    this.#groups.push([]);
    return this.node(NODE.synthetic, this.strings.number(name), this.nodeCount + 1);
  }

  /** `name` is a text, or the number of one. */
  groupEdge(group: number, target: number, name: string | number, kind: number = EDGE.internal): void {
    const number = typeof name === "number" ? name : this.strings.number(name);
    this.#groups[group]?.push({ kind, name: number, target });
  }

  /** Adds a node, without its edges. */
  node(kind: number, type: number, id: number): number {
    return this.#f.nodes_add(kind, type, id);
  }

  /** Sets what a node is, if that was not known when it was added. */
  setType(node: number, kind: number, type: number): void {
    this.#f.nodes_become(node, kind, type);
  }

  /** After this call, new edges belong to this node. */
  begin(node: number): void {
    if (this.#f.nodes_begin() !== node - this.#groups.length) throw new Error(`node ${node} begins out of order`);
  }

  edge(kind: number, name: number, target: number): void {
    this.#f.edges_add(kind, name, target);
  }

  /** The targets of a node's edges so far, until more is added. */
  targetsOf(node: number): Uint32Array {
    const f = this.#f;
    const begin = node - this.#groups.length;
    const firstEdge = this.store.column("firstEdge", begin + 1);
    return this.store.column("targets", f.edges_end(begin)).subarray(firstEdge[begin]);
  }

  /** Makes those edges of some nodes weak whose targets `isHeld` does not know. They keep their names. */
  weaken(nodes: Iterable<number>, isHeld: (target: number) => boolean): void {
    const f = this.#f;
    const count = f.edges_count();
    const groups = this.#groups.length;
    const columns = () => ({
      ...{ targets: this.store.column("targets", count), names: this.store.column("edgeNames", count) },
      ...{
        kinds: this.store.byteColumn("edgeKinds", count),
        firstEdge: this.store.column("firstEdge", this.nodeCount),
      },
    });
    let { targets, names, kinds, firstEdge } = columns();
    for (const node of nodes) {
      const first = firstEdge[node - groups] as number;
      const end = f.edges_end(node - groups);
      for (let edge = first; edge < end; edge++) {
        if (isHeld(targets[edge] as number)) continue;
        const name = names[edge] as number;
        const isIndex = kinds[edge] === EDGE.index;
        f.edges_rename(node, groups, edge - first, EDGE.weak, isIndex ? this.strings.number(`[${name}]`) : name);
        // A new text can move the columns.
        if (isIndex) ({ targets, names, kinds, firstEdge } = columns());
      }
    }
  }

  /** Adds edges to nodes that have begun before others did. Nodes that begin afterwards come after all of these. */
  insertEdges(edges: readonly InsertedEdge[]): void {
    if (edges.length === 0) return;
    const rows = this.#f.edges_room(edges.length) >>> 0;
    const { words } = this.store;
    let at = rows >>> 2;
    for (const { node, kind, name, target } of [...edges].sort((a, b) => a.node - b.node)) {
      words[at++] = node;
      words[at++] = kind;
      words[at++] = name;
      words[at++] = target;
    }
    this.#f.edges_insert(this.#groups.length, rows, edges.length);
  }

  describe(node: number, size: number, value: number): void {
    this.#f.nodes_describe(node, size, value, 0);
  }

  /** Adds a block that only this object uses, besides the object's own block. */
  buffer(node: number, address: number): void {
    this.#f.buffers_add(node, address);
  }

  flag(node: number, flags: number): void {
    this.#f.nodes_flag(node, flags);
  }

  id(node: number): number {
    return this.#f.nodes_id(node) >>> 0;
  }

  /** The type of a node: the number of a text. */
  type(node: number): number {
    return this.#f.nodes_type(node);
  }

  get groupCount(): number {
    return this.#groups.length;
  }

  groupTargets(group: number): number[] {
    return (this.#groups[group] ?? []).map(({ target }) => target);
  }

  /**
   * The graph. Nothing can be added afterwards. `stacksOf` tells where its objects were allocated, if that is known.
   */
  finish(stacksOf?: (graph: ObjectGraph) => AllocationStacks): ObjectGraph {
    const { store } = this;
    const f = this.#f;
    const json = this.#putGroupsInFront();
    const { nodeCount } = this;
    const edgeCount = f.edges_count();
    const buffers = f.buffers_count();
    const ofNodes = (name: "types" | "values" | "sizes" | "ids") => store.column(name, nodeCount);
    let strings: string[] | undefined;
    const graph = {
      ...{ nodeCount, edgeCount, firstEdge: store.column("firstEdge", nodeCount + 1) },
      ...{ kinds: store.byteColumn("kinds", nodeCount), types: ofNodes("types"), values: ofNodes("values") },
      ...{ sizes: ofNodes("sizes"), ids: ofNodes("ids"), flags: store.byteColumn("flags", nodeCount) },
      ...{ edgeKinds: store.byteColumn("edgeKinds", edgeCount), edgeNames: store.column("edgeNames", edgeCount) },
      targets: store.column("targets", edgeCount),
      bufferAddresses: store.column("bufferAddresses", buffers),
      bufferOwners: store.column("bufferOwners", buffers),
      /** Most graphs are only written, which needs no strings. So the strings are made when they are asked for. */
      get strings(): readonly string[] {
        strings ??= store.texts(json);
        return strings;
      },
    };
    const texts = {
      count: f.texts_count(),
      write: (write: (json: Uint8Array) => void) => store.writeTexts(json, write),
    };
    // Not enumerable, so that a copy of the graph has only the strings, which may differ from these texts.
    Object.defineProperty(graph, "texts", { value: texts, enumerable: false });
    return stacksOf ? Object.assign(graph, { stacks: stacksOf(graph) }) : graph;
  }

  /**
   * Makes the groups' edges the first ones, and returns the address of the buffer in which texts become JSON. It is the
   * last block that the graph takes: afterwards, the memory does not grow.
   */
  #putGroupsInFront(): number {
    const { store } = this;
    const edges = this.#groups.flat();
    store.f.store_shift(edges.length, this.#groups.length);
    const json = store.f.texts_seal() >>> 0;
    const firstEdge = store.column("firstEdge", this.#groups.length);
    let at = 0;
    for (const [k, { length }] of this.#groups.entries()) {
      firstEdge[k] = at;
      at += length;
    }
    const kinds = store.byteColumn("edgeKinds", edges.length);
    const names = store.column("edgeNames", edges.length);
    const targets = store.column("targets", edges.length);
    for (const [k, { kind, name, target }] of edges.entries()) {
      kinds[k] = kind;
      names[k] = name;
      targets[k] = target;
    }
    return json;
  }
}
