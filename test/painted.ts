// Blocks that are filled with a mark, to see whether they keep their content. Of large ones, only the ends are marked.

import type { Address, CoreHeap, Domain } from "../src/index.js";

type InMemory = Pick<CoreHeap, "memory">;

export interface Block {
  domain: Domain;
  address: Address;
  size: number;
  mark: number;
}

const END = 32;

export function paint(heap: InMemory, { address, size, mark }: Omit<Block, "domain">): void {
  const bytes = new Uint8Array(heap.memory.buffer, address, size);
  if (size > 2 * END) {
    bytes.fill(mark, 0, END);
    bytes.fill(mark, size - END);
  } else bytes.fill(mark);
}

/** Whether the first `kept` bytes at `address` are those of a block that had `whole` bytes when it was marked. */
export function isWhole(heap: InMemory, address: Address, kept: number, whole: number, mark: number): boolean {
  const bytes = new Uint8Array(heap.memory.buffer, address, kept);
  for (let k = 0; k < kept; k++) {
    if (whole > 2 * END && k >= END && k < whole - END) k = Math.min(kept, whole - END);
    if (k < kept && bytes[k] !== mark) return false;
  }
  return true;
}
