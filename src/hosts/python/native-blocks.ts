// The blocks of modules in C, read from the headers of the host's chunks. The chunks lie one behind the other, from the beginning
// of the host's heap to its top:
//
//   | size + bits | n bytes ...          | size + bits | ...            | TOP | rest of the break
//     bit 1: in use                        bit 4 (MARK): the block of a module in C, whose number is in its last word
//
// core/native/native.ts sets the mark, and dlmalloc clears it with the block. So this finds what is live also if blocks were
// freed by the main module, which nobody can watch.

/** Bits of a header: the chunk before is in use, this one is, and it is a module's. */
const [BEFORE, IN_USE, MARK] = [1, 2, 4];
const BITS = 7;
/** A chunk begins a word before its header; its block follows the header. */
const HEADER_AT = 4;
const BLOCK_AT = 8;
const SMALLEST = 16;

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
  { from, to }: { readonly from: number; readonly to: number },
  visit: (address: number, bytes: number, module: number) => void,
): boolean {
  const words = new Uint32Array(buffer);
  let chunk = from;
  while (chunk + BLOCK_AT <= to) {
    const header = words[(chunk + HEADER_AT) >>> 2] ?? 0;
    if ((header & (BEFORE | IN_USE)) === 0) return true;
    const size = header - (header & BITS);
    const end = chunk + size;
    if (size < SMALLEST || end > to) return false;
    // The usable bytes of a chunk in use reach to the next chunk's header.
    if ((header & (IN_USE | MARK)) === (IN_USE | MARK))
      visit(chunk + BLOCK_AT, size - HEADER_AT, words[end >>> 2] ?? 0);
    chunk = end;
  }
  return true;
}
