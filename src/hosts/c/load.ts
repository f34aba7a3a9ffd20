// The options of heap.load, and how its sources are read.

import type { Imports } from "./loaded.js";
import { type Program, readSource, type WasmSource } from "./source.js";

export interface LoadOptions {
  /**
   * The name of the module in reports, and for other modules that need it; the default is its file's name, or `module` without a file.
   * It is ignored if several modules are loaded.
   */
  readonly name?: string;
  /**
   * Functions (and globals) that the module may import from "env", in addition to those of the heap and of other
   * modules.
   */
  readonly imports?: Imports;
  /**
   * The size in bytes of the stack that all modules in C of the heap share. The first module that is loaded decides.
   * The default is the memory below the heap: `base` bytes, 256 KiB if none is given, where an overrun does no harm. If the heap's memory
   * was given, the default is a block of 256 KiB, where an overrun is noticed when the call ends.
   */
  readonly stackBytes?: number;
  /**
   * The full name of the Python module, such as `bitarray._util`: what its `__name__` is, and how other modules import it. The default is
   * the name of its PyInit function without `PyInit_`.
   */
  readonly module?: string;
}

const MOST_STACK = 2 ** 30;

/** What the linker loads, and how. */
export interface Prepared {
  readonly programs: readonly Program[];
  readonly imports: Imports;
  readonly stackBytes: number | undefined;
  readonly module: string | undefined;
}

/** Reads modules that may need each other, and checks their options. */
export async function loadPrograms(
  sources: readonly WasmSource[],
  { name, imports = {}, stackBytes, module }: LoadOptions,
): Promise<Prepared> {
  if (stackBytes !== undefined && !(Number.isInteger(stackBytes) && stackBytes >= 1024 && stackBytes <= MOST_STACK)) {
    throw new RangeError(`Cannot make a stack of ${stackBytes} bytes: not a whole number from 1024 to ${MOST_STACK}`);
  }
  if (name !== undefined && typeof name !== "string")
    throw new TypeError("Cannot load a module: its name is not a string");
  if (module !== undefined && typeof module !== "string")
    throw new TypeError("Cannot load a module: its full name in Python is not a string");
  if (typeof imports !== "object" || imports === null) {
    throw new TypeError("Cannot load a module: its imports are not an object with functions by name");
  }
  const programs = await Promise.all(
    sources.map((source) => readSource(source, sources.length > 1 ? undefined : name)),
  );
  return { programs, imports, stackBytes, module };
}
