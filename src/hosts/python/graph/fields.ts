// References that no tp_traverse shows: the time zone of a datetime, which the collector does not know; the name of a method,
// which can't be a part of a cycle. An object then has the address of another one in its words, or in a block that belongs to
// it. A word may equal an address by chance, and C may use an object without owning a reference. So it counts only if
// the other object has as many references that are not known otherwise as there are such words. The objects' own words come first:
// a block can contain old addresses, because C does not clear memory that it uses again.

import type { GraphBuilder, InsertedEdge } from "../../../snapshot/builder.js";
import { EDGE } from "../../../snapshot/graph.js";
import { NodeSet } from "../../../snapshot/node-set.js";
import { IMMORTAL } from "./layout.js";

/** Words of a row: | node | node of the other object | name of the field, or 0 |. */
const ROW = 3;

/** Counts for a few of very many nodes. */
class Counts {
  readonly #counts = new Map<number, number>();
  readonly #counted: NodeSet;

  constructor(nodeCount: number) {
    this.#counted = new NodeSet(nodeCount);
  }

  has(node: number): boolean {
    return this.#counted.has(node);
  }

  of(node: number): number {
    return this.#counts.get(node) ?? 0;
  }

  add(node: number): void {
    this.#counted.add(node);
    this.#counts.set(node, this.of(node) + 1);
  }
}

/** The rows of objects' words, which the core has noted, and behind them rows without names for `others`; `ofBlocks` is where these begin. */
function rowsOf({ store }: GraphBuilder, others: readonly number[]): { rows: Uint32Array; ofBlocks: number } {
  const noted = ROW * store.f.loose_fields();
  const at = store.f.loose_field_rows() >>> 2;
  const rows = new Uint32Array(noted + (others.length / 2) * ROW);
  rows.set(store.words.subarray(at, at + noted));
  others.forEach((node, k) => {
    rows[noted + (k >>> 1) * ROW + (k & 1)] = node;
  });
  return { rows, ofBlocks: noted };
}

/**
 * The references among the fields that the core has noted, and among `others`: pairs of nodes, of which the first has the second one's
 * address in a block. `references` returns how many references the object of a node has. All other edges must be there already.
 */
export function findFields(
  graph: GraphBuilder,
  others: readonly number[],
  references: (node: number) => number,
): InsertedEdge[] {
  const { rows, ofBlocks } = rowsOf(graph, others);
  if (rows.length === 0) return [];
  const [words, inBlocks] = [new Counts(graph.nodeCount), new Counts(graph.nodeCount)];
  for (let at = 1; at < rows.length; at += ROW) (at < ofBlocks ? words : inBlocks).add(rows[at] as number);
  const known = new Counts(graph.nodeCount);
  const edges = graph.store.f.edges_count();
  const targets = graph.store.column("targets", edges);
  const kinds = graph.store.byteColumn("edgeKinds", edges);
  for (let edge = 0; edge < edges; edge++) {
    const target = targets[edge] as number;
    if ((words.has(target) || inBlocks.has(target)) && kinds[edge] !== EDGE.weak) known.add(target);
  }
  /** An object that is never freed does not count its references: a word has one if the field is known, or if there is no other. */
  const isReference = (target: number, name: number, isInBlock: boolean): boolean => {
    const all = references(target);
    if (all >= IMMORTAL) return name !== 0 || known.of(target) === 0;
    return all - known.of(target) >= words.of(target) + (isInBlock ? inBlocks.of(target) : 0);
  };
  const unnamed = graph.strings.number("(not visited)");
  const found: InsertedEdge[] = [];
  for (let at = 0; at < rows.length; at += ROW) {
    const node = rows[at] as number;
    const target = rows[at + 1] as number;
    const name = rows[at + 2] as number;
    if (!isReference(target, name, at >= ofBlocks)) continue;
    if (name === 0) found.push({ node, kind: EDGE.internal, name: unnamed, target });
    else found.push({ node, kind: EDGE.attribute, name, target });
  }
  return found;
}
