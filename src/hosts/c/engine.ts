// Compiling, reading and instantiating a module by the JavaScript engine; its errors get the module's name.

import { LinkError } from "./link-error.js";
import { type Dylink, readDylink } from "./sections.js";

/** A limit for bytes of data, and for entries of the table: no module has more. */
const MOST_WANTED = 2 ** 30;

/** Compiles the module. Throws CompileError, which names it. */
export function compile(name: string, bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new WebAssembly.CompileError(`Cannot load ${name}: not valid WebAssembly: ${reasonOf(error)}`);
  }
}

/** The engine's message, without the name of the JavaScript function at its beginning. */
function reasonOf({ message }: Error): string {
  return message.replace(/^WebAssembly\.\w+\(\): /, "");
}

/**
 * The module's description as a dynamic library. Throws LinkError if it is not one, or if it asks for more memory or
 * table entries than any heap has.
 */
export function dylinkOf(name: string, module: WebAssembly.Module): Dylink {
  let dylink: Dylink | undefined;
  try {
    dylink = readDylink(module);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw new LinkError(`Cannot load ${name}: its "dylink.0" section is broken`);
  }
  if (!dylink) {
    throw new LinkError(
      `Cannot load ${name}: not a dynamic library, it has no "dylink.0" section (build it with pyheap cc, or -fPIC and -shared)`,
    );
  }
  const { memoryBytes, memoryAlignment, tableEntries, tableAlignment } = dylink;
  if (Math.max(memoryBytes, tableEntries, memoryAlignment, tableAlignment) > MOST_WANTED) {
    throw new LinkError(
      `Cannot load ${name}: it wants ${memoryBytes} bytes at a multiple of ${memoryAlignment}, and ${tableEntries} entries at a multiple of ${tableAlignment}`,
    );
  }
  return dylink;
}

/**
 * The exports of an instance. Throws LinkError if an import does not have the kind or the type that the module expects.
 */
export function instantiated(
  name: string,
  module: WebAssembly.Module,
  imports: WebAssembly.Imports,
): WebAssembly.Exports {
  try {
    return new WebAssembly.Instance(module, imports).exports;
  } catch (error) {
    if (!(error instanceof WebAssembly.LinkError)) throw error;
    throw new LinkError(`Cannot load ${name}: ${reasonOf(error)}`);
  }
}
