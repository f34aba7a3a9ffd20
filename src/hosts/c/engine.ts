// What the engine makes of a module, with errors that name it.

import { LinkError } from "./link-error.js";
import { type Dylink, readDylink } from "./sections.js";

/** More bytes of data, and more entries of the table, no module has. */
const MOST_WANTED = 2 ** 30;

/** The module, compiled. Throws CompileError, which names it. */
export function compile(name: string, bytes: Uint8Array<ArrayBuffer>): WebAssembly.Module {
  try {
    return new WebAssembly.Module(bytes);
  } catch (error) {
    if (!(error instanceof WebAssembly.CompileError)) throw error;
    throw new WebAssembly.CompileError(`Cannot load ${name}: not valid WebAssembly: ${reasonOf(error)}`);
  }
}

/** What an engine says, without the function of JavaScript's that it says it of. */
function reasonOf({ message }: Error): string {
  return message.replace(/^WebAssembly\.\w+\(\): /, "");
}

/** What the module says as a dynamic library. Throws LinkError if it is none, or wants what no heap has. */
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

/** The exports of an instance. Throws LinkError if an import is not of the kind, or of the type, that the module wants. */
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
