// What holds most, as pieces of pieces: an object contains the objects that it dominates. Objects of one type that have
// the same dominator are one piece, if there are several:
//
//   everything > (modules) > __main__.Cache > dict > __main__.Point × 300 > __main__.Point > bytes

import type { HeapObjects } from "./heap.js";
import { type Kind, kindOf } from "./kinds.js";
import { largest } from "./largest.js";

/** A piece has at most this many pieces of its own; the smaller ones are one piece. */
const MOST = 250;

export interface Piece {
  readonly name: string;
  /** Where an object is, as Python would write it: `shop.cache._seen`; "" for several objects. */
  readonly where: () => string;
  /** An object's value. */
  readonly value: string;
  /** Bytes of the piece and of all that is in it. */
  readonly bytes: number;
  readonly kind: Kind;
  /** The object that the piece is; undefined if it is several ones. */
  readonly node: number | undefined;
  /** The type of the objects, if they have one. */
  readonly type: string | undefined;
  /** What is in it, the largest first. */
  readonly pieces: () => readonly Piece[];
}

export class Pieces {
  readonly root: Piece;
  readonly #heap: HeapObjects;

  constructor(heap: HeapObjects) {
    this.#heap = heap;
    this.root = { ...this.#object(0), name: "Everything", where: () => "" };
  }

  /** The pieces from the root to a node; only the root if the node can't be reached. */
  pathTo(node: number): readonly Piece[] {
    const path = [this.root];
    for (const step of this.#heap.dominatorsOf(node)?.slice(1) ?? []) {
      const pieces = (path.at(-1) as Piece).pieces();
      const known = pieces.find((piece) => piece.node === step);
      if (known) {
        path.push(known);
        continue;
      }
      const type = this.#heap.type(step);
      const group = pieces.find((piece) => piece.type === type);
      if (group) path.push(group);
      path.push(group?.pieces().find((piece) => piece.node === step) ?? this.#object(step));
    }
    return path;
  }

  #object(node: number): Piece {
    const heap = this.#heap;
    return {
      name: heap.type(node),
      where: once(() => heap.where(node)),
      value: heap.value(node),
      bytes: heap.retained(node),
      kind: kindOf(heap.graph, node),
      node,
      type: undefined,
      pieces: once(() => this.#inside(node)),
    };
  }

  #inside(node: number): Piece[] {
    const byType = new Map<string, number[]>();
    for (const inside of this.#heap.dominatedBy(node)) {
      if (this.#heap.retained(inside) === 0) continue;
      const type = this.#heap.type(inside);
      const nodes = byType.get(type);
      if (nodes) nodes.push(inside);
      else byType.set(type, [inside]);
    }
    const pieces = [...byType].map(([type, nodes]) =>
      nodes.length === 1 ? this.#object(nodes[0] as number) : this.#group(type, nodes),
    );
    pieces.sort((a, b) => b.bytes - a.bytes);
    const rest = pieces.splice(MOST);
    return rest.length === 0 ? pieces : [...pieces, smaller(rest.length, "types", sum(rest.map(({ bytes }) => bytes)))];
  }

  #group(type: string, nodes: readonly number[]): Piece {
    const heap = this.#heap;
    const retained = (node: number) => heap.retained(node);
    const all = sum(nodes.map(retained));
    return {
      name: `${type} × ${nodes.length.toLocaleString("en-US")}`,
      where: () => "",
      value: "",
      bytes: all,
      kind: kindOf(heap.graph, nodes[0] as number),
      node: undefined,
      type,
      pieces: once(() => {
        const shown = largest(nodes, MOST, retained);
        const rest = all - sum(shown.map(retained));
        const pieces = shown.map((node) => this.#object(node));
        return rest > 0 ? [...pieces, smaller(nodes.length - shown.length, "objects", rest)] : pieces;
      }),
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);

function smaller(count: number, what: string, bytes: number): Piece {
  const name = `${count.toLocaleString("en-US")} smaller ${what}`;
  return { name, where: () => "", value: "", bytes, kind: "group", node: undefined, type: undefined, pieces: () => [] };
}

/** A function that computes its result only once. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
