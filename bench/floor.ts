// The floor of an allocator's time: an allocator that never frees, inside an interpreter. The floor of its memory is in
// program.ts and main.ts: what the host takes by itself, and the most bytes that the program has at once.

import { readFileSync } from "node:fs";
import type { PyodideExports } from "../src/hosts/python/pyodide-module.js";

/** The functions of bench/client/floor.ts. */
interface FloorFunctions {
  readonly malloc: WebAssembly.ExportValue;
  readonly calloc: WebAssembly.ExportValue;
  readonly realloc: WebAssembly.ExportValue;
  readonly free: WebAssembly.ExportValue;
  reserve(bytes: number): number;
  position(): number;
  rewind(to: number): void;
  /** The bytes that were taken from the host's malloc. */
  taken(): number;
}

const DOMAINS = [0, 1, 2];
const MODULE = new URL("../../build/bench-floor.wasm", import.meta.url);

/** The allocator that never frees, inside an interpreter. */
export class Floor {
  readonly #python: PyodideExports;
  readonly functions: FloorFunctions;

  constructor(python: PyodideExports) {
    this.#python = python;
    const module = new WebAssembly.Module(readFileSync(MODULE));
    const { memory, malloc } = python;
    const { exports } = new WebAssembly.Instance(module, {
      env: { memory },
      host: { state: python.calloc(3, 4), malloc },
    });
    this.functions = exports as unknown as FloorFunctions;
  }

  /** Makes this the allocator of all of CPython's domains. */
  install(): void {
    const { memory, __indirect_function_table: table } = this.#python;
    const { malloc, calloc, realloc, free } = this.functions;
    const first = table.grow(4);
    for (const [k, f] of [malloc, calloc, realloc, free].entries()) table.set(first + k, f);
    const at = this.#python.malloc(20);
    new Uint32Array(memory.buffer, at, 5).set([0, first, first + 1, first + 2, first + 3]);
    for (const domain of DOMAINS) this.#python.PyMem_SetAllocator(domain, at);
    this.#python.free(at);
  }

  /** The bytes that this allocator has taken from the host's malloc. */
  get taken(): number {
    return this.functions.taken() >>> 0;
  }

  /**
   * Takes room for this many bytes from the host, and writes to all of it, so that later allocations neither ask the
   * host nor touch new pages of the operating system. Returns whether there was room.
   */
  reserve(bytes: number): boolean {
    return this.functions.reserve(Math.ceil(bytes)) !== 0;
  }
}
