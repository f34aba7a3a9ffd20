// The blocks that are live at a moment of a trace, by address: open addressing, four words a place, which share a cache line.
//
//   | key | account | size | birth | key | account | ...       a power of two of places, at most three quarters full; key 0: empty
//
// A birth has 41 bits, for some days of a recording: nine of them stand where a key, a multiple of 8, and an account have none.
//
//   key       address, bits 3 to 31     | birth, bits 32 to 34        account   bits 0 to 25 | birth, bits 35 to 40 on top
//
// Invariant: every block is reachable from its home without passing an empty place.

const FIRST_LENGTH = 1 << 12;
/** Words of a place, and where its parts are. */
const PLACE = 4;
const ACCOUNT = 1;
const SIZE = 2;
const BIRTH = 3;
const KEY_BITS = 3;
const KEY_MASK = (1 << KEY_BITS) - 1;
const ACCOUNT_BITS = 26;
const ACCOUNT_MASK = (1 << ACCOUNT_BITS) - 1;
const WORD = 2 ** 32;
/** An account's number, and a birth, are below these. */
export const MOST_ACCOUNTS = 2 ** ACCOUNT_BITS;
export const MOST_BIRTHS = 2 ** (32 + KEY_BITS + 32 - ACCOUNT_BITS);

export class LiveTable {
  /** The highest place's first word. */
  #mask = (FIRST_LENGTH - 1) * PLACE;
  #words = new Uint32Array(FIRST_LENGTH * PLACE);
  /** Blocks that are live. */
  count = 0;

  // What `find` or `remove` found.
  account = 0;
  size = 0;
  birth = 0;

  /** Bytes of the table. */
  get bytes(): number {
    return this.#words.byteLength;
  }

  /** The first word of the place where a key's search begins. */
  #home(key: number): number {
    return (Math.imul(key >>> 3, 0x9e3779b1) >>> 5) & this.#mask;
  }

  /** The block at an address that has none is live. */
  add(address: number, account: number, size: number, birth: number): void {
    if (this.count * (PLACE + PLACE / 3) >= this.#words.length) this.#grow();
    const high = Math.floor(birth / WORD);
    this.#place(address | (high & KEY_MASK), account | ((high >>> KEY_BITS) << ACCOUNT_BITS), size, birth);
    this.count++;
  }

  /** Words as they are kept. */
  #place(key: number, account: number, size: number, birth: number): void {
    const words = this.#words;
    let at = this.#home(key);
    while (words[at] !== 0) at = (at + PLACE) & this.#mask;
    words[at] = key;
    words[at + ACCOUNT] = account;
    words[at + SIZE] = size;
    words[at + BIRTH] = birth;
  }

  /** What is known of the block at a place is shown. */
  #show(at: number): void {
    const words = this.#words;
    const account = words[at + ACCOUNT] as number;
    const high = ((words[at] as number) & KEY_MASK) | ((account >>> ACCOUNT_BITS) << KEY_BITS);
    this.account = account & ACCOUNT_MASK;
    this.size = words[at + SIZE] as number;
    this.birth = (words[at + BIRTH] as number) + high * WORD;
  }

  /** Whether a block begins at an address; `account`, `size` and `birth` are what is known of it. */
  find(address: number): boolean {
    return (address & KEY_MASK) === 0 && this.#find(address) >= 0;
  }

  /** The place of the block at an address, which is shown; -1 if there is none. */
  #find(address: number): number {
    const words = this.#words;
    let at = this.#home(address);
    for (;;) {
      const key = words[at];
      // Before anything else: no block is at address 0, whatever a broken trace says.
      if (key === 0) return -1;
      if (((key as number) ^ address) >>> KEY_BITS === 0) break;
      at = (at + PLACE) & this.#mask;
    }
    this.#show(at);
    return at;
  }

  /** The block at an address is not live any more; `account`, `size` and `birth` are what was known of it. False if there is none. */
  remove(address: number): boolean {
    const at = this.#find(address);
    if (at < 0) return false;
    this.#close(at);
    this.count--;
    return true;
  }

  /** The place is empty; those behind it move up, so that none is cut off from its home. */
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
      if (key !== 0) {
        this.#place(key, old[at + ACCOUNT] as number, old[at + SIZE] as number, old[at + BIRTH] as number);
      }
    }
  }

  /** Every live block. */
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
