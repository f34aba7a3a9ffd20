// The types of C's functions, by their entries in the table, and adapters for those that are cast.
//
// C code sometimes casts a function to a type that is not the function's own. For example, a method that does not use a
// parameter omits it. Machines that pass arguments in registers do not notice; WebAssembly traps. An adapter has the type
// that the function is called with. It drops the arguments that the function does not take, and passes 0 for missing
// ones, as CPython's builds for WebAssembly do.

import { TableSlots, type WithTable } from "../../core/table-functions.js";
import { type FunctionType, I32 } from "./sections.js";
import { makeAdapter } from "./trampoline.js";

/** A WebAssembly function ignores arguments that it does not take. */
type TableFunction = (a: number, b: number, c: number) => number | undefined;

interface Entry {
  readonly type: FunctionType;
  /** The entries of its adapters, by the type that they have. */
  readonly adapters: Map<string, number>;
}

export class Casts {
  readonly #core: WithTable;
  readonly #slots: TableSlots;
  readonly #known = new Map<number, Entry>();
  #last: TableFunction | undefined;
  #lastIndex = -1;

  constructor(core: WithTable) {
    this.#core = core;
    this.#slots = new TableSlots(core);
  }

  /** The function at `index`. The last one is remembered, because it is often asked for again, and a table is slow. */
  functionAt(index: number): TableFunction {
    if (index !== this.#lastIndex) {
      this.#last = this.#core.table.get(index) as TableFunction;
      this.#lastIndex = index;
    }
    return this.#last as TableFunction;
  }

  /** To be called before entries of the table get other functions. */
  tableChanges(): void {
    this.#lastIndex = -1;
    this.#last = undefined;
  }

  /** Notes that the function at `index` has this type. */
  know(index: number, type: FunctionType): void {
    this.#known.set(index, { type, adapters: new Map() });
  }

  /** Forgets the function at `index`, which is about to be removed from the table, and removes its adapters. */
  forget(index: number): void {
    const entry = this.#known.get(index);
    if (!entry) return;
    this.#known.delete(index);
    for (const adapter of entry.adapters.values()) {
      this.#known.delete(adapter);
      this.#slots.remove(adapter);
    }
  }

  /**
   * Returns the index of a function that takes `parameters` values of type i32, and returns one if `returns`. This is
   * `index` itself if its function fits, or if its type is not known. Returns 0 if the function at `index` takes or
   * returns something other than i32.
   */
  callable(index: number, parameters: number, returns: boolean): number {
    const entry = this.#known.get(index);
    if (!entry) return index;
    const { type, adapters } = entry;
    if (type.parameters.length === parameters && type.results.length === (returns ? 1 : 0) && isPlain(type))
      return index;
    if (!isPlain(type)) return 0;
    const key = `${parameters} ${returns}`;
    const known = adapters.get(key);
    if (known !== undefined) return known;
    const wanted = { parameters: Array<number>(parameters).fill(I32), results: returns ? [I32] : [] };
    const adapter = this.#slots.put(makeAdapter(this.#core.table.get(index), type, wanted));
    this.know(adapter, wanted);
    adapters.set(key, adapter);
    return adapter;
  }
}

function isPlain({ parameters, results }: FunctionType): boolean {
  return results.length <= 1 && [...parameters, ...results].every((type) => type === I32);
}
