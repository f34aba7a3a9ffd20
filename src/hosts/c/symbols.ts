// What names mean for the modules of a heap: functions and data that a module, the core or the host defines.
//
// The first definition of a name is the one that counts, and its index in the table is the function's address for all.

import type { TableSlots } from "../../table-functions.js";

export type Definition =
  | { readonly kind: "function"; readonly f: WebAssembly.ExportValue }
  | { readonly kind: "data"; readonly address: number };

export class Symbols {
  readonly #slots: TableSlots;
  readonly #outer: Symbols | undefined;
  readonly #definitions = new Map<string, Definition>();
  /** Entries of the table for functions whose address somebody took. */
  readonly #indices = new Map<WebAssembly.ExportValue, number>();

  /** Names that are not defined here are looked up in `outer`. */
  constructor(slots: TableSlots, outer?: Symbols) {
    this.#slots = slots;
    this.#outer = outer;
  }

  get(name: string): Definition | undefined {
    return this.#definitions.get(name) ?? this.#outer?.get(name);
  }

  define(name: string, definition: Definition): void {
    if (!this.#definitions.has(name)) this.#definitions.set(name, definition);
  }

  /** The function's address: its index in the table, which is the same whoever asks. */
  addressOf(name: string): number | undefined {
    const definition = this.#definitions.get(name);
    if (!definition) return this.#outer?.addressOf(name);
    if (definition.kind === "data") return undefined;
    let index = this.#indices.get(definition.f);
    if (index === undefined) {
      index = this.#slots.put(definition.f);
      this.#indices.set(definition.f, index);
    }
    return index;
  }

  /** No name means anything here. */
  clear(): void {
    for (const name of [...this.#definitions.keys()]) this.remove(name);
  }

  /** The name means nothing here, and what it meant has no entry of the table. */
  remove(name: string): void {
    const definition = this.#definitions.get(name);
    if (!definition) return;
    this.#definitions.delete(name);
    if (definition.kind === "data") return;
    const index = this.#indices.get(definition.f);
    if (index !== undefined) this.#slots.remove(index);
    this.#indices.delete(definition.f);
  }
}
