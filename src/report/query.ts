// Chooses the nodes of a heap snapshot that an expression describes (query-parse.ts has the language).

import type { Dominators } from "../snapshot/dominators.js";
import { EDGE, FLAG, NODE, type ObjectGraph, PROXY_TYPE } from "../snapshot/graph.js";
import { moduleOf } from "../snapshot/types.js";
import type { Comparison, FlagName, Kind, NumberField, PlaceStep, Query, Relation, TextField } from "./query-parse.js";

/** A byte for each node: 1 if the node is chosen. */
type Chosen = Uint8Array;

const FLAG_BITS: Readonly<Record<FlagName, number>> = {
  garbage: FLAG.garbage,
  immortal: FLAG.immortal,
  shared: FLAG.shared,
  static: FLAG.static,
};

const KIND_NAMES: Readonly<Record<number, Kind>> = {
  [NODE.synthetic]: "group",
  [NODE.object]: "object",
  [NODE.string]: "string",
  [NODE.memory]: "memory",
  [NODE.frame]: "frame",
};

const NUMBER_TESTS: Readonly<Record<string, (a: number, b: number) => boolean>> = {
  "==": (a, b) => a === b,
  "!=": (a, b) => a !== b,
  "<": (a, b) => a < b,
  "<=": (a, b) => a <= b,
  ">": (a, b) => a > b,
  ">=": (a, b) => a >= b,
};

function numberTest(comparison: Comparison): (value: number) => boolean {
  if (!("number" in comparison)) return () => false;
  const test = NUMBER_TESTS[comparison.operator] as (a: number, b: number) => boolean;
  return (value) => test(value, comparison.number);
}

/** A test of texts. `isSame` compares a text with the one that the comparison names. */
function textTest(comparison: Comparison, isSame = (a: string, b: string) => a === b): (text: string) => boolean {
  if ("pattern" in comparison) {
    const { pattern, operator } = comparison;
    return (text) => pattern.test(text) === (operator === "~");
  }
  if ("text" in comparison) {
    const { text: wanted, operator } = comparison;
    return (text) => isSame(text, wanted) === (operator === "==");
  }
  const isMeant = numberTest(comparison);
  return (text) => text !== "" && isMeant(Number(text));
}

/** A type is named with its module or without it. */
const isType = (name: string, wanted: string): boolean => name === wanted || name.endsWith(`.${wanted}`);

