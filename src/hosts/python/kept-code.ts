// Our own Python code, which runs in every interpreter and defines something. An image contains what the code defined.
// So an interpreter that is made from the image does not compile the code again.
//
//   image is made:  keepValues -> a dict in the interpreter's globals: source -> value
//   image is used:  keptValue takes values from the dict -> dropValues removes it, before the program can see it

import type { PyodideAPI } from "pyodide";

/** Code, and the name of the file that its frames show. Its value depends on nothing but the source. */
export interface OwnCode {
  readonly source: string;
  readonly filename: string;
}

type PyProxy = ReturnType<PyodideAPI["toPy"]>;

/** The name of the dict in the globals. */
const VALUES = "__pyheap_values__";

interface Globals {
  get(name: string): PyProxy | undefined;
  set(name: string, value: unknown): void;
  has(name: string): boolean;
  delete(name: string): void;
}

/** The globals of the interpreter, in which the program runs. */
export const globalsOf = (pyodide: PyodideAPI) => pyodide.globals as unknown as Globals;

/**
 * The value of the code's last expression. It comes from the image, if the interpreter was made from one. Otherwise the
 * code runs now, as runApart runs it.
 */
export function keptValue(pyodide: PyodideAPI, code: OwnCode): PyProxy {
  const values = globalsOf(pyodide).get(VALUES);
  const value = values?.get(code.source) as PyProxy | undefined;
  values?.destroy();
  return value ?? evaluate(pyodide, code);
}

const evaluate = (pyodide: PyodideAPI, { source, filename }: OwnCode) =>
  runApart(pyodide, source, { filename }) as PyProxy;

/**
 * Runs code in a namespace of its own, so that the program does not find its names. Returns the value of the last
 * expression.
 */
export function runApart(pyodide: PyodideAPI, source: string, options: { readonly filename?: string } = {}): unknown {
  const globals = pyodide.toPy({});
  try {
    return pyodide.runPython(source, { ...options, globals });
  } finally {
    globals.destroy();
  }
}

/** The folder of an interpreter's packages. */
export const sitePackagesOf = (pyodide: PyodideAPI): string =>
  runApart(pyodide, "import site; site.getsitepackages()[0]") as string;

/** Puts values into an interpreter that an image is made of. */
export function keepValues(pyodide: PyodideAPI, codes: readonly OwnCode[]): void {
  const values = pyodide.toPy({});
  for (const code of codes) {
    const value = evaluate(pyodide, code);
    values.set(code.source, value);
    value.destroy();
  }
  globalsOf(pyodide).set(VALUES, values);
  values.destroy();
}

/** Removes the values that the image had. Those that were taken stay. */
export function dropValues(pyodide: PyodideAPI): void {
  const globals = globalsOf(pyodide);
  if (globals.has(VALUES)) globals.delete(VALUES);
}
