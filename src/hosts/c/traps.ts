// The engine's error for a trap in C, with a message in words of C.

import { labelOf, wasmFrame } from "../../alloc/locator.js";

/** Engines' messages about a call through the table: of an empty entry, or of a function of another type. */
const MISMATCH = /signature mismatch|null function|indirect call|call_indirect/i;

/** A module without a name: an engine shows a number. */
const UNNAMED = /^[0-9a-f]{8}$/;

/** Whether a module is the core, or another one of ours: they have no name, but loaded modules have one. */
export const isOurs = (url: string): boolean => UNNAMED.test(labelOf(url));

/** At most this number of functions is named. */
const MOST = 4;

/** "g (spam.wasm), called from f, main": the functions of C under way, the innermost first; "" if the stack has none. */
function functionsOf(stack: string): string {
  const frames = stack
    .split("\n")
    .map((line) => wasmFrame(line.trim()))
    .filter((frame) => frame !== undefined)
    .filter(({ url }) => !isOurs(url));
  const [first, ...callers] = frames.slice(0, MOST);
  if (!first) return "";
  const from = callers.length > 0 ? `, called from ${callers.map(({ name }) => name).join(", ")}` : "";
  return `${first.name} (${labelOf(first.url)})${from}`;
}

/**
 * The same error. If a function was called through its address with a type that it does not have, the message now says
 * so, and names the functions under way.
 */
export function explained(error: unknown): unknown {
  if (!(error instanceof WebAssembly.RuntimeError) || !MISMATCH.test(error.message)) return error;
  const { message, stack = "" } = error;
  const where = functionsOf(stack);
  error.message =
    `Cannot call a function through its address${where && ` in ${where}`}: it is NULL, or the function's own parameters and result are ` +
    "not those that it is called with";
  error.stack = stack.replace(message, error.message);
  return error;
}
