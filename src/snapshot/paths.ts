// Finds out who holds a node: the shortest path to it from the root, along edges that keep their targets alive.

import { EDGE, type ObjectGraph } from "./graph.js";

const NONE = 0xffff_ffff;

/** Edges to dicts whose keys are names of a program. */
const NAMESPACES: ReadonlySet<string> = new Set(["__dict__", "(globals)", "(locals)"]);

/** Groups whose names a path leaves out, because their members' names say where they are. */
const SELF_EXPLAINING: ReadonlySet<string> = new Set(["(modules)", "(threads)", "(roots)", "(handles)"]);

/** A step of a path: the edge, and the node that it leads to. */
export interface Step {
  readonly edge: number;
  readonly node: number;
}

/** The most equal pieces in a row that a merged path shows. */
const MOST_ALIKE = 3;

/** The pieces of a path. Of equal pieces in a row, MOST_ALIKE remain; the others are replaced by one …. */
function shortened(pieces: readonly string[]): string[] {
  const shown: string[] = [];
  let alike = 0;
  pieces.forEach((piece, k) => {
    alike = piece === pieces[k - 1] ? alike + 1 : 1;
    if (alike <= MOST_ALIKE) shown.push(piece);
    else if (alike === MOST_ALIKE + 1) shown.push("…");
  });
  return shown;
}

export class Paths {
  readonly #graph: ObjectGraph;
  /** For each node, the edge over which a breadth-first search reached it, and the node where this edge begins. */
  readonly #edges: Uint32Array;
  readonly #from: Uint32Array;

  /** Paths do not use edges for which `isLeftOut` returns true. */
  constructor(graph: ObjectGraph, isLeftOut: (edge: number, from: number) => boolean = () => false) {
    const { nodeCount, firstEdge, edgeKinds, targets } = graph;
    this.#graph = graph;
    this.#edges = new Uint32Array(nodeCount).fill(NONE);
    this.#from = new Uint32Array(nodeCount);
    const queue = new Uint32Array(nodeCount);
    let end = 1;
    for (let at = 0; at < end; at++) {
      const node = queue[at] as number;
      for (let edge = firstEdge[node] as number; edge < (firstEdge[node + 1] as number); edge++) {
        const target = targets[edge] as number;
        if (target === 0 || this.#edges[target] !== NONE || edgeKinds[edge] === EDGE.weak) continue;
        if (isLeftOut(edge, node)) continue;
        this.#edges[target] = edge;
        this.#from[target] = node;
        queue[end++] = target;
      }
    }
  }

  /** Whether a path leads to a node. */
  reaches(node: number): boolean {
    return node === 0 || this.#edges[node] !== NONE;
  }

  /** The steps from the root to a node; undefined if no path leads there. */
  to(node: number): Step[] | undefined {
    const steps: Step[] = [];
    for (let at = node; at !== 0; at = this.#from[at] as number) {
      const edge = this.#edges[at] as number;
      if (edge === NONE) return undefined;
      steps.push({ edge, node: at });
    }
    return steps.reverse();
  }

  /**
   * A path as Python would write it: `sys.modules['app'].cache[7]`. If `merged`, keys and positions of containers are
   * replaced, and of many equal steps, as in a linked list, the first ones are shown: `sys.modules['app'].cache[…]`,
   * `sys.modules['app'].first.next.next.next…`.
   */
  text(steps: readonly Step[], merged = false): string {
    const pieces: string[] = [];
    let before = "";
    for (const { edge } of steps) {
      const isGroup = edge < (this.#graph.firstEdge[1] as number);
      const name = this.#name(edge);
      if (isGroup && steps.length > 1 && SELF_EXPLAINING.has(name)) continue;
      const attribute = NAMESPACES.has(before) ? /^\['(\w+)'\]$/.exec(name)?.[1] : undefined;
      if (attribute !== undefined) {
        const sign = before === "__dict__" ? "." : " ";
        pieces[Math.max(0, pieces.length - 1)] = `${sign}${attribute}`;
      } else if (name.startsWith("[")) pieces.push(merged && before !== "sys.modules" ? "[…]" : name);
      else pieces.push(pieces.length === 0 ? name : `${/^\w/.test(name) ? "." : " "}${name}`);
      before = name;
    }
    return (merged ? shortened(pieces) : pieces).join("");
  }

  /** The name of an edge; for an index, the number. */
  #name(edge: number): string {
    const { edgeKinds, edgeNames, strings } = this.#graph;
    const name = edgeNames[edge] as number;
    return edgeKinds[edge] === EDGE.index ? `[${name}]` : (strings[name] as string);
  }
}
