// Tiny modules of one function each. A trampoline calls the function in an entry of the table: a module imports the
// trampoline instead of a function that will be loaded later. A relay calls a function in JavaScript, and so makes it a
// WebAssembly function. An adapter calls a function of another type.

import { leb, signedLeb } from "../../ground/wasm-binary.js";
import type { FunctionType } from "./sections.js";

const I32_CONST = 0x41;
const LOCAL_GET = 0x20;
const CALL_INDIRECT = 0x11;
const CALL = 0x10;
const DROP = 0x1a;
const END = 0x0b;

function section(id: number, content: readonly number[]): number[] {
  return [id, ...leb(content.length), ...content];
}

const MAGIC = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

function typeBytes({ parameters, results }: FunctionType): number[] {
  return [0x60, ...leb(parameters.length), ...parameters, ...leb(results.length), ...results];
}

/** The function with the number 0 in a new module, which has one function type, and imports `value` as "h"."x". */
function oneFunction(
  { parameters, results }: FunctionType,
  imported: readonly number[],
  code: readonly number[] | undefined,
  value: WebAssembly.ImportValue,
): WebAssembly.ExportValue {
  const bytes = Uint8Array.from([
    ...MAGIC,
    ...section(1, [1, ...typeBytes({ parameters, results })]),
    ...section(2, [1, 1, 0x68, 1, 0x78, ...imported]),
    ...(code ? section(3, [1, 0]) : []),
    ...section(7, [1, 1, 0x66, 0, 0]),
    ...(code ? section(10, [1, ...leb(code.length), ...code]) : []),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), { h: { x: value } });
  return exports.f as WebAssembly.ExportValue;
}

/**
 * A WebAssembly function of the type. It calls the function that is at `index` of the table at the time of the call.
 */
export function makeTrampoline(table: WebAssembly.Table, index: number, type: FunctionType): WebAssembly.ExportValue {
  const code = [
    0,
    ...type.parameters.flatMap((_, k) => [LOCAL_GET, ...leb(k)]),
    ...[I32_CONST, ...signedLeb(index), CALL_INDIRECT, 0, 0, END],
  ];
  // The import: a table of functions, of any size.
  return oneFunction(type, [1, 0x70, 0, 0], code, table);
}

/** A WebAssembly function of the type that calls `f`. */
export function makeRelay(f: WebAssembly.ExportValue, type: FunctionType): WebAssembly.ExportValue {
  return oneFunction(type, [0, 0], undefined, f as WebAssembly.ImportValue);
}

/**
 * A function of the type `wanted` that calls `f`, which has the type `type`: with as many of the arguments as `f` takes,
 * and 0 for missing ones. All values are i32.
 */
export function makeAdapter(
  f: WebAssembly.ExportValue,
  type: FunctionType,
  wanted: FunctionType,
): WebAssembly.ExportValue {
  const passed = type.parameters.flatMap((_, k) =>
    k < wanted.parameters.length ? [LOCAL_GET, ...leb(k)] : [I32_CONST, 0],
  );
  const [has, wants] = [type.results.length > 0, wanted.results.length > 0];
  const result = has && !wants ? [DROP] : wants && !has ? [I32_CONST, 0] : [];
  const code = [0, ...passed, CALL, 0, ...result, END];
  const bytes = Uint8Array.from([
    ...MAGIC,
    ...section(1, [2, ...typeBytes(type), ...typeBytes(wanted)]),
    ...section(2, [1, 1, 0x68, 1, 0x78, 0, 0]),
    ...section(3, [1, 1]),
    ...section(7, [1, 1, 0x66, 0, 1]),
    ...section(10, [1, ...leb(code.length), ...code]),
  ]);
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    h: { x: f as WebAssembly.ImportValue },
  });
  return exports.f as WebAssembly.ExportValue;
}
