// Finds the node of an address: a hash table in two arrays, because there are millions of addresses.

const GOLDEN = 0x9e37_79b1;
/** The first length of the table. At most half of it is in use. */
const LEAST = 1 << 16;

export class Addresses {
  #keys = new Uint32Array(LEAST);
  #nodes = new Uint32Array(LEAST);
  #count = 0;

  /** The slot that has the address, or the empty one that would get it. */
  #slot(address: number): number {
    const mask = this.#keys.length - 1;
    let slot = (Math.imul(address, GOLDEN) >>> 7) & mask;
    for (;;) {
      const key = this.#keys[slot];
      if (key === address || key === 0) return slot;
      slot = (slot + 1) & mask;
    }
  }

  /** The node of an address other than 0; undefined if the address has none. */
  get(address: number): number | undefined {
    const slot = this.#slot(address);
    return this.#keys[slot] === 0 ? undefined : this.#nodes[slot];
  }

  /** Adds an address that the table does not have. */
  set(address: number, node: number): void {
    if (2 * (this.#count + 1) > this.#keys.length) this.#grow();
    const slot = this.#slot(address);
    this.#keys[slot] = address;
    this.#nodes[slot] = node;
    this.#count++;
  }

  #grow(): void {
    const keys = this.#keys;
    const nodes = this.#nodes;
    this.#keys = new Uint32Array(keys.length * 2);
    this.#nodes = new Uint32Array(keys.length * 2);
    keys.forEach((key, k) => {
      if (key === 0) return;
      const slot = this.#slot(key);
      this.#keys[slot] = key;
      this.#nodes[slot] = nodes[k] as number;
    });
  }
}
