// The core's whole module: the allocators and the objects, as the host sees them.

import { crc32 } from "../ground/crc32.js";
import { ALLOCATOR_TABLE, OBJECT_TABLE } from "./catalogue.gen.js";
import { type Core, compileBase64, instantiate, pick } from "./core.js";
import {
  CORE_IMPORTS,
  type ObjectApi,
  WHOLE_IMPORTS,
  type WholeFunctions,
  type WholeImports,
} from "./functions.gen.js";
import { WHOLE_BASE64 } from "./whole.generated.js";

export type WholeCore = Core<WholeFunctions>;

/** The functions on objects that any module can import, by their names in the Python/C API. */
export const OBJECT_API = [
  "PyType_GenericAlloc",
  "Py_IncRef",
  "Py_DecRef",
] as const satisfies readonly (keyof ObjectApi)[];

let knownChecksum: number | undefined;

/** A checksum that tells this build of the core from others. */
export function wholeChecksum(): number {
  knownChecksum ??= crc32(new TextEncoder().encode(WHOLE_BASE64));
  return knownChecksum;
}

/** The whole module. */
export function wholeModule(): Promise<WebAssembly.Module> {
  return compileBase64(WHOLE_BASE64);
}

/**
 * An instance with its control block at `control`, and its functions in new entries of the table. It is not a heap yet. `journal` is the
 * address of a shared heap's journal.
 */
export function instantiateWhole(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  table: WebAssembly.Table,
  control: number,
  host: WholeImports,
  journal?: number,
): WholeCore {
  const imports = pick(host, [...CORE_IMPORTS, ...WHOLE_IMPORTS]);
  return instantiate(module, memory, table, control, imports, [...ALLOCATOR_TABLE, ...OBJECT_TABLE], journal);
}
