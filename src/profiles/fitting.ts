// A profile in a message of limited size: a browser lets a page that ends send 64 KiB.

import { nodesOf } from "../report/export/stacks.js";
import type { HeapProfile, StackSums } from "./continuous.js";

/** How many outermost frames of each stack stay, until the message is small enough. */
const DEPTHS = [64, 32, 16, 8, 4, 2, 1, 0];

/** The profile with at most `most` frames for each stack, the outermost ones. All sums stay as they are. */
function shallow(profile: HeapProfile, most: number): HeapProfile {
  const sums = new Map<number, { -readonly [Key in keyof StackSums]: number }>();
  for (const { node: innermost, ...own } of profile.stacks) {
    const nodes = [...nodesOf(profile.tree, innermost)];
    const node = most === 0 ? 0 : (nodes[Math.max(0, nodes.length - most)] ?? 0);
    const sum = sums.get(node) ?? { node, allocCount: 0, allocBytes: 0, liveCount: 0, liveBytes: 0 };
    sum.allocCount += own.allocCount;
    sum.allocBytes += own.allocBytes;
    sum.liveCount += own.liveCount;
    sum.liveBytes += own.liveBytes;
    sums.set(node, sum);
  }
  return { ...profile, stacks: [...sums.values()] };
}

/** The message that `encode` makes of the profile; with shorter stacks, if it would have more than `most` bytes. */
export function fitting<T extends { readonly size: number }>(
  profile: HeapProfile,
  most: number,
  encode: (profile: HeapProfile) => T,
): T {
  let message = encode(profile);
  for (const depth of DEPTHS) {
    if (message.size <= most) break;
    message = encode(shallow(profile, depth));
  }
  return message;
}
