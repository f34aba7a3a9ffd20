// pyheap cc --wheel: puts a module for CPython, and folders with Python files, into a wheel for Pyodide.

import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { CompileError, type CompileOptions, compileC } from "../hosts/c/compile.js";
import { targetCalled } from "../hosts/c/target.js";
import { Distribution } from "./packages/distribution.js";
import { releaseOf } from "./packages/project.js";
import { makeWheel, type Release, wheelFileName } from "./packages/wheel-file.js";
import { pyodideFolder } from "./pyodide-folder.js";
import { UsageError } from "./system/errors.js";

export interface WheelOptions {
  /** NAME==VERSION; without it, pyproject.toml in the current folder has them. */
  readonly release: string | undefined;
  /** The module's full name; without it, the name that its PyInit_ function has. */
  readonly module: string | undefined;
  /** What else goes into the wheel: packages, which are folders, and modules of one file. */
  readonly contents: readonly string[];
  /** The folder of the Pyodide that the wheel is for; without it, the one that comes with pyheap. */
  readonly pyodide: string | undefined;
}

/** The version of CPython whose layouts the headers have. */
const PYTHON = "3.14";
const { suffix: SUFFIX } = targetCalled("cpython");

/** A wheel that is to be made. */
export class CWheel {
  readonly fileName: string;
  readonly #release: Release;
  readonly #tag: string;
  readonly #options: WheelOptions;

  private constructor(options: WheelOptions, release: Release, tag: string) {
    this.#options = options;
    this.#release = release;
    this.#tag = tag;
    this.fileName = wheelFileName(release, tag);
  }

  /** Throws UsageError if the options don't say what the wheel is to be. */
  static async plan(options: WheelOptions): Promise<CWheel> {
    const release = releaseOf(process.cwd(), options.release);
    const pyodide = options.pyodide === undefined ? undefined : pyodideFolder(options.pyodide);
    const { python, platforms } = (await Distribution.read(undefined, pyodide)).interpreter;
    if (!python.startsWith(`${PYTHON}.`))
      throw new UsageError(`Cannot make a wheel for CPython ${python}: modules are compiled for CPython ${PYTHON}`);
    const missing = options.contents.find((path) => !existsSync(path));
    if (missing !== undefined) throw new UsageError(`Cannot make a wheel with ${missing}: there is no such file`);
    const version = `cp${PYTHON.replace(".", "")}`;
    return new CWheel(options, release, `${version}-${version}-${platforms[0]}`);
  }

  /** Compiles the module, if there are files to compile, and writes the wheel. Throws CompileError. */
  async make(compile: CompileOptions): Promise<void> {
    const files = new Map(this.#options.contents.flatMap(filesIn));
    if (compile.sources.length > 0) files.set(...(await this.#compiled(compile)));
    writeFileSync(compile.output, makeWheel(this.#release, this.#tag, files));
  }

  /** The module's path in the wheel, and its bytes. */
  async #compiled(compile: CompileOptions): Promise<[path: string, bytes: Uint8Array]> {
    const temporary = mkdtempSync(join(tmpdir(), "pyheap-wheel-"));
    try {
      const output = join(temporary, "module.wasm");
      await compileC({ ...compile, output });
      const bytes = readFileSync(output);
      const path = pathOf(this.#options.module, new WebAssembly.Module(bytes), compile.outputName ?? this.fileName);
      return [path, bytes];
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
}

/** Where a module belongs: spam/_eggs.cpython-314-wasm32-emscripten.so. */
function pathOf(name: string | undefined, module: WebAssembly.Module, label: string): string {
  const begins = WebAssembly.Module.exports(module)
    .map((each) => each.name)
    .filter((each) => each.startsWith("PyInit_"))
    .map((each) => each.slice("PyInit_".length));
  const wrong = (why: string) => new CompileError(`Cannot make ${label}: ${why}`);
  const own = name?.split(".") ?? begins.slice(0, 1);
  if (begins.length !== 1)
    throw wrong(`a module has one function PyInit_NAME, this one has ${begins.length === 0 ? "none" : begins.length}`);
  if (own.at(-1) !== begins[0]) throw wrong(`the module is called ${begins[0]} in C, and not ${own.at(-1)}`);
  return `${own.join("/")}${SUFFIX}`;
}

/** Files that only a build needs, and modules for other interpreters. */
const LEFT_OUT = /\.(c|cc|cpp|cxx|h|hh|hpp|pyx|pxd|pyc|o|a|wasm|dylib|pyd)$/;

/** A module of one file, or the files of a package, with their paths in the wheel. */
function filesIn(given: string): [path: string, bytes: Uint8Array][] {
  const above = dirname(resolve(given));
  const walk = (path: string): [string, Uint8Array][] =>
    readdirSync(join(above, path), { withFileTypes: true }).flatMap((entry) => {
      const { name } = entry;
      if (name.startsWith(".") || name === "__pycache__" || LEFT_OUT.test(name)) return [];
      if (name.endsWith(".so") && !name.endsWith(SUFFIX)) return [];
      const own = `${path}/${name}`;
      return entry.isDirectory() ? walk(own) : [[own, readFileSync(join(above, own))]];
    });
  const name = basename(resolve(given));
  return statSync(given).isDirectory() ? walk(name) : [[name, readFileSync(given)]];
}
