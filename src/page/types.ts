// The types of blocks on a page: those of the objects in them, from the recording, or from a heap snapshot of its end.

import { NODE, type ObjectGraph } from "../snapshot/graph.js";
import type { PageData } from "./model.js";

interface Places {
  /** In ascending order. */
  readonly addresses: Uint32Array;
  /** For each address: the number of the type's name. */
  readonly types: Uint32Array;
}

/** The objects of a graph, and the buffers that they own, by address. An object's id is its address. */
function objectsByAddress(graph: ObjectGraph): Places {
  const { nodeCount, kinds, ids, types, bufferAddresses, bufferOwners } = graph;
  const addresses: number[] = [];
  const names: number[] = [];
  for (let node = 0; node < nodeCount; node++) {
    if (kinds[node] !== NODE.object && kinds[node] !== NODE.string) continue;
    addresses.push(ids[node] as number);
    names.push(types[node] as number);
  }
  bufferOwners.forEach((owner, k) => {
    addresses.push(bufferAddresses[k] as number);
    names.push(types[owner] as number);
  });
  const order = Uint32Array.from(addresses.keys()).sort((a, b) => (addresses[a] as number) - (addresses[b] as number));
  return { addresses: order.map((k) => addresses[k] as number), types: order.map((k) => names[k] as number) };
}

/** Adds the recorded types, to blocks of all moments. A block whose type was not recorded gets 0. */
export function withRecordedTypes(data: PageData): PageData {
  const { header, nodes, accounts, blocks } = data;
  const names: string[] = [];
  /** The number of the type that each function stands for; 0 if it stands for none. */
  const numbers = header.functions.map(({ isType, name }) => (isType ? names.push(name) : 0));
  if (names.length === 0) return data;
  const types = blocks.accounts.map((account) => numbers[nodes.functions[accounts.nodes[account] ?? 0] ?? 0] ?? 0);
  return { ...data, header: { ...header, types: names }, blocks: { ...blocks, types } };
}

/**
 * Adds the types of the blocks that are live at the end: that of the object in the block, which may begin after a header;
 * or that of the object that owns the block.
 */
export function withTypes(data: PageData, graph: ObjectGraph): PageData {
  const { blocks } = data;
  const last = blocks.froms.length - 1;
  const objects = objectsByAddress(graph);
  // Types that were recorded stay where the snapshot has none.
  const names = [...(data.header.types ?? [])];
  const numbers = new Map(names.map((name, k) => [name, k + 1]));
  const types = new Uint32Array(blocks.addresses.length);
  types.set(blocks.types);
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
