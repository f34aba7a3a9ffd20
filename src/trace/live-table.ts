// The blocks that are live at a moment of a trace, by address: open addressing, 16 bytes a place.
//
//   keys | accounts | sizes | births          a power of two long, at most three quarters full; key 0: empty
//
// Invariant: every block is reachable from its home without passing an empty place.

const FIRST_LENGTH = 1 << 12;

export class LiveTable {
  #mask = FIRST_LENGTH - 1;
  #keys = new Uint32Array(FIRST_LENGTH);
  #accounts = new Uint32Array(FIRST_LENGTH);
  #sizes = new Uint32Array(FIRST_LENGTH);
  #births = new Uint32Array(FIRST_LENGTH);
  /** Blocks that are live. */
  count = 0;

  // What `find` or `remove` found.
  account = 0;
  size = 0;
  birth = 0;

  #home(key: number): number {
    return (Math.imul(key, 0x9e3779b1) >>> 7) & this.#mask;
  }

  /** The block at an address that has none is live. */
  add(address: number, account: number, size: number, birth: number): void {
    if (this.count * 4 >= this.#keys.length * 3) this.#grow();
    this.#place(address, account, size, birth);
    this.count++;
  }

  #place(address: number, account: number, size: number, birth: number): void {
    let index = this.#home(address >>> 3);
    while (this.#keys[index] !== 0) index = (index + 1) & this.#mask;
    this.#keys[index] = address;
    this.#accounts[index] = account;
    this.#sizes[index] = size;
    this.#births[index] = birth;
  }

  /** Bytes of the table. */
  get bytes(): number {
    return 4 * this.#keys.byteLength;
  }

  /** Whether a block begins at an address; `account`, `size` and `birth` are what is known of it. */
  find(address: number): boolean {
    const index = this.#find(address);
    if (index < 0) return false;
    this.#show(index);
    return true;
  }

  /** The place of the block at an address; -1 if there is none. */
  #find(address: number): number {
    let index = this.#home(address >>> 3);
    const keys = this.#keys;
    while (keys[index] !== address) {
      if (keys[index] === 0) return -1;
      index = (index + 1) & this.#mask;
    }
    return index;
  }

  #show(index: number): void {
    this.account = this.#accounts[index] as number;
    this.size = this.#sizes[index] as number;
    this.birth = this.#births[index] as number;
  }

  /** The block at an address is not live any more; `account`, `size` and `birth` are what was known of it. False if there is none. */
  remove(address: number): boolean {
    const index = this.#find(address);
    if (index < 0) return false;
    this.#show(index);
    this.#close(index);
    this.count--;
    return true;
  }

  /** The place is empty; those behind it move up, so that none is cut off from its home. */
  #close(at: number): void {
    let hole = at;
    let index = at;
    for (;;) {
      index = (index + 1) & this.#mask;
      const key = this.#keys[index] as number;
      if (key === 0) break;
      const fromHome = (index - this.#home(key >>> 3)) & this.#mask;
      if (fromHome < ((index - hole) & this.#mask)) continue;
      this.#keys[hole] = key;
      this.#accounts[hole] = this.#accounts[index] as number;
      this.#sizes[hole] = this.#sizes[index] as number;
      this.#births[hole] = this.#births[index] as number;
      hole = index;
    }
    this.#keys[hole] = 0;
  }

  #grow(): void {
    const [keys, accounts, sizes, births] = [this.#keys, this.#accounts, this.#sizes, this.#births];
    const length = keys.length * 2;
    this.#mask = length - 1;
    this.#keys = new Uint32Array(length);
    this.#accounts = new Uint32Array(length);
    this.#sizes = new Uint32Array(length);
    this.#births = new Uint32Array(length);
    for (let k = 0; k < keys.length; k++) {
      const key = keys[k] as number;
      if (key !== 0) this.#place(key, accounts[k] as number, sizes[k] as number, births[k] as number);
    }
  }

  /** Every live block. */
  forEach(visit: (account: number, size: number, birth: number, address: number) => void): void {
    for (let k = 0; k < this.#keys.length; k++) {
      const address = this.#keys[k] as number;
      if (address === 0) continue;
      visit(this.#accounts[k] as number, this.#sizes[k] as number, this.#births[k] as number, address);
    }
  }
}
