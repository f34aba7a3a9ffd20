// Every version of Pyodide that a heap supports. Each is a separate package.

import type { loadPyodide } from "pyodide";

export interface Version {
  readonly pyodide: string;
  readonly python: string;
  readonly package: string;
}

export const VERSIONS = {
  "0.27": { pyodide: "0.27", python: "3.12", package: "pyodide-0.27" },
  "0.28": { pyodide: "0.28", python: "3.13", package: "pyodide-0.28" },
  "0.29": { pyodide: "0.29", python: "3.13", package: "pyodide-0.29" },
  "314": { pyodide: "314", python: "3.14", package: "pyodide" },
  "315": { pyodide: "315", python: "3.15", package: "pyodide-315" },
} as const satisfies Record<string, Version>;

export async function loaderOf({ package: name }: Version): Promise<typeof loadPyodide> {
  return ((await import(name)) as { loadPyodide: typeof loadPyodide }).loadPyodide;
}
