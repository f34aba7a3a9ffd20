// What holds most, as pieces of pieces: an object contains the objects that it dominates. Objects of one type that have
// the same dominator are one piece, if there are several:
//
//   everything > (modules) > __main__.Cache > dict > __main__.Point × 300 > __main__.Point > bytes

import type { HeapObjects } from "./heap.js";
import { type Kind, kindOf } from "./kinds.js";

/**
 * The largest parts of a piece, at most this many, are pieces of their own; the smaller ones together are one more
 * piece.
 */
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
  /** The object that the piece is; undefined if the piece is several objects. */
  readonly node: number | undefined;
  /** The type of the objects, if the piece is several objects of one type. */
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
    return piecesOf({
      all: pieces,
      bytes: (piece) => piece.bytes,
      piece: (piece) => piece,
      what: "types",
      kind: "group",
    });
  }

  #group(type: string, nodes: readonly number[]): Piece {
    const heap = this.#heap;
    const retained = (node: number) => heap.retained(node);
    const all = sum(nodes.map(retained));
    const kind = kindOf(heap.graph, nodes[0] as number);
    return {
      name: `${type} × ${figure(nodes.length)}`,
      where: () => "",
      value: "",
      bytes: all,
      kind,
      node: undefined,
      type,
      pieces: once(() => {
        const sorted = [...nodes].sort((a, b) => retained(b) - retained(a));
        return piecesOf({ all: sorted, bytes: retained, piece: (node) => this.#object(node), what: "objects", kind });
      }),
    };
  }
}

const sum = (values: readonly number[]): number => values.reduce((all, value) => all + value, 0);
const figure = (value: number): string => value.toLocaleString("en-US");

/** What a piece consists of: the largest first. */
interface Parts<T> {
  readonly all: readonly T[];
  readonly bytes: (part: T) => number;
  readonly piece: (part: T) => Piece;
  readonly what: string;
  readonly kind: Kind;
}

/** A piece for each of the largest parts, and one for all the others. */
function piecesOf<T>(parts: Parts<T>): Piece[] {
  const { all, piece, what } = parts;
  const pieces = all.slice(0, MOST).map(piece);
  return all.length <= MOST
    ? pieces
    : [...pieces, several(parts, MOST, all.length, `${figure(all.length - MOST)} smaller ${what}`)];
}

/**
 * The parts from `begin` to `end` as one piece. It has a piece for each of them if they are few, and otherwise a piece for
 * each span of them.
 */
function several<T>(parts: Parts<T>, begin: number, end: number, name: string): Piece {
  const { all, bytes, piece, what, kind } = parts;
  const some = all.slice(begin, end);
  const spans = () => {
    const step = MOST * Math.ceil(some.length / MOST ** 2);
    return Array.from({ length: Math.ceil(some.length / step) }, (_, k) => {
      const from = begin + k * step;
      const to = Math.min(end, from + step);
      return several(parts, from, to, `${what} ${figure(from + 1)} to ${figure(to)} by size`);
    });
  };
  return {
    name,
    where: () => "",
    value: "",
    bytes: sum(some.map(bytes)),
    kind,
    node: undefined,
    type: undefined,
    pieces: once(() => (some.length <= 2 * MOST ? some.map(piece) : spans())),
  };
}

/** A function that computes its result only once. */
function once<T>(compute: () => T): () => T {
  let known: { readonly value: T } | undefined;
  return () => {
    known ??= { value: compute() };
    return known.value;
  };
}
