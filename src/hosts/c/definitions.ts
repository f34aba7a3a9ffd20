// The meaning of names: a function or data of a module, of the core or of the host; and the addresses of functions.
//
// A function's address is its index in the table. The function is in the table as long as a module that took its address
// is loaded, and has the same index for all modules.

import { TableSlots, type WithTable } from "../../core/table-functions.js";
import type { Casts } from "./casts.js";
import { LinkError } from "./link-error.js";
import type { FunctionType } from "./sections.js";
import { makeRelay } from "./trampoline.js";

export type Definition =
  | {
      readonly kind: "function";
      readonly f: WebAssembly.ExportValue;
      /** Its type, as far as it is known; of a function in JavaScript, the type with which the module calls it. */
      readonly type?: FunctionType | undefined;
    }
  | { readonly kind: "data"; readonly address: number };

export type Definitions = ReadonlyMap<string, Definition>;

interface Address {
  readonly index: number;
  takers: number;
}

export class FunctionAddresses {
  readonly #slots: TableSlots;
  readonly #addresses = new Map<WebAssembly.ExportValue, Address>();

  readonly #casts: Casts;

  constructor(core: WithTable, casts: Casts) {
    this.#slots = new TableSlots(core);
    this.#casts = casts;
  }

  /** The address of a function. To be released as often as it was taken. */
  take(name: string, { f, type }: Definition & { kind: "function" }): number {
    let address = this.#addresses.get(f);
    if (!address) {
      address = { index: this.#put(name, f, type), takers: 0 };
      if (type) this.#casts.know(address.index, type);
      this.#addresses.set(f, address);
    }
    address.takers++;
    return address.index;
  }

  /**
   * Puts a function into the table, which takes only WebAssembly functions: a function in JavaScript is wrapped into
   * one.
   */
  #put(name: string, f: WebAssembly.ExportValue, type: FunctionType | undefined): number {
    try {
      return this.#slots.put(f);
    } catch (error) {
      if (!(error instanceof TypeError)) throw error;
      if (type) return this.#slots.put(makeRelay(f, type));
      throw new LinkError(`Cannot take the address of ${name}: a function in JavaScript that is never called by name`, [
        name,
      ]);
    }
  }

  release(f: WebAssembly.ExportValue): void {
    const address = this.#addresses.get(f);
    if (!address || --address.takers > 0) return;
    this.#casts.forget(address.index);
    this.#slots.remove(address.index);
    this.#addresses.delete(f);
  }
}
