// Finds the largest of many items.

import { firstIndex } from "../sorted.js";

/** The items with the highest values, the highest first. The limit for their number is `most`. */
export function largest(items: Iterable<number>, most: number, value: (item: number) => number): number[] {
  const found: number[] = [];
  for (const item of items) {
    const its = value(item);
    if (found.length === most && its <= value(found[most - 1] as number)) continue;
    found.splice(
      firstIndex(found.length, (k) => value(found[k] as number) >= its),
      0,
      item,
    );
    if (found.length > most) found.pop();
  }
  return found;
}
