// What the static data of C code says about objects: which ones have their address there, in a variable or a table; and which
// dicts belong to the types that are built in, whose records are there.

import type { GraphBuilder, InsertedEdge } from "../../../snapshot/builder.js";
import { EDGE } from "../../../snapshot/graph.js";
import { NodeSet } from "../../../snapshot/node-set.js";
import type { Blocks } from "./blocks.js";
import type { ObjectMemory } from "./memory.js";
import type { Types } from "./types.js";

/** The parts of an interpreter's module that tell where its static data is. */
export interface StaticsModule {
  readonly data: { readonly __heap_base: number };
  /** The limits of C's stack: the lowest address, and the one after the highest. */
  emscripten_stack_get_end?(): number;
  emscripten_stack_get_base?(): number;
}

interface Read {
  readonly graph: GraphBuilder;
  readonly memory: ObjectMemory;
  readonly types: Types;
  readonly blocks: Blocks;
}

interface Statics {
  /** The nodes whose addresses are in static data. A number there may equal an address by chance. */
  readonly inStatics: NodeSet;
  /** The nodes of the dicts among them. */
  readonly dicts: ReadonlySet<number>;
  /** Edges from built-in types to their dicts. */
  readonly ofTypes: InsertedEdge[];
}

/**
 * The interpreter's record of a built-in type:
 *
 *   | address of the type | two or three flags | __dict__ | dict of the subclasses | ...
 */
const RECORD = { mostFlags: 3, dicts: ["__dict__", "(subclasses)"] } as const;

/** Looks for the addresses of the first `nodeCount` nodes. */
export function findInStatics(read: Read, python: StaticsModule, nodeCount: number): Statics {
  const { graph, memory, types, blocks } = read;
  const { words } = memory;
  const { f } = graph.store;
  const inStatics = new NodeSet(nodeCount);
  const dicts = new Set<number>();
  const ofTypes: InsertedEdge[] = [];
  // C's stack still has addresses from calls that have ended.
  const ranges = [
    [0, python.emscripten_stack_get_end?.() ?? 0],
    [python.emscripten_stack_get_base?.() ?? 0, python.data.__heap_base],
  ] as const;
  for (const [begin, end] of ranges) {
    for (let at = begin >>> 2; at < end >>> 2; at++) {
      const word = words[at] as number;
      if ((word & 3) !== 0 || !blocks.isDynamic(word)) continue;
      const node = f.nodes_find(word);
      if (node < 0 || node >= nodeCount) continue;
      inStatics.add(node);
      if (types.at(memory.typeOf(word)).kind !== "dict") continue;
      dicts.add(node);
      const edge = ofBuiltInType(read, at, node);
      if (edge) ofTypes.push(edge);
    }
  }
  return { inStatics, dicts, ofTypes };
}

/** The edge from a built-in type to a dict, if words[at], which has the dict's address, is in the type's record. */
function ofBuiltInType({ graph, memory, types, blocks }: Read, at: number, dict: number): InsertedEdge | undefined {
  for (const [k, text] of RECORD.dicts.entries()) {
    const lastFlag = at - k - 1;
    let type = lastFlag;
    while (lastFlag - type < RECORD.mostFlags && (memory.words[type] as number) <= 1) type--;
    const address = memory.words[type] as number;
    if (type === lastFlag || blocks.isDynamic(address) || !types.isKnown(address)) continue;
    const node = graph.store.f.nodes_find(address);
    if (node >= 0) return { node, kind: EDGE.internal, name: graph.strings.number(text), target: dict };
  }
  return undefined;
}
