// Which modules and object files fit each other and a heap: those that were compiled with pyheap's headers, of the same version, for
// the same target. With other headers, CPython's for example, a type is shorter, and the heap would write behind it.
//
//   section "pyheap.abi":  "3;3;"            a version for each file in C that includes Python.h (include/abi.h)
//                          "cpython314;"     the file was compiled for CPython

import * as C from "../../core/constants.gen.js";
import { needsApi } from "./environment.js";
import { LinkError } from "./link-error.js";
import { contentOf, functionTypes } from "./sections.js";
import type { TargetName } from "./target.js";

const SECTION = "pyheap.abi";
/** The marks of the files that can be linked to a module for a target. */
const MARKS: Readonly<Record<TargetName, string>> = { heap: String(C.ABI_VERSION), cpython: "cpython314" };
const COMMANDS: Readonly<Record<TargetName, string>> = { heap: "pyheap cc", cpython: "pyheap cc --for cpython" };

/** The versions of a mark, each once. */
function versionsIn(mark: Uint8Array | ArrayBuffer): string[] {
  const versions = new TextDecoder().decode(mark).split(";").slice(0, -1);
  return [...new Set(versions)];
}

/** What is wrong with code that imports these names and has this mark; undefined if nothing is. */
function complaint(
  imports: readonly string[],
  mark: Uint8Array | ArrayBuffer | undefined,
  target: TargetName,
): string | undefined {
  const needed = imports.find(needsApi);
  if (needed === undefined) return undefined;
  if (mark === undefined) {
    // Files without a mark were compiled with CPython's own headers.
    if (target === "cpython") return undefined;
    return `it uses ${needed}, but was not compiled with pyheap's headers, so its objects have another layout: compile it with pyheap cc`;
  }
  const other = versionsIn(mark).find((version) => version !== MARKS[target]);
  if (other === undefined) return undefined;
  if (other === MARKS.cpython) return `it was compiled for CPython: compile it again with ${COMMANDS.heap}`;
  if (target === "cpython") return `it was compiled for a heap: compile it again with ${COMMANDS.cpython}`;
  return `it was compiled for version ${other} of the layouts of objects, and this is version ${MARKS.heap}: compile it again with ${COMMANDS.heap}`;
}

/** Throws LinkError if the module uses the Python/C API, but was not compiled with these headers for a heap. */
export function mustShareLayouts(label: string, module: WebAssembly.Module): void {
  const names = WebAssembly.Module.imports(module).map(({ name }) => name);
  const [mark] = WebAssembly.Module.customSections(module, SECTION);
  const wrong = complaint(names, mark, "heap");
  if (wrong !== undefined) throw new LinkError(`Cannot load ${label}: ${wrong}`);
}

/** Like mustShareLayouts, for an object file that is to be linked: what is wrong with it; undefined if nothing is. */
export function complaintAboutObject(bytes: Uint8Array, target: TargetName): string | undefined {
  return complaint([...functionTypes(bytes).imported.keys()], contentOf(bytes, SECTION), target);
}
