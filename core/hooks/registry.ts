// The registry of the debug hooks: a record for every block, kept apart from the blocks.
//
//   entries: open addressing by address, a power of two long, at most three quarters full
//   entry:   address | size | serial | site | freedAt | domain + state
//
// A program that writes past a block can overwrite headers of blocks, but is unlikely to overwrite the registry.
// So a report is right even if the header is not.
// Invariants: every entry is reachable from its home without passing an empty one; `count` is the number of entries.
// Each entry is of a block that is LIVE, or HELD: freed, but held back (debug.ts).

import { base_calloc, base_free } from "../alloc/base";
import { INTERNAL } from "../ground/domains.gen";

export const LIVE: u8 = 1;
export const HELD: u8 = 2;

const FIRST_LENGTH: u32 = 1024;

@unmanaged
export class Entry {
  address: usize;
  size: usize;
  serial: u32;
  /** The host's numbers for the places where the block was allocated and freed. */
  site: u32;
  freedAt: u32;
  domain: u8;
  state: u8;
  pad: u16;
}

@unmanaged
export class Registry {
  table: usize;
  length: u32;
  count: u32;

  @inline
  at(index: u32): Entry {
    return changetype<Entry>(this.table + index * offsetof<Entry>());
  }

  @inline
  private home(address: usize): u32 {
    return ((<u32>address >> 3) * 0x9e3779b1) & (this.length - 1);
  }

  find(address: usize): Entry | null {
    if (this.length == 0) return null;
    let index = this.home(address);
    while (this.at(index).address != 0) {
      if (this.at(index).address == address) return this.at(index);
      index = (index + 1) & (this.length - 1);
    }
    return null;
  }

  private place(address: usize): Entry {
    let index = this.home(address);
    while (this.at(index).address != 0) index = (index + 1) & (this.length - 1);
    return this.at(index);
  }

  /** Makes room for one more entry. False if there is no memory for it. */
  makeRoom(): bool {
    if (this.count * 4 < this.length * 3) return true;
    const oldTable = this.table;
    const oldLength = this.length;
    const length = oldLength == 0 ? FIRST_LENGTH : oldLength * 2;
    const table = base_calloc(INTERNAL, length, offsetof<Entry>());
    if (table == 0) return false;
    this.table = table;
    this.length = length;
    for (let index: u32 = 0; index < oldLength; index++) {
      const old = changetype<Entry>(oldTable + index * offsetof<Entry>());
      if (old.address != 0)
        memory.copy(changetype<usize>(this.place(old.address)), changetype<usize>(old), offsetof<Entry>());
    }
    if (oldTable != 0) base_free(INTERNAL, oldTable);
    return true;
  }

  /** Adds an entry for an address that has none. makeRoom() must have returned true. */
  add(address: usize): Entry {
    this.count++;
    const entry = this.place(address);
    entry.address = address;
    return entry;
  }

  /** Removes the entry. Entries after it move up, so that each can still be reached from its home. */
  remove(entry: Entry): void {
    const mask = this.length - 1;
    let hole = <u32>((changetype<usize>(entry) - this.table) / offsetof<Entry>());
    let index = hole;
    for (;;) {
      index = (index + 1) & mask;
      const next = this.at(index);
      if (next.address == 0) break;
      if (((index - this.home(next.address)) & mask) < ((index - hole) & mask)) continue;
      memory.copy(changetype<usize>(this.at(hole)), changetype<usize>(next), offsetof<Entry>());
      hole = index;
    }
    memory.fill(changetype<usize>(this.at(hole)), 0, offsetof<Entry>());
    this.count--;
  }
}
