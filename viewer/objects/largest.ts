// The largest of many.

import { firstIndex } from "../sorted.js";

/** At most `most` of the items: those with the highest values, the highest first. */
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
