// What a Python program can ask about its objects: how many there are, who refers to one, and who holds it. The answers
// leave out the functions of the Python package pyheap that ask, and objects that only these functions hold.

import { EDGE, NODE, type ObjectGraph } from "../../snapshot/graph.js";
import { Paths } from "../../snapshot/paths.js";
import { stepLines } from "../../text/steps.js";
import { visible } from "../../text/visible.js";

/** The name of a reference from the values with which a function computes. */
const STACK = "(stack)";

export interface Holder {
  /** As Python would write it: `sys.modules['app'].cache[7]`. */
  readonly path: string;
  /** A line for each step, with the type and the value of the object that it leads to. */
  readonly text: string;
}

export class Inspection {
  readonly #graph: ObjectGraph;
  readonly #paths: Paths;
  /** The nodes of the frames of the thread that asks, the innermost first; and those of them that are pyheap's own. */
  readonly #frames: readonly number[];
  readonly #own: ReadonlySet<number>;

  /** `own` is the number of the innermost frames that belong to the question. `asked` is the id of an object that the caller passed. */
  constructor(graph: ObjectGraph, own: number, asked?: number) {
    this.#graph = graph;
    const frames: number[] = [];
    graph.kinds.forEach((kind, node) => {
      if (kind === NODE.frame) frames.push(node);
    });
    this.#frames = frames;
    this.#own = new Set(this.#frames.slice(0, own));
    const stack = graph.strings.indexOf(STACK);
    const caller = this.#frames[own];
    const node = asked === undefined ? -1 : this.#nodeOf(asked);
    // The caller's frame has the argument among the values with which it computes.
    const isArgument = (edge: number, from: number) =>
      from === caller && graph.edgeNames[edge] === stack && graph.targets[edge] === node;
    this.#paths = new Paths(graph, (edge, from) => this.#own.has(from) || isArgument(edge, from));
  }

  #nodeOf(id: number): number {
    const { ids, kinds } = this.#graph;
    return ids.findIndex((each, node) => each === id && (kinds[node] === NODE.object || kinds[node] === NODE.string));
  }

  #text(column: Uint32Array, node: number): string {
    return this.#graph.strings[column[node] as number] as string;
  }

  /** How many objects there are of each type. Garbage counts, as long as it was not collected. */
  typeCounts(): Record<string, number> {
    const { kinds, types, strings } = this.#graph;
    const counts = new Map<number, number>();
    kinds.forEach((kind, node) => {
      if ((kind !== NODE.object && kind !== NODE.string) || !this.#paths.reaches(node)) return;
      const type = types[node] as number;
      counts.set(type, (counts.get(type) ?? 0) + 1);
    });
    const sorted = [...counts].sort(([, a], [, b]) => b - a);
    return Object.fromEntries(sorted.map(([type, count]) => [strings[type] as string, count]));
  }

  /**
   * The objects that refer to an object, by id, each once; and the functions that run and have it in a variable, by the
   * number of their frame, from 0 for the caller.
   */
  referrers(id: number): { readonly ids: number[]; readonly frames: number[] } {
    const { firstEdge, targets, edgeKinds, edgeNames, kinds, ids, strings } = this.#graph;
    const node = this.#nodeOf(id);
    const found = { ids: [] as number[], frames: [] as number[] };
    const stack = strings.indexOf(STACK);
    for (let from = 0; from < kinds.length; from++) {
      const kind = kinds[from];
      if (kind === NODE.synthetic || kind === NODE.memory || !this.#paths.reaches(from)) continue;
      for (let edge = firstEdge[from] as number; edge < (firstEdge[from + 1] as number); edge++) {
        if (targets[edge] !== node || edgeKinds[edge] === EDGE.weak) continue;
        if (kind !== NODE.frame) found.ids.push(ids[from] as number);
        else if (edgeNames[edge] === stack || this.#own.has(from)) continue;
        else found.frames.push(this.#frames.indexOf(from) - this.#own.size);
        break;
      }
    }
    return found;
  }

  /** The shortest path that holds an object; undefined if only weak references and the caller's own computation lead to it. */
  holder(id: number): Holder | undefined {
    const graph = this.#graph;
    const steps = this.#paths.to(this.#nodeOf(id));
    if (!steps) return undefined;
    const lines = stepLines(steps, (step) => {
      const value = this.#text(graph.values, step.node);
      const shown = graph.kinds[step.node] === NODE.string ? `'${value}'` : value;
      const type = graph.kinds[step.node] === NODE.synthetic ? "" : this.#text(graph.types, step.node);
      return visible(`${this.#paths.text([step]).trim()}  ${[type, shown].filter(Boolean).join(" ")}`.trimEnd());
    });
    return { path: visible(this.#paths.text(steps)), text: lines.join("\n") };
  }
}
