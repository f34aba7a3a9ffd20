// The chunks of the host's malloc, dlmalloc. They lie one behind the other, from the beginning of the host's heap to its top:
//
//   | size + bits | n bytes ...          | size + bits | ...            | TOP | rest of the break
//
//   bits: 1: the chunk before is in use; 2: this one is; 4, which dlmalloc does not use: the block of a module in C, which
//   core/native/native.ts marks, and which has the module's number in its last word

const [BEFORE, IN_USE] = [1, 2];
export const MARK = 4;
const BITS = 7;
/** A chunk begins a word before its header; its block follows the header. */
const HEADER_AT = 4;
const BLOCK_AT = 8;
const SMALLEST = 16;

/** Takes a live block: its address, its usable bytes, and the number of the module in C that it belongs to, if any. */
export type VisitChunk = (address: number, bytes: number, module: number | undefined) => void;

/** Visits the blocks in use. Returns false if the headers make no sense, because something has written over them. */
export function visitChunks(
  buffer: ArrayBufferLike,
  { from, to }: { readonly from: number; readonly to: number },
  visit: VisitChunk,
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
    const module = (header & MARK) !== 0 ? words[end >>> 2] : undefined;
    if ((header & IN_USE) !== 0) visit(chunk + BLOCK_AT, size - HEADER_AT, module);
    chunk = end;
  }
  return true;
}
