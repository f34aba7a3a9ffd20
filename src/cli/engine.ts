// Settings of V8: with them, a program starts earlier, has a larger stack if it can be suspended, and is not ended by a bug of
// V8. Other engines have none of them.

import { setFlagsFromString } from "node:v8";

const hasFlags = !("Bun" in globalThis || "Deno" in globalThis);
const isNode20 = process.versions.node.startsWith("20.");

/** A module of at least this many bytes takes long to validate. */
const LARGE = 2 ** 20;

/** Flags for the time in which a module is compiled, and what they are otherwise. */
const FLAGS: readonly (readonly [flag: string, usual: string])[] = [
  ["--wasm-lazy-validation", "--no-wasm-lazy-validation"],
  // A function is optimized when it has run roughly this many bytes of its code. The number is that of Node 22 and later.
  // Node 20 has a smaller one, with which CPython's interpreter loop is optimized after some fifty bytecodes.
  ...(isNode20 ? ([["--wasm-tiering-budget=13000000", "--wasm-tiering-budget=1800000"]] as const) : []),
];

/**
 * Sets the size, in MiB, of the stack of a call that can be suspended. Such a call does not run on the thread's own
 * stack. To be called before the thread starts. Does nothing in an engine that can't suspend a call.
 *
 * Nothing else sets flags before a thread starts: with another flag than usual, V8 compiles Node's own modules anew,
 * which takes 60 of the 100 ms of processor time until a thread is ready.
 */
export function setSwitchedStackSize(mebibytes: number): void {
  if (!("Suspending" in WebAssembly)) return;
  try {
    // V8 gives such a stack the smaller of these sizes, and reads them when it makes one. Threads that already
    // run keep their limits.
    for (const flag of ["wasm-stack-switching-stack-size", "stack-size"]) {
      setFlagsFromString(`--${flag}=${mebibytes * 1024}`);
    }
  } catch {
    // This engine has no such flags.
  }
}

/**
 * Keeps V8 of Node 20 from inlining calls of WebAssembly into JavaScript. If an exception passes through an inlined call,
 * V8's deoptimizer ends the process: this happened in 4 of 14 recursions through JavaScript, and with this setting in none
 * of 14.
 */
export function keepCallsOutOfLine(): void {
  if (hasFlags && isNode20) setFlagsFromString("--no-turbo-inline-js-wasm-calls");
}

/**
 * Runs `load`. If it instantiates a large module, the module's functions are not validated before it is instantiated, but
 * each when it is first called. A function that is not valid then ends the process, so use it only for modules
 * that were validated at another time.
 */
export async function validateLater<T>(load: () => Promise<T>): Promise<T> {
  if (!hasFlags) return load();
  const { instantiate } = WebAssembly;
  const instantiateUnvalidated = async (source: BufferSource | WebAssembly.Module, imports?: WebAssembly.Imports) => {
    if (source instanceof WebAssembly.Module || source.byteLength < LARGE) {
      return instantiate(source as BufferSource, imports);
    }
    const module = compileUnvalidated(source);
    return { module, instance: await instantiate(module, imports) };
  };
  Object.assign(WebAssembly, { instantiate: instantiateUnvalidated });
  try {
    return await load();
  } finally {
    Object.assign(WebAssembly, { instantiate });
  }
}

/**
 * Compiles a module. The flags are set only during this compilation, because Pyodide finds out what an engine can do by
 * compiling modules that not every engine finds valid.
 */
function compileUnvalidated(source: BufferSource): WebAssembly.Module {
  for (const [flag] of FLAGS) setFlagsFromString(flag);
  try {
    return new WebAssembly.Module(source);
  } finally {
    for (const [, usual] of FLAGS) setFlagsFromString(usual);
  }
}
