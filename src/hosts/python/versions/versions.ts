// The versions of CPython whose stacks can be read. The files beside this one have their differences.

import { CPYTHON_3_12 } from "./cpython-3.12.js";
import { CPYTHON_3_13 } from "./cpython-3.13.js";
import { CPYTHON_3_14 } from "./cpython-3.14.js";
import { CPYTHON_3_15 } from "./cpython-3.15.js";
import { type ObjectLayout, readDebugOffsets, type StackLayout } from "./layout.js";
import { readTaskLayout, type TaskLayout } from "./tasks.js";

const KNOWN = [CPYTHON_3_12, CPYTHON_3_13, CPYTHON_3_14, CPYTHON_3_15];

/** The known versions in words: "3.12 to 3.15". */
export const KNOWN_VERSIONS = [KNOWN.at(0), KNOWN.at(-1)]
  .map((version) => `${(version?.number ?? 0) >>> 8}.${(version?.number ?? 0) & 0xff}`)
  .join(" to ");

/** The versions of Pyodide that have these. */
export const KNOWN_PYODIDES = "0.27.5 to 315";

const knownVersion = (version: number) => KNOWN.find(({ number }) => number === version >>> 16);

/** The layout for the interpreter with this `_PyRuntime` and this PY_VERSION_HEX; undefined if it is not known. */
export function stackLayout(memory: WebAssembly.Memory, runtime: number, version: number): StackLayout | undefined {
  const stack = knownVersion(version)?.stack;
  return stack && "landmarks" in stack ? readDebugOffsets(memory, runtime, stack) : stack;
}

/** The layout of the objects of the version with this PY_VERSION_HEX; undefined if it is not known. */
export function objectLayout(version: number): ObjectLayout | undefined {
  return knownVersion(version)?.objects;
}

/** Where an interpreter has asyncio's tasks; its static data end at `end`. Undefined if that is not known. */
export function taskLayout(
  memory: WebAssembly.Memory,
  runtime: number,
  version: number,
  end: number,
): TaskLayout | undefined {
  const { stack, tasks } = knownVersion(version) ?? {};
  if (!tasks || !stack || !("landmarks" in stack) || !readDebugOffsets(memory, runtime, stack)) return undefined;
  return readTaskLayout(memory, runtime, end, tasks);
}
