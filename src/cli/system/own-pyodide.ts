// The Pyodide that comes with the command.

import { fileURLToPath } from "node:url";

/** The name under which it is installed. The package `pyodide` is for the user's programs, and may be another version. */
export const OWN_PYODIDE = "pyodide-314";

/** The path of one of its files. */
export const ownPyodide = (file: string): string => fileURLToPath(import.meta.resolve(`${OWN_PYODIDE}/${file}`));
