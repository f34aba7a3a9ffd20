// The versions of CPython whose stacks can be read. What differs by version stands in the files beside this one.

import { CPYTHON_3_12 } from "./cpython-3.12.js";
import { CPYTHON_3_13 } from "./cpython-3.13.js";
import { CPYTHON_3_14 } from "./cpython-3.14.js";
import { CPYTHON_3_15 } from "./cpython-3.15.js";
import { readDebugOffsets, type StackLayout } from "./layout.js";

const KNOWN = [CPYTHON_3_12, CPYTHON_3_13, CPYTHON_3_14, CPYTHON_3_15];

/** As people write it: "3.12 to 3.15". */
export const KNOWN_VERSIONS = [KNOWN.at(0), KNOWN.at(-1)]
  .map((version) => `${(version?.number ?? 0) >>> 8}.${(version?.number ?? 0) & 0xff}`)
  .join(" to ");

/** The layout of the interpreter whose `_PyRuntime` is at an address of a memory, and whose PY_VERSION_HEX is given; undefined if it is not known. */
export function stackLayout(memory: WebAssembly.Memory, runtime: number, version: number): StackLayout | undefined {
  const stack = KNOWN.find(({ number }) => number === version >>> 16)?.stack;
  return stack && "landmarks" in stack ? readDebugOffsets(memory, runtime, stack) : stack;
}
