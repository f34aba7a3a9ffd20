// A function that jumps through an entry of the table: for a module that must be there before what it calls is.

import { type FunctionType, leb } from "./sections.js";

const I32_CONST = 0x41;
const LOCAL_GET = 0x20;
const CALL_INDIRECT = 0x11;
const END = 0x0b;

/** A number as signed LEB128. */
function signedLeb(value: number): number[] {
  const bytes: number[] = [];
  let rest = value | 0;
  for (;;) {
    const byte = rest & 127;
    rest >>= 7;
    if ((rest === 0 && (byte & 64) === 0) || (rest === -1 && (byte & 64) !== 0)) return [...bytes, byte];
    bytes.push(byte | 128);
  }
}

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

/** A WebAssembly function of the type, which calls whatever stands at `index` of the table by then. */
export function makeTrampoline(table: WebAssembly.Table, index: number, type: FunctionType): WebAssembly.ExportValue {
  const { parameters, results } = type;
  const signature = [0x60, ...leb(parameters.length), ...parameters, ...leb(results.length), ...results];
  const code = [
    0,
    ...parameters.flatMap((_, k) => [LOCAL_GET, ...leb(k)]),
    ...[I32_CONST, ...signedLeb(index), CALL_INDIRECT, 0, 0, END],
  ];
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, [1, ...signature]),
    // "h"."t": a table of functions, of any size
    ...section(2, [1, 1, 0x68, 1, 0x74, 1, 0x70, 0, 0]),
    ...section(3, [1, 0]),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
  return new WebAssembly.Instance(new WebAssembly.Module(bytes), { h: { t: table } }).exports
    .f as WebAssembly.ExportValue;
}
