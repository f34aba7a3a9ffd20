// Every live block at the map's moment, by address: the blocks from the trace, which have an owner; or, if the page has
// none of these, the blocks of the heap's pools. The parts of a pool that no block in use covers are free blocks.

import type { PageBlocks, PageData, PagePools } from "../../src/page/model.js";
import { sizeClassOf } from "../../src/trace/size-class.js";
import { lowerBound } from "../sorted.js";

/** Stands for an unknown owner, or an unknown bucket of birth. */
export const UNKNOWN = 0xffff_ffff;

export class MapBlocks {
  readonly length: number;
  readonly addresses: Float64Array;
  readonly sizes: Uint32Array;
  readonly accounts: Uint32Array;
  readonly births: Uint32Array;
  /** For each block, the number of its type in the page's list, from 1; 0 if the type is not known. */
  readonly types: Uint32Array;
  readonly #domains: Uint8Array;
  readonly #data: PageData;

  /** The blocks at one of the page's moments. `moment` is its index. */
  constructor(data: PageData, moment: number) {
    this.#data = data;
    const { blocks, pools } = data;
    const hasOwners = blocks.addresses.length > 0 || pools.addresses.length === 0;
    if (hasOwners) {
      const live = blocksAt(blocks, moment);
      this.addresses = Float64Array.from(live, (block) => blocks.addresses[block] ?? 0);
      this.sizes = live.map((block) => blocks.sizes[block] ?? 0);
      this.accounts = live.map((block) => blocks.accounts[block] ?? 0);
      this.births = live.map((block) => blocks.births[block] ?? 0);
      this.types = live.map((block) => blocks.types[block] ?? 0);
      this.#domains = Uint8Array.from(this.accounts, (account) => data.accounts.domains[account] ?? 0);
    } else {
      const used = blocksOfPools(pools);
      ({ addresses: this.addresses, sizes: this.sizes, domains: this.#domains } = used);
      this.accounts = new Uint32Array(this.addresses.length).fill(UNKNOWN);
      this.births = this.accounts;
      this.types = new Uint32Array(this.addresses.length);
    }
    this.length = this.addresses.length;
  }

  domain(block: number): number {
    return this.#domains[block] ?? 0;
  }

  sizeClass(block: number): number {
    return sizeClassOf(this.sizes[block] ?? 0);
  }

  /** The node of the stack that allocated the block; undefined if it is not known. */
  node(block: number): number | undefined {
    const node = this.#data.accounts.nodes[this.accounts[block] ?? UNKNOWN];
    const { parents, functions } = this.#data.nodes;
    // The innermost node may be a type instead of code.
    const isType = node !== undefined && this.#data.header.functions[functions[node] ?? 0]?.isType;
    return isType ? parents[node] : node;
  }

  /** The type of the object in the block; undefined if it is not known. */
  type(block: number): string | undefined {
    return this.#data.header.types?.[(this.types[block] ?? 0) - 1];
  }

  /** Whether the interpreter allocated the block before the program began. */
  isOfStart(block: number): boolean {
    return (this.accounts[block] ?? UNKNOWN) < this.#data.header.startAccounts;
  }

  /** The first block whose end is above an address. */
  firstAt(address: number): number {
    const first = lowerBound(this.addresses, address);
    const before = first - 1;
    return before >= 0 && (this.addresses[before] ?? 0) + (this.sizes[before] ?? 0) > address ? before : first;
  }

  /** The block at an address; undefined if there is no block in use. */
  at(address: number): number | undefined {
    const block = this.firstAt(address);
    return block < this.length && (this.addresses[block] ?? 0) <= address ? block : undefined;
  }
}

/** Indexes of the blocks that are live at a moment. */
function blocksAt({ firsts, lasts }: PageBlocks, moment: number): Uint32Array {
  const found = new Uint32Array(firsts.length);
  let length = 0;
  for (let block = 0; block < firsts.length; block++) {
    if ((firsts[block] as number) <= moment && (lasts[block] as number) >= moment) found[length++] = block;
  }
  return found.subarray(0, length);
}

function blocksOfPools(pools: PagePools) {
  const length = pools.used.reduce((sum, used) => sum + used, 0);
  const [addresses, sizes, domains] = [new Float64Array(length), new Uint32Array(length), new Uint8Array(length)];
  let k = 0;
  for (let pool = 0; pool < pools.addresses.length; pool++) {
    const size = pools.blockSizes[pool] ?? 0;
    if (size === 0) continue;
    const bitsAt = pools.bitsAt[pool] ?? 0;
    for (let block = 0; block < Math.floor((pools.sizes[pool] ?? 0) / size) && k < length; block++) {
      if (((pools.bits[bitsAt + (block >> 3)] ?? 0) & (1 << (block & 7))) === 0) continue;
      addresses[k] = (pools.addresses[pool] ?? 0) + block * size;
      sizes[k] = size;
      domains[k++] = pools.domains[pool] ?? 0;
    }
  }
  return { addresses, sizes, domains };
}
