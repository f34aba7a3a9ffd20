// Puts the files of the Python package pyheap (python/) into src/hosts/python/python-files.gen.ts, from which the
// library writes them into an interpreter's site-packages; and pyheap's version, which is written into images of
// interpreters.

import { readdirSync, readFileSync, writeFileSync } from "node:fs";

/** Writes the module. */
export function embedPython() {
  const names = readdirSync("python", { recursive: true }).filter((name) => /\.py$|\/py\.typed$/.test(name));
  const files = Object.fromEntries(names.sort().map((name) => [name, readFileSync(`python/${name}`, "utf8")]));
  const { version } = JSON.parse(readFileSync("package.json", "utf8"));
  const text = `// The files of the Python package pyheap, by path, as scripts/python.mjs made it from python/.\nexport const PYTHON_FILES: Readonly<Record<string, string>> = ${JSON.stringify(files, undefined, 2)};\n\n/** pyheap's version, of package.json. */\nexport const PYHEAP_VERSION = ${JSON.stringify(version)};\n`;
  writeFileSync("src/hosts/python/python-files.gen.ts", text);
}
