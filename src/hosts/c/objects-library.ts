// The library of objects (capi/objects/): capsules, slices, bytearrays, imports and whatever else of the Python/C API is written in C and
// must exist once for all modules of a heap. `pyheap cc` puts it into each module that uses one of its names, as a section; the linker
// loads it before the first such module, and unloads it after the last.
//
//   spam.wasm:  ... | "pyheap.objects": the library, itself a WebAssembly module

import { withSection } from "./sections.js";

const SECTION = "pyheap.objects";

/** The library's name among the loaded modules. */
export const OBJECTS_LIBRARY = "pyheap.objects";

/** The same module, with the library if it uses one of the library's names. */
export function withLibrary(bytes: Uint8Array<ArrayBuffer>, library: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const defined = new Set(WebAssembly.Module.exports(new WebAssembly.Module(library)).map(({ name }) => name));
  const used = WebAssembly.Module.imports(new WebAssembly.Module(bytes));
  return used.some(({ name }) => defined.has(name)) ? withSection(bytes, SECTION, library) : bytes;
}

/** The library that a module brings; undefined if it needs none. */
export function libraryIn(module: WebAssembly.Module): Uint8Array<ArrayBuffer> | undefined {
  const [content] = WebAssembly.Module.customSections(module, SECTION);
  return content && new Uint8Array(content);
}
