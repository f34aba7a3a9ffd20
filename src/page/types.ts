// The types of blocks on a page: those of the objects in them, from a heap snapshot of the recording's end.

import { NODE, type ObjectGraph } from "../snapshot/graph.js";
import type { PageData } from "./model.js";

interface Places {
  /** Sorted. */
  readonly addresses: Uint32Array;
  /** The number of the type's name, for each. */
  readonly types: Uint32Array;
}

/** The objects of a graph by address. An object's id is its address. */
function objectsByAddress({ nodeCount, kinds, ids, types }: ObjectGraph): Places {
  const isObject = (node: number) => kinds[node] === NODE.object || kinds[node] === NODE.string;
  const nodes = Uint32Array.from({ length: nodeCount }, (_, node) => node).filter(isObject);
  nodes.sort((a, b) => (ids[a] as number) - (ids[b] as number));
  return {
    addresses: nodes.map((node) => ids[node] as number),
    types: nodes.map((node) => types[node] as number),
  };
}

/** Adds the types of the blocks that are live at the end. An object is in a block: behind its header, if it has one. */
export function withTypes(data: PageData, graph: ObjectGraph): PageData {
  const { blocks } = data;
  const last = blocks.froms.length - 1;
  const objects = objectsByAddress(graph);
  const names: string[] = [];
  const numbers = new Map<string, number>();
  const types = new Uint32Array(blocks.addresses.length);
  // Blocks are sorted by address, too.
  let at = 0;
  for (let block = 0; block < types.length; block++) {
    const begin = blocks.addresses[block] as number;
    while (at < objects.addresses.length && (objects.addresses[at] as number) < begin) at++;
    const address = objects.addresses[at];
    const isInside = address !== undefined && address < begin + (blocks.sizes[block] as number);
    if (!isInside || (blocks.lasts[block] as number) < last) continue;
    const name = graph.strings[objects.types[at] as number] ?? "";
    const number = numbers.get(name) ?? names.push(name);
    numbers.set(name, number);
    types[block] = number;
  }
  return { ...data, header: { ...data.header, types: names }, blocks: { ...blocks, types } };
}
