// The core's module for threads as the host sees it: the allocators over a shared memory, an instance in each worker.

import { crc32 } from "../ground/crc32.js";
import { ALLOCATOR_TABLE } from "./catalogue.gen.js";
import { compileBase64, pick } from "./core.js";
import { THREAD_IMPORTS, type ThreadFunctions, type ThreadImports } from "./functions.gen.js";
import { THREADS_BASE64 } from "./threads.generated.js";

export interface ThreadCore {
  readonly module: WebAssembly.Module;
  readonly functions: ThreadFunctions;
  readonly memory: WebAssembly.Memory;
  /** Address of the control block of the thread that began the heap; it has what all threads share. */
  readonly base: number;
  /** Address of the thread's own control block. */
  readonly control: number;
}

/** Table index of the core's first function. */
export const TABLE_BASE = 1;

export function threadsModule(): Promise<WebAssembly.Module> {
  return compileBase64(THREADS_BASE64);
}

let knownChecksum: number | undefined;

/** A checksum that tells this build of the core from others. */
export function threadsChecksum(): number {
  knownChecksum ??= crc32(new TextEncoder().encode(THREADS_BASE64));
  return knownChecksum;
}

/** An instance for the thread whose control block is at `control`, in the heap that begins at `base`. */
export function instantiateThread(
  module: WebAssembly.Module,
  memory: WebAssembly.Memory,
  base: number,
  control: number,
  host: ThreadImports,
): ThreadCore {
  const table = new WebAssembly.Table({ element: "anyfunc", initial: TABLE_BASE + ALLOCATOR_TABLE.length });
  const { exports } = new WebAssembly.Instance(module, {
    env: { memory, table },
    host: { ...pick(host, THREAD_IMPORTS), control, shared: base } as WebAssembly.ModuleImports,
  });
  // The module has only some of the functions; the others would be hooks.
  for (const [k, name] of ALLOCATOR_TABLE.entries()) if (exports[name]) table.set(TABLE_BASE + k, exports[name]);
  return { module, functions: exports as unknown as ThreadFunctions, memory, base, control };
}
