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

/**
 * A module that imports the table "h"."t", and exports a function "f" with three i32 parameters: it calls the entry whose
 * index is the first one, with the other two and a 0, and returns that entry's i32.
 */
const CALLER = Uint8Array.from([
  ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
  ...[0x01, 0x08, 0x01, 0x60, 0x03, I32, I32, I32, 0x01, I32],
  ...[0x02, 0x09, 0x01, 0x01, 0x68, 0x01, 0x74, 0x01, 0x70, 0x00, 0x00],
  ...[0x03, 0x02, 0x01, 0x00],
  ...[0x07, 0x05, 0x01, 0x01, 0x66, 0x00, 0x00],
  ...[0x0a, 0x0f, 0x01, 0x0d, 0x00, 0x20, 0x01, 0x20, 0x02, 0x41, 0x00, 0x20, 0x00, 0x11, 0x00, 0x00, 0x0b],
]);

/**
 * A wasm function that calls entries of a table: the one at the first parameter, with the second, the third and 0.
 * Modules that live shorter than the table should call its entries in this way: a module that imports a table may live as
 * long as the table does.
 */
export function callerOf(table: WebAssembly.Table): WebAssembly.ExportValue {
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(CALLER), { h: { t: table } });
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
