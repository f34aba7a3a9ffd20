// Functions as entries of a WebAssembly table. An exported wasm function is stored as it is. A TypeScript function goes
// through a tiny module that imports it and exports it again, which makes it a wasm function of the right type.

/** Number of i32 parameters, and of i32 results (0 or 1). */
export interface Signature {
  readonly parameters: number;
  readonly results: 0 | 1;
}

const I32 = 0x7f;

/** The bytes of a module that imports "h"."f" with the signature and exports it as "f". */
function relayModule({ parameters, results }: Signature): Uint8Array<ArrayBuffer> {
  const type = [0x60, parameters, ...Array<number>(parameters).fill(I32), results, ...Array<number>(results).fill(I32)];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...[0x01, type.length + 1, 0x01, ...type],
    ...[0x02, 0x07, 0x01, 0x01, 0x68, 0x01, 0x66, 0x00, 0x00],
    ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ]);
}

/** The TypeScript function as a wasm function. */
export function toWasmFunction(
  f: (...args: number[]) => number | undefined,
  signature: Signature,
): WebAssembly.ExportValue {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(relayModule(signature)), { h: { f } });
  return exports.f as WebAssembly.ExportValue;
}

/** An object whose table can be replaced: a heap has a new one, with the same entries, after it was trimmed. */
export interface WithTable {
  readonly table: WebAssembly.Table;
}

/** Entries of a table that belong to one user and are used again when they are given back. */
export class TableSlots {
  readonly #in: WithTable;
  readonly #spare: number[] = [];

  constructor(where: WithTable) {
    this.#in = where;
  }

  /** Puts the function into the table, and returns its index. Throws TypeError if it is not a WebAssembly function. */
  put(f: WebAssembly.ExportValue): number {
    const { table } = this.#in;
    const index = this.#spare.pop() ?? table.grow(1);
    try {
      table.set(index, f);
    } catch (error) {
      this.#spare.push(index);
      throw error;
    }
    return index;
  }

  remove(index: number): void {
    this.#in.table.set(index, null);
    this.#spare.push(index);
  }
}

/** Runs of neighbouring table entries, used again when they are given back. */
export class TableRanges {
  readonly #table: WebAssembly.Table;
  readonly #spare: { start: number; length: number }[] = [];

  constructor(table: WebAssembly.Table) {
    this.#table = table;
  }

  /** The index of the first of `length` entries, at a multiple of `alignment`. All of them are null. */
  take(length: number, alignment: number): number {
    for (const [k, run] of this.#spare.entries()) {
      const start = Math.ceil(run.start / alignment) * alignment;
      if (start + length > run.start + run.length) continue;
      this.#spare.splice(k, 1);
      this.#keep(run.start, start - run.start);
      this.#keep(start + length, run.start + run.length - start - length);
      return start;
    }
    const padding = -this.#table.length & (alignment - 1);
    const end = this.#table.grow(padding + length);
    this.#keep(end, padding);
    return end + padding;
  }

  /** Sets the entries to null, so that they can be taken again. */
  giveBack(start: number, length: number): void {
    for (let index = start; index < start + length; index++) this.#table.set(index, null);
    this.#keep(start, length);
  }

  #keep(start: number, length: number): void {
    if (length === 0) return;
    const before = this.#spare.findIndex((run) => run.start + run.length === start);
    const joined = before < 0 ? { start, length } : { ...(this.#spare[before] as { start: number; length: number }) };
    if (before >= 0) {
      joined.length += length;
      this.#spare.splice(before, 1);
    }
    const after = this.#spare.findIndex((run) => joined.start + joined.length === run.start);
    if (after >= 0) joined.length += this.#spare.splice(after, 1)[0]?.length ?? 0;
    this.#spare.push(joined);
  }
}
