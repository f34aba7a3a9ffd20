// One function in the stacks: its lines, its callers, and the functions that it calls.
//
//   total    the sum of the stacks with the function; a stack counts once, however often the function is on it
//   own      what the function itself allocated
//   callers  who made the outermost call of the function on each stack: with the stacks that begin with the function, they
//            add up to the total
//   callees  whom the innermost call of the function on each stack called: with its own, they add up to the total

import { placeOf } from "../text/labels.js";
import type { Measure, View } from "../trace/accounts.js";
import type { Frame } from "../trace/tree.js";
import { type Groupable, labelOf, sumByNode } from "./trace-groups.js";

/** The share of a caller, a callee or a line. */
export interface Share extends Measure {
  readonly frame: Frame;
}

/** All that is known about a function's calls. */
export interface FunctionCalls {
  readonly label: string;
  readonly own: Measure;
  readonly total: Measure;
  readonly lines: readonly Share[];
  readonly callers: readonly Share[];
  readonly callees: readonly Share[];
}

/** Sums by a key, each with one of the frames that have this key. */
class Shares {
  readonly #shares = new Map<string, { frame: Frame; bytes: number; count: number }>();

  add(key: string, frame: Frame, size: number, blocks: number): void {
    const share = this.#shares.get(key) ?? { frame, bytes: 0, count: 0 };
    this.#shares.set(key, share);
    share.bytes += size;
    share.count += blocks;
  }

  /** The shares that are not zero, the most bytes first. */
  get list(): Share[] {
    const all = [...this.#shares.values()].filter((share) => share.bytes >= 0.5 || share.count >= 0.5);
    return all.sort((a, b) => b.bytes - a.bytes || b.count - a.count);
  }
}

/** A function's calls; `label` is its name as labelOf gives it. */
export function callsOf(stacks: Groupable, view: View, label: string): FunctionCalls {
  const { tree } = stacks;
  const { ownBytes, ownCount, totalBytes, totalCount } = sumByNode(stacks, view);
  const isIt = Uint8Array.from({ length: tree.length }, (_, node) =>
    labelOf(tree, node, "function") === label ? 1 : 0,
  );
  /** Whether the function is among a node's callers. */
  const isBelow = new Uint8Array(tree.length);
  /** For each node, the sum of the stacks that pass through it, and on which the function does not occur again further inside. */
  const [apartBytes, apartCount] = [ownBytes.slice(), ownCount.slice()];
  for (let node = 1; node < tree.length; node++) {
    const caller = tree.parent(node);
    isBelow[node] = (isBelow[caller] as number) | (isIt[caller] as number);
  }
  for (let node = tree.length - 1; node > 0; node--) {
    if (isIt[node]) continue;
    const caller = tree.parent(node);
    apartBytes[caller] = (apartBytes[caller] as number) + (apartBytes[node] as number);
    apartCount[caller] = (apartCount[caller] as number) + (apartCount[node] as number);
  }
  const [lines, callers, callees] = [new Shares(), new Shares(), new Shares()];
  const sum = { own: { bytes: 0, count: 0 }, total: { bytes: 0, count: 0 } };
  for (let node = 0; node < tree.length; node++) {
    const caller = tree.parent(node);
    const place = placeOf(tree.frame(caller).function, tree.line(caller));
    if (isIt[node]) {
      sum.own.bytes += ownBytes[node] as number;
      sum.own.count += ownCount[node] as number;
      lines.add(String(tree.line(node)), tree.frame(node), apartBytes[node] as number, apartCount[node] as number);
      // The root only has allocations without a stack.
      const [allBytes, allCount] = node === 0 ? [ownBytes, ownCount] : [totalBytes, totalCount];
      if (isBelow[node]) continue;
      sum.total.bytes += allBytes[node] as number;
      sum.total.count += allCount[node] as number;
      if (caller === 0) continue;
      callers.add(
        `${labelOf(tree, caller, "function")} ${place}`,
        tree.frame(caller),
        allBytes[node] as number,
        allCount[node] as number,
      );
    } else if (node !== 0 && caller !== 0 && isIt[caller]) {
      const f = tree.frame(node).function;
      const frame = { function: f, line: f.firstLine };
      callees.add(labelOf(tree, node, "function"), frame, apartBytes[node] as number, apartCount[node] as number);
    }
  }
  return { label, ...sum, lines: lines.list, callers: callers.list, callees: callees.list };
}
