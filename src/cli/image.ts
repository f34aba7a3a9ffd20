// pyheap image: makes images of Python, for pyheap run --image and loadPython, and says what is in one.

import { readFileSync } from "node:fs";
import { type Command, Option } from "commander";
import { bytes } from "../text/bytes.js";
import type { CreateOptions } from "./create-image.js";
import { addPackageOptions } from "./package-options.js";
import { FORCE } from "./system/files.js";

const EXAMPLES = `
Examples:
  pyheap image create app.pyimage --import json,re        import modules, and keep the interpreter as it is then
  pyheap image create app.pyimage -c "import json; table = json.load(open('table.json'))"
  pyheap image create app.pyimage prepare.py              run a file first
  pyheap image create app.pyimage --import numpy,attrs    packages are loaded as pyheap run loads them
  pyheap image info app.pyimage                           what is in it
  pyheap run --image app.pyimage app.py                   start from it

What the file or -c defines, the program finds in its own module. An image is code: \`pyheap run\` refuses one that you did not make, unless --trust names its SHA-256.`;

export function addImage(program: Command): void {
  const image = program
    .command("image")
    .summary("keep an interpreter that has imported what a program needs, and start from it")
    .description(
      "Makes images of Python, from which `pyheap run --image` starts in a fraction of the time, and shows them.",
    )
    .addHelpText("after", EXAMPLES);
  addPackageOptions(image.command("create"))
    .description("Starts Python, imports modules, runs code, and writes the interpreter as it is then.")
    .argument("<file>", "the image to write")
    .argument("[script]", "a file to run first")
    .option("--import <modules>", "modules to import, with commas between them")
    .addOption(new Option("-c <code>", "code to run first"))
    .option("--venv <folder>", "see the packages of a virtual environment; the default is the one that is active")
    .option("--pyodide <folder>", "make it of the Pyodide in this folder, for runs with the same option")
    .option("--compress", "make it smaller, and slower to start from")
    .option(...FORCE)
    .action(async (file: string, script: string | undefined, options: CreateOptions) => {
      const { create } = await import("./create-image.js");
      process.exitCode = await create(file, script, options);
    });
  image
    .command("info")
    .description("Shows what an image says of itself.")
    .argument("<file>", "the image")
    .option("--json", "as JSON")
    .action(async (file: string, { json }: { json?: boolean }) => info(file, json === true));
}

async function info(file: string, isJson: boolean): Promise<void> {
  const { hashOf, openImage } = await import("./open-image.js");
  const image = await openImage(file, { isProven: false });
  const stored = readFileSync(file);
  const sha256 = hashOf(stored);
  const all = { ...image.info, bytes: stored.length, sha256 };
  if (isJson) {
    process.stdout.write(`${JSON.stringify(all, null, 2)}\n`);
    return;
  }
  const { python, pyodide, pyheap, made, modules, live, footprint, needs } = image.info;
  const rows = [
    ["Python", `${python} (Pyodide ${pyodide})`],
    ["made", `${made}, by pyheap ${pyheap}`],
    ["modules", `${modules} imported`],
    ["live blocks", bytes(live)],
    ["footprint", bytes(footprint)],
    ["file", bytes(stored.length)],
    ["SHA-256", sha256],
    ...needs.map((folder, k) => [k === 0 ? "packages" : "", folder] as const),
  ] as const;
  process.stdout.write(rows.map(([name, value]) => `${name.padEnd(12)} ${value}\n`).join(""));
}
