// Functions as entries of a WebAssembly table. An exported wasm function goes in as it is; a TypeScript function goes
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

/** Entries of a table that belong to one user and are used again when they are given back. */
export class TableSlots {
  readonly #table: WebAssembly.Table;
  readonly #spare: number[] = [];

  constructor(table: WebAssembly.Table) {
    this.#table = table;
  }

  put(f: WebAssembly.ExportValue): number {
    const index = this.#spare.pop() ?? this.#table.grow(1);
    this.#table.set(index, f);
    return index;
  }

  remove(index: number): void {
    this.#table.set(index, null);
    this.#spare.push(index);
  }
}
