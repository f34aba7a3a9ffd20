// One domain's four functions, as TypeScript calls them: PyMem_Raw*, PyMem_*, PyObject_*.

import { type Address, NULL, toAddress } from "../ground/address.js";
import type { DomainName } from "../ground/errors.js";

/** The four functions of an allocator, in TypeScript. NULL means "no memory" and "no block". */
export interface AllocatorFunctions {
  malloc(n: number): Address;
  calloc(count: number, size: number): Address;
  realloc(block: Address, n: number): Address;
  free(block: Address): void;
}

/** The largest number of bytes that one request can have: PY_SSIZE_T_MAX on wasm32. */
export const MAX_REQUEST = 0x7fff_ffff;

export interface DomainCalls {
  malloc: (n: number) => number;
  calloc: (count: number, size: number) => number;
  realloc: (block: number, n: number) => number;
  free: (block: number) => void;
}

/** Makes the domain call other functions from now on. */
export let rebind: (domain: Domain, calls: DomainCalls) => void;

/**
 * A domain of a heap. Semantics are those of the Python/C API manual, "Memory Management": `malloc(0)` is a distinct
 * block, `realloc(NULL, n)` allocates, `realloc(p, 0)` shrinks, `free(NULL)` does nothing, a request of more than
 * MAX_REQUEST bytes returns NULL, and a failed `realloc` leaves the block as it was.
 */
export class Domain implements AllocatorFunctions {
  readonly name: DomainName;
  #calls: DomainCalls;

  static {
    rebind = (domain, calls) => {
      domain.#calls = calls;
    };
  }

  constructor(name: DomainName, calls: DomainCalls) {
    this.name = name;
    this.#calls = calls;
  }

  /** A block of at least `n` bytes at a multiple of 8, not cleared; NULL if there is no memory. */
  malloc(n: number): Address {
    return isSize(n) ? toAddress(this.#calls.malloc(n)) : NULL;
  }

  /** A block of `count * size` zero bytes; NULL if there is no memory or the product is too large. */
  calloc(count: number, size: number): Address {
    return isSize(count) && isSize(size) ? toAddress(this.#calls.calloc(count, size)) : NULL;
  }

  /**
   * Resizes the block to `n` bytes; it may move. Its content stays as far as it fits. If there is no memory: NULL, and
   * nothing has changed.
   */
  realloc(block: Address, n: number): Address {
    return isSize(n) ? toAddress(this.#calls.realloc(block, n)) : NULL;
  }

  /** Frees the block, which must come from this domain and not have been freed before. */
  free(block: Address): void {
    this.#calls.free(block);
  }
}

/**
 * Whether `n` bytes can be passed to WebAssembly, which would take a larger number modulo 2^32. Throws if `n` is not a
 * number of bytes.
 */
export function isSize(n: number): boolean {
  if (!Number.isInteger(n) || n < 0) throw new RangeError(`Cannot allocate ${n} bytes: not a whole number from 0 up`);
  return n <= MAX_REQUEST;
}
