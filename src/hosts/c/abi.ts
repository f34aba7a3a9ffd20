// Which modules and object files may use the Python/C API here: those that were compiled with pyheap's headers, of the
// same version. With other headers, CPython's for example, the layouts of structs differ, and the heap would write behind them.
//
//   section "pyheap.abi":  "1;1;"    a version for each file in C that includes Python.h (include/abi.h)

import * as C from "../../core/constants.gen.js";
import { needsApi } from "./environment.js";
import { LinkError } from "./link-error.js";
import { contentOf, functionTypes } from "./sections.js";

const SECTION = "pyheap.abi";

/** The versions of a mark, each once. */
function versionsIn(mark: Uint8Array | ArrayBuffer): string[] {
  const versions = new TextDecoder().decode(mark).split(";").slice(0, -1);
  return [...new Set(versions)];
}

/** What is wrong with code that imports these names and has this mark; undefined if nothing is. */
function complaint(imports: readonly string[], mark: Uint8Array | ArrayBuffer | undefined): string | undefined {
  const needed = imports.find(needsApi);
  if (needed === undefined) return undefined;
  if (mark === undefined) {
    return `it uses ${needed}, but was not compiled with pyheap's headers, so its objects have another layout: compile it with pyheap cc`;
  }
  const other = versionsIn(mark).find((version) => version !== String(C.ABI_VERSION));
  if (other === undefined) return undefined;
  return `it was compiled for version ${other} of the layouts of objects, and this is version ${C.ABI_VERSION}: compile it again with pyheap cc`;
}

/** Throws LinkError if the module uses the Python/C API, but was not compiled with these headers. */
export function mustShareLayouts(label: string, module: WebAssembly.Module): void {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const [mark] = WebAssembly.Module.customSections(module, SECTION);
  const wrong = complaint(names, mark);
  if (wrong !== undefined) throw new LinkError(`Cannot load ${label}: ${wrong}`);
}

/** Like mustShareLayouts, for an object file that is to be linked: what is wrong with it; undefined if nothing is. */
export function complaintAboutObject(bytes: Uint8Array): string | undefined {
  return complaint([...functionTypes(bytes).imported.keys()], contentOf(bytes, SECTION));
}
