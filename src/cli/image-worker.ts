// The thread in which the interpreter of an image runs: it imports and runs what the image is to contain. Its stack is as large
// as that of a program, and it can wait for packages.

import { parentPort, workerData } from "node:worker_threads";
import type { PyodideAPI } from "pyodide";
import { messageOf } from "../ground/errors.js";
import { createImage } from "../hosts/python/pyodide.js";
import { type AddLibraries, ask, prepareImports } from "./asked-packages.js";
import type { FileSystem } from "./emscripten-files.js";
import { keepCallsOutOfLine } from "./engine.js";
import { showFolders } from "./folders.js";
import { withLoop } from "./image-loop.js";
import type { ImageMessage, ImageOrder, Step } from "./image-order.js";
import type { Wanted } from "./packages/provider.js";
import { loaderFrom } from "./pyodide-folder.js";
import { definitions, holdDefinitions, startOptions } from "./run-definitions.js";
import { viewShared } from "./shared.js";
import { setOutputs, writeAll } from "./stdio.js";

const order = workerData as ImageOrder;
const shared = viewShared(order.shared);
const say = (message: ImageMessage) => parentPort?.postMessage(message);
/** Folders of packages that the image needs. */
let needed: readonly string[] = [];

/** Imports a module. If a module can't be had, the error names it. */
function importFirst(pyodide: PyodideAPI, code: string, globals: unknown): void {
  try {
    pyodide.runPython(code, { globals: globals as never, filename: "<import>" });
  } catch (error) {
    const [, missing, note] = /^ModuleNotFoundError: (.*)\n?([\s\S]*)/m.exec(String(error)) ?? [];
    if (missing === undefined) throw error;
    throw new Error(`pyheap: Cannot ${code}: ${note?.trim() || missing}`);
  }
}

/**
 * Runs the steps. What they define stays in the interpreter, except the names of imported modules. The folder of the
 * file is in sys.path only while the steps run.
 */
function runSteps(pyodide: PyodideAPI, steps: readonly Step[], folder: string | undefined): void {
  const imports = pyodide.toPy({});
  const change = (code: string) =>
    folder !== undefined && pyodide.runPython(`import sys; ${code}`, { globals: pyodide.toPy({ folder }) });
  change("sys.path.insert(0, folder)");
  for (const { code, filename } of steps) {
    if (filename === "<import>") importFirst(pyodide, code, imports);
    else pyodide.runPython(code, { filename });
  }
  change("sys.path.remove(folder)");
}

/** Adds the folders of PYTHONPATH and of the virtual environment. They stay in sys.path, so programs from the image need them. */
function addFolders(pyodide: PyodideAPI, { paths, sites }: ImageOrder): void {
  const globals = pyodide.toPy({ paths, sites });
  const code = "import site, sys; sys.path[1:1] = paths; [site.addsitedir(folder) for folder in sites]";
  pyodide.runPython(code, { globals });
  globals.destroy();
}

/** Runs everything that comes before the image is made. */
function prepare(pyodide: PyodideAPI): void {
  const isTerminal = () => false;
  setOutputs(pyodide, isTerminal, (fd, bytes) => writeAll(fd, bytes, Error));
  const { packages, steps, script, paths, sites } = order;
  const run = () => withLoop(pyodide, () => runSteps(pyodide, steps, order.folder));
  addFolders(pyodide, order);
  needed = [...paths, ...sites];
  if (packages) {
    const space = definitions(pyodide);
    const get = (wanted: readonly Wanted[]) => ask(shared, () => say({ kind: "provide", wanted }));
    const addLibraries = (space.get("library_folders") as () => AddLibraries)();
    const imports = prepareImports(pyodide, space, packages, addLibraries, get);
    for (const { code, filename } of steps) {
      if (filename === script) imports.look("script", filename);
      else imports.look("code", code);
    }
    run();
    needed = [...needed, ...imports.folders()];
    imports.end();
    space.destroy();
  } else run();
  holdDefinitions(pyodide);
}

keepCallsOutOfLine();
try {
  const image = await createImage({
    compress: order.compress,
    loadPyodide: await loaderFrom(order.pyodide),
    pyodide: {
      ...startOptions({}),
      fsInit: async (FS: unknown) =>
        showFolders(
          FS as FileSystem,
          { folder: process.cwd(), script: order.script, places: [], isSandboxed: false },
          () => undefined,
        ),
    } as object,
    prepare,
    needs: () => needed,
  });
  say({ kind: "image", image });
} catch (error) {
  say({ kind: "failed", why: messageOf(error) });
}
