// Sums by key: bytes and blocks.

import type { Measure } from "../src/trace/accounts.js";

/** Adds bytes and blocks to the sum of a key. */
export function addTo<Key>(sums: Map<Key, Measure>, key: Key, { bytes, count }: Measure): void {
  const before = sums.get(key) ?? { bytes: 0, count: 0 };
  sums.set(key, { bytes: before.bytes + bytes, count: before.count + count });
}
