// References that no tp_traverse shows: the time zone of a datetime, which the collector does not know; the name of a method,
// which can't be a part of a cycle. An object then has the address of another one in its words, or in a block that belongs to
// it; and a function that runs has it on its stack, where older values are, too. A word may equal an address by chance, and C may use an object without owning a reference. So it counts only if
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

/** Pairs of nodes, of which the first has the second one's address: on the stack of a function that runs, or in a block. */
export interface OtherWords {
  readonly onStacks: readonly number[];
  readonly inBlocks: readonly number[];
}

/**
 * The rows of objects' words, which the core has noted, and behind them rows for other words; `stacks` and `blocks` are where these
 * begin.
 */
function rowsOf(
  { store }: GraphBuilder,
  others: OtherWords,
  stack: number,
): { rows: Uint32Array; stacks: number; blocks: number } {
  const stacks = ROW * store.f.loose_fields();
  const at = store.f.loose_field_rows() >>> 2;
  const { onStacks, inBlocks } = others;
  const blocks = stacks + (onStacks.length / 2) * ROW;
  const rows = new Uint32Array(blocks + (inBlocks.length / 2) * ROW);
  rows.set(store.words.subarray(at, at + stacks));
  const put = (pairs: readonly number[], name: number, from: number) => {
    for (let k = 0; k < pairs.length; k += 2)
      rows.set([pairs[k] as number, pairs[k + 1] as number, name], from + (k / 2) * ROW);
  };
  put(onStacks, stack, stacks);
  put(inBlocks, 0, blocks);
  return { rows, stacks, blocks };
}

/**
 * The references among the fields that the core has noted, and among `others`. `references` returns how many references the object of a node has. All other edges must be there already.
 */
export function findFields(
  graph: GraphBuilder,
  others: OtherWords,
  references: (node: number) => number,
): InsertedEdge[] {
  const { rows, stacks, blocks } = rowsOf(graph, others, graph.strings.number("(stack)"));
  if (rows.length === 0) return [];
  const [words, inBlocks] = [new Counts(graph.nodeCount), new Counts(graph.nodeCount)];
  for (let at = 1; at < rows.length; at += ROW) (at < blocks ? words : inBlocks).add(rows[at] as number);
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
    if (!isReference(target, name, at >= blocks)) continue;
    if (name === 0) found.push({ node, kind: EDGE.internal, name: unnamed, target });
    else found.push({ node, kind: at < stacks ? EDGE.attribute : EDGE.internal, name, target });
  }
  return found;
}
