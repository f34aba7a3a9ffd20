// Allocators of users: PyMem_GetAllocator, PyMem_SetAllocator and their counterparts for arenas, from TypeScript.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { Words } from "../core/memory-words.js";
import type { Reentrancy } from "../core/reentrancy.js";
import { type Signature, TableSlots, toWasmFunction } from "../core/table-functions.js";
import { type Address, NULL, toAddress } from "../ground/address.js";
import type { DomainName } from "../ground/errors.js";
import { type AllocatorFunctions, isSize } from "./domain.js";

/** Functions that a WebAssembly instance exports, each with `ctx` as its first parameter: PyMemAllocatorEx. */
export interface WasmAllocator {
  readonly ctx: number;
  readonly malloc: WebAssembly.ExportValue;
  readonly calloc: WebAssembly.ExportValue;
  readonly realloc: WebAssembly.ExportValue;
  readonly free: WebAssembly.ExportValue;
}

/** Where arenas come from: PyObjectArenaAllocator. `alloc` returns NULL when there is no memory. */
export interface ArenaAllocator {
  alloc(bytes: number): Address;
  free(arena: Address, bytes: number): void;
}

/** The allocator that a domain had. It can be called, and it can be installed again. */
export interface InstalledAllocator extends AllocatorFunctions {
  /** ctx, malloc, calloc, realloc, free: the last four are table indices. */
  readonly words: readonly number[];
}

/** The arena allocator that the heap had. */
export interface InstalledArenaAllocator extends ArenaAllocator {
  readonly words: readonly number[];
}

const SIGNATURES = {
  malloc: { parameters: 2, results: 1 },
  calloc: { parameters: 3, results: 1 },
  realloc: { parameters: 3, results: 1 },
  free: { parameters: 2, results: 0 },
  arenaAlloc: { parameters: 2, results: 1 },
  arenaFree: { parameters: 3, results: 0 },
} as const satisfies Record<string, Signature>;

/** The core's numbers of the domains. */
export const DOMAIN_NUMBERS: Readonly<Record<DomainName, number>> = { raw: C.RAW, mem: C.MEM, object: C.OBJECT };

type Hook = (...args: number[]) => number | undefined;
type Callable = (...args: number[]) => number;

export class AllocatorHooks {
  readonly #core: Core;
  readonly #words: Words;
  readonly #slots: TableSlots;
  readonly #states: Reentrancy;

  constructor(core: Core, words: Words, states: Reentrancy) {
    this.#core = core;
    this.#words = words;
    this.#states = states;
    this.#slots = new TableSlots(core);
  }

  get #scratch(): number {
    return this.#core.control + C.SCRATCH_AT;
  }

  #read(count: number): number[] {
    return Array.from({ length: count }, (_, k) => this.#words.get(this.#scratch + 4 * k));
  }

  #write(words: readonly number[]): void {
    words.forEach((word, k) => {
      this.#words.set(this.#scratch + 4 * k, word);
    });
  }

  #function(index: number): Callable {
    return this.#core.table.get(index) as Callable;
  }

  /** The domain's allocator. */
  get(domain: DomainName): InstalledAllocator {
    this.#core.functions.PyMem_GetAllocator(DOMAIN_NUMBERS[domain], this.#scratch);
    const words = this.#read(5);
    const [ctx = 0, malloc = 0, calloc = 0, realloc = 0, free = 0] = words;
    return {
      words,
      malloc: (n) => (isSize(n) ? toAddress(this.#function(malloc)(ctx, n)) : NULL),
      calloc: (count, size) =>
        isSize(count) && isSize(size) ? toAddress(this.#function(calloc)(ctx, count, size)) : NULL,
      realloc: (block, n) => (isSize(n) ? toAddress(this.#function(realloc)(ctx, block, n)) : NULL),
      free: (block) => void this.#function(free)(ctx, block),
    };
  }

  /**
   * Makes the allocator serve the domain from now on. Blocks that exist already will be freed through it. So it must
   * either pass on blocks that it does not know, or be installed before the first allocation: the manual's rule for
   * PyMem_SetAllocator.
   */
  set(domain: DomainName, allocator: AllocatorFunctions | WasmAllocator | InstalledAllocator): void {
    this.#write(this.#toWords(allocator));
    this.#core.functions.PyMem_SetAllocator(DOMAIN_NUMBERS[domain], this.#scratch);
  }

  #toWords(allocator: AllocatorFunctions | WasmAllocator | InstalledAllocator): readonly number[] {
    if ("words" in allocator) return allocator.words;
    if ("ctx" in allocator) {
      const { ctx, malloc, calloc, realloc, free } = allocator;
      return [ctx, ...[malloc, calloc, realloc, free].map((f) => this.#slots.put(f))];
    }
    const relay = (f: Hook, signature: Signature) => this.#relay(f, signature);
    return [
      0,
      relay((_, n) => allocator.malloc((n as number) >>> 0), SIGNATURES.malloc),
      relay((_, count, size) => allocator.calloc((count as number) >>> 0, (size as number) >>> 0), SIGNATURES.calloc),
      relay((_, block, n) => allocator.realloc(toAddress(block as number), (n as number) >>> 0), SIGNATURES.realloc),
      relay((_, block) => void allocator.free(toAddress(block as number)), SIGNATURES.free),
    ];
  }

  /** Puts a function of the program into the table. While it runs, its caller waits in the middle of an operation. */
  #relay(f: Hook, signature: Signature): number {
    const counted: Hook = (...args) => this.#states.inOperation(() => this.#states.answerOf(() => f(...args), NULL));
    return this.#slots.put(toWasmFunction(counted, signature));
  }

  getArena(): InstalledArenaAllocator {
    this.#core.functions.PyObject_GetArenaAllocator(this.#scratch);
    const words = this.#read(3);
    const [ctx = 0, alloc = 0, free = 0] = words;
    return {
      words,
      alloc: (bytes) => (isSize(bytes) ? toAddress(this.#function(alloc)(ctx, bytes)) : NULL),
      free: (arena, bytes) => void this.#function(free)(ctx, arena, bytes),
    };
  }

  setArena(allocator: ArenaAllocator | InstalledArenaAllocator): void {
    if ("words" in allocator) {
      this.#write(allocator.words);
    } else {
      const alloc: Hook = (_, bytes) => allocator.alloc((bytes as number) >>> 0);
      const free: Hook = (_, arena, bytes) => void allocator.free(toAddress(arena as number), (bytes as number) >>> 0);
      this.#write([0, this.#relay(alloc, SIGNATURES.arenaAlloc), this.#relay(free, SIGNATURES.arenaFree)]);
    }
    this.#core.functions.PyObject_SetArenaAllocator(this.#scratch);
  }
}
