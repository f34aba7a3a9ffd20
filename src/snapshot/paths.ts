// Finds out who holds a node: the shortest path to it from the root, along edges that keep their targets alive.

import { EDGE, type ObjectGraph } from "./graph.js";

const NONE = 0xffff_ffff;

/** Edges to dicts whose keys are names of a program. */
const NAMESPACES: ReadonlySet<string> = new Set(["__dict__", "(globals)", "(locals)"]);

/** Groups whose names a path leaves out, because their members' names say where they are. */
const SELF_EXPLAINING: ReadonlySet<string> = new Set(["(modules)", "(threads)", "(roots)", "(handles)"]);

/** How many steps of each end of a long path its short text has. */
const END_STEPS = 20;

/** A step of a path: the edge, and the node that it leads to. */
export interface Step {
  readonly edge: number;
  readonly node: number;
}

/** What a step adds to the text of a path. */
export interface Piece {
  readonly text: string;
  /** Whether it takes the place of the piece before. */
  readonly replaces: boolean;
}

/** What an edge of this name adds to the text of a path, after an edge with the name `before`. */
export function pieceOf(name: string, before: string, isFirst: boolean): Piece {
  const attribute = NAMESPACES.has(before) ? /^\['(\w+)'\]$/.exec(name)?.[1] : undefined;
  if (attribute !== undefined) return { text: `${before === "__dict__" ? "." : " "}${attribute}`, replaces: true };
  if (isFirst || name.startsWith("[")) return { text: name, replaces: false };
  return { text: `${/^\w/.test(name) ? "." : " "}${name}`, replaces: false };
}

export class Paths {
  readonly #graph: ObjectGraph;
  /** For each node, the edge over which a breadth-first search reached it, and the node where this edge begins. */
  readonly #edges: Uint32Array;
  readonly #from: Uint32Array;
  /** For each node, the number of steps that lead to it, and the node after the first END_STEPS of them. */
  readonly #depths: Uint32Array;
  readonly #heads: Uint32Array;

  /** Paths do not use edges for which `isLeftOut` returns true. */
  constructor(graph: ObjectGraph, isLeftOut: (edge: number, from: number) => boolean = () => false) {
    const { nodeCount, firstEdge, edgeKinds, targets } = graph;
    this.#graph = graph;
    this.#edges = new Uint32Array(nodeCount).fill(NONE);
    this.#from = new Uint32Array(nodeCount);
    this.#depths = new Uint32Array(nodeCount);
    this.#heads = new Uint32Array(nodeCount);
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
        const depth = (this.#depths[node] as number) + 1;
        this.#depths[target] = depth;
        this.#heads[target] = depth <= END_STEPS ? target : (this.#heads[node] as number);
        queue[end++] = target;
      }
    }
  }

  /** Whether a path leads to a node. */
  reaches(node: number): boolean {
    return node === 0 || this.#edges[node] !== NONE;
  }

  /** The number of steps of the path to a node. */
  depth(node: number): number {
    return this.#depths[node] as number;
  }

  /** The last step of the path to a node, and the node before it; undefined if no path leads there, or if it is the root. */
  lastStep(node: number): { readonly edge: number; readonly from: number } | undefined {
    const edge = this.#edges[node] as number;
    return node === 0 || edge === NONE ? undefined : { edge, from: this.#from[node] as number };
  }

  /** The steps from the root to a node; undefined if no path leads there. */
  to(node: number): Step[] | undefined {
    return this.reaches(node) ? this.#lastSteps(node, Number.POSITIVE_INFINITY) : undefined;
  }

  #lastSteps(node: number, most: number): Step[] {
    const steps: Step[] = [];
    for (let at = node, step = this.lastStep(at); step && steps.length < most; step = this.lastStep(at)) {
      steps.push({ edge: step.edge, node: at });
      at = step.from;
    }
    return steps.reverse();
  }

  /**
   * The path to a node as text; undefined if there is none. A long path has only its two ends, so that a list of such texts
   * does not take the square of their length.
   */
  shortText(node: number): string | undefined {
    const omitted = (this.#depths[node] as number) - 2 * END_STEPS;
    const head = omitted > 1 ? (this.#heads[node] as number) : node;
    const steps = this.to(head);
    if (!steps || head === node) return steps && this.text(steps);
    return this.text(this.#lastSteps(node, END_STEPS), `${this.text(steps)} … ${omitted} more steps … `);
  }

  /** The last piece of the path to a node: `.cache`, `[7]`; "" if there is no path. */
  lastPiece(node: number): string {
    const step = this.lastStep(node);
    if (!step) return "";
    const before = this.lastStep(step.from);
    return pieceOf(this.name(step.edge), before ? this.name(before.edge) : "", true).text.trim();
  }

  /** A path as Python would write it: `sys.modules['app'].cache[7]`. It continues the text `start`. */
  text(steps: readonly Step[], start = ""): string {
    const pieces: string[] = start === "" ? [] : [start];
    let before = "";
    for (const { edge } of steps) {
      if (steps.length > 1 && this.isOmitted(edge)) continue;
      const name = this.name(edge);
      const { text, replaces } = pieceOf(name, before, pieces.length === 0);
      if (replaces) pieces.pop();
      pieces.push(text);
      before = name;
    }
    return pieces.join("");
  }

  /** Whether a longer path omits this edge: the names of what it leads to say where they are. */
  isOmitted(edge: number): boolean {
    return edge < (this.#graph.firstEdge[1] as number) && SELF_EXPLAINING.has(this.name(edge));
  }

  /** The name of an edge; for an index, the number. */
  name(edge: number): string {
    const { edgeKinds, edgeNames, strings } = this.#graph;
    const name = edgeNames[edge] as number;
    return edgeKinds[edge] === EDGE.index ? `[${name}]` : (strings[name] as string);
  }
}
