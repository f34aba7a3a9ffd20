// The live blocks at a moment of a trace, by address: a table with open addressing; a place has four words, in one
// cache line.
//
//   | key | account | size | birth | key | account | ...       a power of two of places, at most three quarters full; key 0: empty
//
// A birth has 41 bits, enough for some days of recording. Nine of them are in bits that a key, a multiple of 8, and an
// account do not use.
//
//   key       address, bits 3 to 31     | birth, bits 32 to 34        account   bits 0 to 25 | birth, bits 35 to 40 on top
//
// Invariant: every block is reachable from its home without passing an empty place.

const FIRST_LENGTH = 1 << 12;
/** The words of a place, and the index of each part. */
const PLACE = 4;
const ACCOUNT = 1;
const SIZE = 2;
const BIRTH = 3;
const KEY_BITS = 3;
const KEY_MASK = (1 << KEY_BITS) - 1;
const ACCOUNT_BITS = 26;
const ACCOUNT_MASK = (1 << ACCOUNT_BITS) - 1;
const WORD = 2 ** 32;
/** Limits: an account's number and a birth are below these. */
export const MOST_ACCOUNTS = 2 ** ACCOUNT_BITS;
export const MOST_BIRTHS = 2 ** (32 + KEY_BITS + 32 - ACCOUNT_BITS);

export class LiveTable {
  /** The index of the first word of the last place. */
  #mask = (FIRST_LENGTH - 1) * PLACE;
  #words = new Uint32Array(FIRST_LENGTH * PLACE);
  /** Blocks that are live. */
  count = 0;

  // The block that `find` or `remove` found, or that `add` replaced.
  account = 0;
  size = 0;
  birth = 0;

  /** The bytes of the table. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The index of the place where the search for a key begins. */
  #home(key: number): number {
    return (Math.imul(key >>> 3, 0x9e3779b1) >>> 5) & this.#mask;
  }

  /**
   * Adds a live block. Returns whether another block was at the address. The new block replaces it, and the fields
   * `account`, `size` and `birth` describe the old one. One search does both, because the time of a search is mostly the
   * wait for memory.
   */
  add(address: number, account: number, size: number, birth: number): boolean {
    if (this.count * (PLACE + PLACE / 3) >= this.#words.length) this.#grow();
    const words = this.#words;
    let at = this.#home(address);
    for (;;) {
      const key = words[at] as number;
      if (key === 0 || (key ^ address) >>> KEY_BITS === 0) break;
      at = (at + PLACE) & this.#mask;
    }
    const wasThere = words[at] !== 0;
    if (wasThere) this.#show(at);
    else this.count++;
    const high = Math.floor(birth / WORD);
    words[at] = address | (high & KEY_MASK);
    words[at + ACCOUNT] = account | ((high >>> KEY_BITS) << ACCOUNT_BITS);
    words[at + SIZE] = size;
    words[at + BIRTH] = birth;
    return wasThere;
  }

  /** Copies a place to the fields `account`, `size` and `birth`. */
  #show(at: number): void {
    const words = this.#words;
    const account = words[at + ACCOUNT] as number;
    const high = ((words[at] as number) & KEY_MASK) | ((account >>> ACCOUNT_BITS) << KEY_BITS);
    this.account = account & ACCOUNT_MASK;
    this.size = words[at + SIZE] as number;
    this.birth = (words[at + BIRTH] as number) + high * WORD;
  }

  /** Whether a live block begins at an address. Sets `account`, `size` and `birth`. */
  find(address: number): boolean {
    return (address & KEY_MASK) === 0 && this.#find(address) >= 0;
  }

  /** The place of the block at an address, after copying it to the fields; -1 if there is none. */
  #find(address: number): number {
    const words = this.#words;
    let at = this.#home(address);
    for (;;) {
      const key = words[at];
      // This comes first, because no block is at address 0, and a broken trace may still name it.
      if (key === 0) return -1;
      if (((key as number) ^ address) >>> KEY_BITS === 0) break;
      at = (at + PLACE) & this.#mask;
    }
    this.#show(at);
    return at;
  }

  /** Removes the block at an address, and sets `account`, `size` and `birth`. False if there is none. */
  remove(address: number): boolean {
    const at = this.#find(address);
    if (at < 0) return false;
    this.#close(at);
    this.count--;
    return true;
  }

  /** Empties a place. Blocks after it move up, so that each can still be reached from its home. */
  #close(empty: number): void {
    const words = this.#words;
    let hole = empty;
    let at = empty;
    for (;;) {
      at = (at + PLACE) & this.#mask;
      const key = words[at] as number;
      if (key === 0) break;
      const fromHome = (at - this.#home(key)) & this.#mask;
      if (fromHome < ((at - hole) & this.#mask)) continue;
      words[hole] = key;
      words[hole + ACCOUNT] = words[at + ACCOUNT] as number;
      words[hole + SIZE] = words[at + SIZE] as number;
      words[hole + BIRTH] = words[at + BIRTH] as number;
      hole = at;
    }
    words[hole] = 0;
  }

  #grow(): void {
    const old = this.#words;
    this.#words = new Uint32Array(old.length * 2);
    this.#mask = this.#words.length - PLACE;
    for (let at = 0; at < old.length; at += PLACE) {
      const key = old[at] as number;
      if (key === 0) continue;
      let to = this.#home(key);
      while (this.#words[to] !== 0) to = (to + PLACE) & this.#mask;
      for (let k = 0; k < PLACE; k++) this.#words[to + k] = old[at + k] as number;
    }
  }

  /** Shows every live block. */
  forEach(visit: (account: number, size: number, birth: number, address: number) => void): void {
    const words = this.#words;
    for (let at = 0; at < words.length; at += PLACE) {
      const key = words[at] as number;
      if (key === 0) continue;
      this.#show(at);
      visit(this.account, this.size, this.birth, (key & ~KEY_MASK) >>> 0);
    }
  }
}
