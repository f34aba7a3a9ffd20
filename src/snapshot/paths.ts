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
   * replaced: `sys.modules['app'].cache[…]`.
   */
  text(steps: readonly Step[], merged = false): string {
    let text = "";
    let before = "";
    for (const { edge } of steps) {
      const isGroup = edge < (this.#graph.firstEdge[1] as number);
      const name = this.#name(edge);
      if (isGroup && steps.length > 1 && SELF_EXPLAINING.has(name)) continue;
      const attribute = NAMESPACES.has(before) ? /^\['(\w+)'\]$/.exec(name)?.[1] : undefined;
      if (attribute !== undefined) {
        const sign = before === "__dict__" ? "." : " ";
        text = `${text.slice(0, -before.length - 1)}${sign}${attribute}`;
      } else if (name.startsWith("[")) text += merged && before !== "sys.modules" ? "[…]" : name;
      else text += text === "" ? name : `${/^\w/.test(name) ? "." : " "}${name}`;
      before = name;
    }
    return text;
  }

  /** The name of an edge; for an index, the number. */
  #name(edge: number): string {
    const { edgeKinds, edgeNames, strings } = this.#graph;
    const name = edgeNames[edge] as number;
    return edgeKinds[edge] === EDGE.index ? `[${name}]` : (strings[name] as string);
  }
}
