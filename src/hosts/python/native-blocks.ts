// The blocks of modules in C: chunks of the host's malloc that core/native/native.ts has marked. dlmalloc clears the mark with
// the block. So this finds what is live also if blocks were freed by the main module, which nobody can watch.

import { visitChunks } from "./graph/chunks.js";

/** What a module in C has: blocks, and their usable bytes. */
export interface ModuleBlocks {
  blocks: number;
  bytes: number;
}

/**
 * Calls `visit` for each live block of a module in C, with its address, its usable bytes and the module's number. Returns
 * false if the headers make no sense, because something has written over them.
 */
export function visitNativeBlocks(
  buffer: ArrayBufferLike,
  range: { readonly from: number; readonly to: number },
  visit: (address: number, bytes: number, module: number) => void,
): boolean {
  return visitChunks(buffer, range, (address, bytes, module) => {
    if (module !== undefined) visit(address, bytes, module);
  });
}
