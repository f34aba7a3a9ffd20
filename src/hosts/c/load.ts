// heap.load: what modules are loaded from, and how.

import type { Imports } from "./loaded.js";
import { type Program, readSource, type WasmSource } from "./source.js";

export interface LoadOptions {
  /** What the module is called in reports, and what others need it by; the default is its file's name. */
  readonly name?: string;
  /** Functions (and globals) that the module may import from "env", beside those of the heap and of other modules. */
  readonly imports?: Imports;
  /**
   * Bytes of the stack that all modules in C of the heap share: the first that is loaded decides. The default is what is below the heap,
   * 256 KiB: there, to overrun it does no harm.
   */
  readonly stackBytes?: number;
}

const MOST_STACK = 2 ** 30;

interface Prepared {
  readonly programs: readonly Program[];
  readonly imports: Imports;
  readonly stackBytes: number | undefined;
}

/** Reads modules that may need each other, and checks what is asked of them. */
export async function loadPrograms(
  sources: readonly WasmSource[],
  { name, imports = {}, stackBytes }: LoadOptions,
): Promise<Prepared> {
  if (stackBytes !== undefined && !(Number.isInteger(stackBytes) && stackBytes >= 1024 && stackBytes <= MOST_STACK)) {
    throw new RangeError(`Cannot make a stack of ${stackBytes} bytes: not a whole number from 1024 to ${MOST_STACK}`);
  }
  if (name !== undefined && typeof name !== "string")
    throw new TypeError("Cannot load a module: its name is not a string");
  if (typeof imports !== "object" || imports === null) {
    throw new TypeError("Cannot load a module: its imports are not an object with functions by name");
  }
  const programs = await Promise.all(
    sources.map((source) => readSource(source, sources.length > 1 ? undefined : name)),
  );
  return { programs, imports, stackBytes };
}
