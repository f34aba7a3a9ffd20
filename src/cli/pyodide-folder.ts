// `pyheap run --pyodide FOLDER`: another Pyodide than the one that comes with pyheap.

import { existsSync, statSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import type { loadPyodide } from "pyodide";
import { UsageError } from "./system/errors.js";
import { OWN_PYODIDE } from "./system/own-pyodide.js";

/** Files that every folder with a Pyodide has: the folder of the npm package, and the folders of its release archives. */
const FILES = ["pyodide.mjs", "pyodide.asm.wasm", "pyodide-lock.json", "python_stdlib.zip", "package.json"];

/** The absolute path of a folder. Throws UsageError, naming what is missing, if there is no Pyodide in it. */
export function pyodideFolder(folder: string): string {
  const path = resolve(folder);
  const refused = (why: string) => new UsageError(`Cannot run with --pyodide ${folder}: ${why}`);
  if (!existsSync(path)) throw refused("there is no such folder");
  if (!statSync(path).isDirectory()) throw refused("it is a file; name the folder that pyodide.mjs is in");
  const missing = FILES.filter((file) => !existsSync(join(path, file)));
  if (missing.length > 0) throw refused(`it has no ${missing.join(", ")}`);
  return path;
}

export type LoadPyodide = typeof loadPyodide;

/** The function that loads the Pyodide in a folder, or without a folder the one that comes with pyheap. */
export async function loaderFrom(folder: string | undefined): Promise<LoadPyodide> {
  const url = folder === undefined ? OWN_PYODIDE : pathToFileURL(join(folder, "pyodide.mjs")).href;
  return ((await import(url)) as { loadPyodide: LoadPyodide }).loadPyodide;
}
