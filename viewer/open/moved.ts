// A page's data on their way from a worker: the memory of its columns is moved to the page. Otherwise the page would copy it
// before it gets the message, and could do nothing else meanwhile.

import type { PageData } from "../../src/page/model.js";

type Column = Uint8Array<ArrayBuffer> | Uint32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;

const isColumn = (value: unknown): value is Column => ArrayBuffer.isView(value);

/** A copy of the data whose columns can be moved, and their memory. What reads on may use the original's. */
export function movable(data: PageData): { readonly data: PageData; readonly memory: ArrayBuffer[] } {
  const memory: ArrayBuffer[] = [];
  const moved = <T>(part: T): T => {
    if (isColumn(part)) {
      const copy = part.slice();
      memory.push(copy.buffer);
      return copy as T;
    }
    return part;
  };
  const parts = Object.entries(data).map(([name, part]) => {
    const isTable = typeof part === "object" && part !== null && !Array.isArray(part);
    return [name, isTable ? Object.fromEntries(Object.entries(part).map(([key, value]) => [key, moved(value)])) : part];
  });
  return { data: Object.fromEntries(parts) as PageData, memory };
}
