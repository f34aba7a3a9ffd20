// pyheap image create: starts Python, imports modules, runs code, and writes the interpreter as it is then.

import { existsSync, readFileSync } from "node:fs";
import { basename, delimiter, dirname, resolve } from "node:path";
import { Worker } from "node:worker_threads";
import { PYTHON_IMAGE_MAGIC } from "../hosts/python/python-image.js";
import { bytes } from "../text/bytes.js";
import { visibleLines } from "../text/visible.js";
import { answer } from "./asked-packages.js";
import { seenAt } from "./folders.js";
import type { ImageMessage, ImageOrder, Step } from "./image-order.js";
import { noteMade } from "./open-image.js";
import type { ProgramPackageOptions } from "./package-options.js";
import { Provider } from "./packages/provider.js";
import { pyodideFolder } from "./pyodide-folder.js";
import { STACK_MEBIBYTES } from "./python-thread.js";
import { makeShared, viewShared } from "./shared.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind } from "./system/files.js";
import { replaceFile } from "./system/replacement.js";
import { virtualEnvironment } from "./virtual-environment.js";

/** The exit code if no image can be made, for example because the program that prepares it fails. */
const FAILED = 1;

const IMAGE: FileKind = {
  name: "an image of Python",
  begins: (begin) => begin.subarray(0, PYTHON_IMAGE_MAGIC.length).toString("latin1") === PYTHON_IMAGE_MAGIC,
};

export interface CreateOptions extends ProgramPackageOptions {
  readonly import?: string;
  readonly c?: string;
  readonly venv?: string;
  readonly compress?: boolean;
  readonly force?: boolean;
}

/** Makes an image, as the options say. Returns the exit code. Throws UsageError if the options can't be followed, or a file can't be used. */
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
  const folder = path === undefined ? undefined : seenAt(dirname(path));
  const seen = path === undefined ? undefined : `${folder}/${basename(path)}`;
  if (path !== undefined && seen !== undefined) steps.push({ code: readFileSync(path, "utf8"), filename: seen });
  const pyodide = options.pyodide === undefined ? undefined : pyodideFolder(options.pyodide);
  const isShown = process.stderr.isTTY === true && !process.env.CI;
  const provider = options.packages
    ? await Provider.begin(options, process.env, isShown ? process.stderr : undefined)
    : undefined;
  const made = await prepared(
    {
      ...{ steps, script: seen, folder, compress, pyodide },
      paths: (process.env.PYTHONPATH ?? "")
        .split(delimiter)
        .filter((path) => path !== "")
        .map((path) => resolve(path)),
      sites: virtualEnvironment(options.venv, process.env)?.sites ?? [],
      packages: provider && { offered: provider.offered, folders: provider.folders },
      shared: makeShared(),
    },
    provider,
  );
  if (typeof made === "string") {
    process.stderr.write(`${visibleLines(made).trimEnd()}\n`);
    return FAILED;
  }
  try {
    replaceFile(file, made);
    noteMade(made);
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
  process.stderr.write(`pyheap: ${file}: ${bytes(made.length)}\n`);
  return 0;
}

function importOf(name: string): string {
  if (!/^[\p{ID_Start}_][\p{ID_Continue}.]*$/u.test(name))
    throw new UsageError(`Cannot import ${name}: it is not the name of a module`);
  return `import ${name}`;
}

/** The image, made in a thread of its own; or why it can't be made. */
function prepared(order: ImageOrder, provider: Provider | undefined): Promise<Uint8Array | string> {
  const worker = new Worker(new URL("./image-worker.js", import.meta.url), {
    workerData: order,
    resourceLimits: { stackSizeMb: STACK_MEBIBYTES },
  });
  const shared = viewShared(order.shared);
  return new Promise((done) => {
    worker.on("message", (message: ImageMessage) => {
      if (message.kind === "provide") void answer(worker, shared, provider, message.wanted);
      else {
        done(message.kind === "image" ? message.image : message.why);
        void worker.terminate();
      }
    });
    worker.on("error", (error) => done(`pyheap: Python ended: ${error.message}`));
    worker.on("exit", (code) => done(`pyheap: Python ended with exit code ${code}, and no image was made`));
  });
}
