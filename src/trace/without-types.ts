// Omits the types of a trace. In a trace with types, the type of an object is a node below the stack that allocated the
// object; without types, the object belongs to the stack itself. Functions and stacks get the numbers that they would
// have if types had not been recorded.

import type { TraceFunction } from "./format.js";
import { GrowingU32 } from "./growing.js";
import type { TraceConsumer } from "./reader.js";

/** The new number of a function or node that the trace has not defined: the consumer refuses it. */
const NOT_THERE = Number.POSITIVE_INFINITY;

const numberIn = (column: GrowingU32, number: number) => (number < column.length ? column.at(number) : NOT_THERE);

/** Passes a trace on to `to`, without types. */
export function withoutTypes(to: TraceConsumer): TraceConsumer {
  /** The new number of each old one. A type has the number 0; its node has the number of its stack. */
  const functions = new GrowingU32();
  const nodes = new GrowingU32();
  let [functionCount, nodeCount] = [0, 0];
  functions.push(0);
  nodes.push(0);
  const nodeOf = (node: number) => numberIn(nodes, node);
  return {
    metadata: (metadata) => to.metadata(metadata),
    function: (f: TraceFunction) => {
      functions.push(f.isType ? 0 : ++functionCount);
      if (!f.isType) to.function(f);
    },
    node: (parent, functionNumber, line) => {
      const number = numberIn(functions, functionNumber);
      const isType = number === 0 && functionNumber !== 0;
      if (!isType) to.node(nodeOf(parent), number, line);
      nodes.push(isType ? nodeOf(parent) : ++nodeCount);
    },
    allocate: (address, size, tag, node) => to.allocate(address, size, tag, nodeOf(node)),
    resize: (before, address, size, tag, node) => to.resize(before, address, size, tag, nodeOf(node)),
    baseGone: (domain, size, count, bytes, node) => to.baseGone(domain, size, count, bytes, nodeOf(node)),
    baseBlock: (address, size, tag, node) => to.baseBlock(address, size, tag, nodeOf(node)),
    account: (node, domain, sizeClass, measures) => to.account(nodeOf(node), domain, sizeClass, measures),
    free: (address) => to.free(address),
    outgrown: (before) => to.outgrown(before),
    others: (count) => to.others(count),
    liveNow: (bytes) => to.liveNow(bytes),
    time: (microseconds) => to.time(microseconds),
    reserved: (bytes) => to.reserved(bytes),
    program: () => to.program(),
    collection: (collection) => to.collection(collection),
    whole: (whole) => to.whole(whole),
  };
}

/** The consumer that a recording is to be passed to: without types, unless `to` wants them. */
export const asWanted = (to: TraceConsumer, hasTypes: boolean | undefined): TraceConsumer =>
  hasTypes && !to.wantsTypes ? withoutTypes(to) : to;
