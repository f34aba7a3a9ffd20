// pyheap image create: starts Python, imports modules, runs code, and writes the interpreter as it is then.

import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { basename, dirname, resolve } from "node:path";
import type { PyodideAPI } from "pyodide";
import { createImage } from "../hosts/python/pyodide.js";
import { bytes } from "../text/bytes.js";
import { visibleLines } from "../text/visible.js";
import type { FileSystem } from "./emscripten-files.js";
import { seenAt, showFolders } from "./folders.js";
import { holdDefinitions, startOptions } from "./run-definitions.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind } from "./system/files.js";

/** The exit code if the program that prepares the image fails. */
const FAILED = 1;

const IMAGE: FileKind = {
  name: "an image of Python",
  begins: (begin) => begin.subarray(0, 8).toString("latin1") === "PYHEAPPY",
};

export interface CreateOptions {
  readonly import?: string;
  readonly c?: string;
  readonly compress?: boolean;
  readonly force?: boolean;
}

/** Makes an image, as the options say. Returns the exit code. Throws UsageError. */
export async function create(file: string, script: string | undefined, options: CreateOptions): Promise<number> {
  const { c: code, compress = false, force } = options;
  if (script !== undefined && code !== undefined)
    throw new UsageError("Cannot run both a file and -c first: name one of them");
  const path = script === undefined ? undefined : resolve(script);
  if (path !== undefined && !existsSync(path)) throw new UsageError(`Cannot run ${script}: no such file`);
  checkFile(file, IMAGE, { isNamed: true, force, source: path });
  const modules = (options.import ?? "").split(",").map((name) => name.trim());
  const steps = modules
    .filter((name) => name !== "")
    .map((name): Step => ({ code: importOf(name), filename: "<import>" }));
  if (code !== undefined) steps.push({ code, filename: "<string>" });
  if (path !== undefined)
    steps.push({
      code: readFileSync(path, "utf8"),
      filename: `${seenAt(dirname(path))}/${basename(path)}`,
    });
  let image: Uint8Array;
  try {
    image = await createImage({
      compress,
      pyodide: {
        ...startOptions({}),
        fsInit: async (FS: unknown) =>
          showFolders(
            FS as FileSystem,
            { folder: process.cwd(), script, places: [], isSandboxed: false },
            () => undefined,
          ),
      } as object,
      prepare: (pyodide) => runSteps(pyodide, steps, path),
    });
  } catch (error) {
    process.stderr.write(`${visibleLines(error instanceof Error ? error.message : String(error)).trimEnd()}\n`);
    return FAILED;
  }
  try {
    writeFileSync(file, image);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
  process.stderr.write(`pyheap: ${file}: ${bytes(image.length)}\n`);
  return 0;
}

interface Step {
  readonly code: string;
  readonly filename: string;
}

function importOf(name: string): string {
  if (!/^[\p{ID_Start}_][\p{ID_Continue}.]*$/u.test(name))
    throw new UsageError(`Cannot import ${name}: it is not the name of a module`);
  return `import ${name}`;
}

/**
 * Runs the steps. What they define stays in the interpreter, except the names of imported modules. The folder of the
 * file is in sys.path only while the steps run.
 */
function runSteps(pyodide: PyodideAPI, steps: readonly Step[], path: string | undefined): void {
  const imports = pyodide.toPy({});
  if (path !== undefined)
    pyodide.runPython(`import sys; sys.path.insert(0, folder)`, { globals: pyodide.toPy({ folder: dirname(path) }) });
  for (const { code, filename } of steps) {
    pyodide.runPython(code, filename === "<import>" ? { globals: imports, filename } : { filename });
  }
  if (path !== undefined)
    pyodide.runPython(`import sys; sys.path.remove(folder)`, { globals: pyodide.toPy({ folder: dirname(path) }) });
  holdDefinitions(pyodide);
}
