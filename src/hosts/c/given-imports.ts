// The functions that a module in C gets from the program (heap.load's `imports`), and what stands for those that nobody defines.

import type { Border } from "../../objects/bridge/border.js";
import type { Definition, Definitions } from "./definitions.js";
import { isOfApi, mayBeAbsent } from "./environment.js";
import { LinkError } from "./link-error.js";
import type { CValue, Imports, LoadedModule } from "./loaded.js";
import type { FunctionTypes } from "./sections.js";

/**
 * The same imports; but while a function in JavaScript runs, the heap knows that C waits for it, so that nothing moves,
 * however C was called. Other values, and WebAssembly functions, stay as they are.
 */
export function guardedImports(given: Imports, border: Border): Imports {
  const guarded: Record<string, WebAssembly.ImportValue> = {};
  const probe = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  for (const [name, f] of Object.entries(given)) {
    guarded[name] = typeof f === "function" && !isOfWebAssembly(f, probe) ? guardedFunction(f, border) : f;
  }
  return guarded;
}

/** Whether this is a WebAssembly function: a table takes no other. */
function isOfWebAssembly(f: unknown, probe: WebAssembly.Table): boolean {
  try {
    probe.set(0, f);
    return true;
  } catch {
    return false;
  }
}

function guardedFunction(f: unknown, border: Border): WebAssembly.ImportValue {
  const call = f as (...args: CValue[]) => unknown;
  return (...args: CValue[]) => border.run(() => call(...args));
}

/** A caller's functions. A function in JavaScript gets the type with which the module imports it. */
export function givenTo(types: FunctionTypes | undefined, extra: Imports): Definitions {
  const given = new Map<string, Definition>();
  for (const [name, f] of Object.entries(extra)) {
    if (typeof f !== "function") continue;
    given.set(name, { kind: "function", f: f as WebAssembly.ExportValue, type: types?.get(name) });
  }
  return given;
}

/** Stands for a function that nobody defines: a call of it is an error. */
export function absent(name: string): () => never {
  let why = "it is weak, and nobody defines it";
  if (mayBeAbsent(name)) why = `a heap does not have this function of ${isOfApi(name) ? "CPython" : "the C library"}`;
  return () => {
    throw new LinkError(`Cannot call ${name}: ${why}`, [name]);
  };
}

/**
 * What the address of an absent function of the API or the C library leads to. undefined if the module imports the function weakly, or if
 * the function is of neither: then its address is NULL.
 */
export function absentAddress(name: string, { types, dylink }: LoadedModule): Definition | undefined {
  if (!mayBeAbsent(name) || dylink.weakImports.has(`env.${name}`)) return undefined;
  return { kind: "function", f: absent(name), type: types?.imported.get(name) ?? { parameters: [], results: [] } };
}
