// Puts the files of the Python package pyheap (python/) into src/hosts/python/python-files.gen.ts, from which the library
// writes them into an interpreter's site-packages.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Writes the module if the files have changed. */
export function embedPython() {
  const names = readdirSync("python", { recursive: true }).filter((name) => /\.py$|\/py\.typed$/.test(name));
  const files = Object.fromEntries(names.sort().map((name) => [name, readFileSync(`python/${name}`, "utf8")]));
  const text = `// The files of the Python package pyheap, by path, as scripts/python.mjs made it from python/.\nexport const PYTHON_FILES: Readonly<Record<string, string>> = ${JSON.stringify(files, undefined, 2)};\n`;
  writeFileSync("src/hosts/python/python-files.gen.ts", text);
}