/** The name of a reference without the signs around it: `cache` for `['cache']`. */
const bareName = (name: string): string => /^\[(['"])(.*)\1\]$/s.exec(name)?.[2] ?? name;

class Evaluation {
  readonly #graph: ObjectGraph;
  readonly #dominators: Dominators;

  constructor(graph: ObjectGraph, dominators: Dominators) {
    this.#graph = graph;
    this.#dominators = dominators;
  }

  chosen(query: Query): Chosen {
    switch (query.kind) {
      case "or":
      case "and": {
        const [first, ...others] = query.parts.map((part) => this.chosen(part)) as [Chosen, ...Chosen[]];
        const isAny = query.kind === "or";
        return first.map((bit, node) =>
          Number(
            isAny
              ? bit === 1 || others.some((each) => each[node] === 1)
              : bit === 1 && others.every((each) => each[node] === 1),
          ),
        );
      }
      case "not":
        return this.chosen(query.of).map((bit) => 1 - bit);
      case "flag":
        return this.#where((node) => ((this.#graph.flags[node] as number) & FLAG_BITS[query.flag]) !== 0);
      case "relation":
        return this.#related(query.relation, this.chosen(query.of));
      case "place":
        return this.#place(query.steps, query.comparison);
      case "field":
        return this.#field(query.field, query.comparison);
    }
  }

  #where(isMeant: (node: number) => boolean): Chosen {
    return Uint8Array.from({ length: this.#graph.nodeCount }, (_, node) => Number(isMeant(node)));
  }

  #edges(node: number): readonly [first: number, end: number] {
    const { firstEdge } = this.#graph;
    return [firstEdge[node] as number, firstEdge[node + 1] as number];
  }

  /** Chooses nodes by a column of texts. Each text is tested once. */
  #byText(column: Uint32Array, isMeant: (text: string) => boolean): Chosen {
    const tested = new Map<number, boolean>();
    return this.#where((node) => {
      const text = column[node] as number;
      let is = tested.get(text);
      if (is === undefined) {
        is = isMeant(this.#graph.strings[text] as string);
        tested.set(text, is);
      }
      return is;
    });
  }

  #field(field: NumberField | TextField, comparison: Comparison): Chosen {
    const { sizes, ids, kinds, types, values } = this.#graph;
    const isNumber = numberTest(comparison);
    const column = (numbers: ArrayLike<number>) => this.#where((node) => isNumber(numbers[node] as number));
    switch (field) {
      case "size":
        return column(sizes);
      case "retained":
        return column(this.#dominators.retained);
      case "id":
        return column(ids);
      case "references":
        return this.#where((node) => {
          const [first, end] = this.#edges(node);
          return isNumber(end - first);
        });
      case "referrers":
        return column(this.#referrerCounts());
      case "type":
        return this.#byText(types, textTest(comparison, isType));
      case "module":
        return this.#byText(types, (name) => textTest(comparison)(moduleOf(name)));
      case "value":
        return this.#byText(values, textTest(comparison));
      case "kind": {
        const isMeant = textTest(comparison);
        return this.#where((node) => isMeant(KIND_NAMES[kinds[node] as number] as Kind));
      }
      case "name":
        return this.#byName(comparison);
    }
  }

  #referrerCounts(): Uint32Array {
    const counts = new Uint32Array(this.#graph.nodeCount);
    for (const target of this.#graph.targets) counts[target] = (counts[target] as number) + 1;
    return counts;
  }

  /** Nodes to which a reference with such a name leads; with `!=` and `!~`, nodes to which no reference with the name leads. */
  #byName(comparison: Comparison): Chosen {
    const { edgeKinds, edgeNames, targets, strings, nodeCount } = this.#graph;
    const isNegative = comparison.operator === "!=" || comparison.operator === "!~";
    const test = textTest(comparison);
    const isMeant = (name: string) => test(name) !== isNegative;
    const tested = new Map<number, boolean>();
    const found = new Uint8Array(nodeCount);
    targets.forEach((target, edge) => {
      const name = edgeNames[edge] as number;
      if (edgeKinds[edge] === EDGE.index) return;
      let is = tested.get(name);
      if (is === undefined) {
        is = isMeant(bareName(strings[name] as string));
        tested.set(name, is);
      }
      if (is) found[target] = 1;
    });
    return isNegative ? found.map((bit) => 1 - bit) : found;
  }

  #related(relation: Relation, of: Chosen): Chosen {
    switch (relation) {
      case "reachable from":
        return this.#reachable(of);
      case "held by":
        return this.#held(of);
      case "refers to":
        return this.#where((node) => {
          const [first, end] = this.#edges(node);
          for (let edge = first; edge < end; edge++) if (of[this.#graph.targets[edge] as number] === 1) return true;
          return false;
        });
      case "referred to by": {
        const found = new Uint8Array(of.length);
        of.forEach((bit, node) => {
          if (bit === 0) return;
          const [first, end] = this.#edges(node);
          for (let edge = first; edge < end; edge++) found[this.#graph.targets[edge] as number] = 1;
        });
        return found;
      }
    }
  }

  /** Nodes to which a path of one or more references leads. Each reference on the path keeps its target alive. */
  #reachable(from: Chosen): Chosen {
    const { edgeKinds, targets } = this.#graph;
    const found = new Uint8Array(from.length);
    const stack: number[] = [];
    const follow = (node: number) => {
      const [first, end] = this.#edges(node);
      for (let edge = first; edge < end; edge++) {
        const target = targets[edge] as number;
        if (found[target] === 1 || edgeKinds[edge] === EDGE.weak) continue;
        found[target] = 1;
        stack.push(target);
      }
    };
    from.forEach((bit, node) => {
      if (bit === 1) follow(node);
      for (let next = stack.pop(); next !== undefined; next = stack.pop()) follow(next);
    });
    return found;
  }

  /** Nodes that a chosen node dominates: they would be free without it. */
  #held(by: Chosen): Chosen {
    const { order, parents } = this.#dominators;
    const found = new Uint8Array(by.length);
    for (const node of order) {
      const parent = parents[node] as number;
      if (parent !== node && (by[parent] === 1 || found[parent] === 1)) found[node] = 1;
    }
    return found;
  }

  #place(steps: readonly PlaceStep[], comparison: Comparison | undefined): Chosen {
    const { values, strings } = this.#graph;
    const isMeant = comparison && textTest(comparison);
    const numbers = steps.map((step) => this.#namesOf(step));
    return this.#where((node) => {
      let at: number | undefined = node;
      for (const names of numbers) {
        at = this.#step(at, names);
        if (at === undefined) return false;
      }
      return isMeant === undefined || isMeant(strings[values[at] as number] as string);
    });
  }

  /**
   * What #step compares references with: the step's index; the number of the string that is its name; and for an
   * attribute, the numbers of the same name as a key (`['name']`) and of `__dict__`. -1 matches nothing.
   */
  #namesOf({ kind, name }: PlaceStep): StepNames {
    const { strings } = this.#graph;
    const number = (text: string) => strings.indexOf(text);
    const isIndex = kind === "index";
    return {
      index: isIndex ? Number(name.slice(1, -1)) : -1,
      own: number(name),
      inDict: kind === "attribute" ? number(`['${name}']`) : -1,
      dict: kind === "attribute" ? number("__dict__") : -1,
    };
  }

  /** What a node refers to by a name. An attribute may be in the node's `__dict__`. */
  #step(node: number, { index, own, inDict, dict }: StepNames): number | undefined {
    const { edgeKinds, edgeNames, targets } = this.#graph;
    const [first, end] = this.#edges(node);
    let space: number | undefined;
    for (let edge = first; edge < end; edge++) {
      const name = edgeNames[edge] as number;
      const isIndex = edgeKinds[edge] === EDGE.index;
      if (isIndex ? name === index : name === own) return targets[edge];
      if (!isIndex && name === dict) space = targets[edge];
    }
    return space === undefined || inDict < 0
      ? undefined
      : this.#step(space, { index: -1, own: inDict, inDict: -1, dict: -1 });
  }
}

interface StepNames {
  readonly index: number;
  readonly own: number;
  readonly inDict: number;
  readonly dict: number;
}

/** The nodes that a query describes: objects, frames, proxies, and memory that belongs to no object. Groups are left out. */
export function evaluateQuery(graph: ObjectGraph, dominators: Dominators, query: Query): number[] {
  const found: number[] = [];
  const proxy = graph.strings.indexOf(PROXY_TYPE);
  new Evaluation(graph, dominators).chosen(query).forEach((bit, node) => {
    if (bit === 1 && (graph.kinds[node] !== NODE.synthetic || graph.types[node] === proxy)) found.push(node);
  });
  return found;
}

/** Bytes that would be free without these nodes. A node that another one of them holds counts once. */
export function retainedByAll({ parents, retained, order }: Dominators, nodes: readonly number[]): number {
  const isMeant = new Set(nodes);
  const isInside = new Uint8Array(parents.length);
  let sum = 0;
  for (const node of order) {
    const parent = parents[node] as number;
    const isBelow = parent !== node && isInside[parent] === 1;
    if (!isBelow && isMeant.has(node)) sum += retained[node] as number;
    if (isBelow || isMeant.has(node)) isInside[node] = 1;
  }
  return sum;
}
