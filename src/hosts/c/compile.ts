// Compiles C or C++ to a module for heap.load or for CPython, with the right flags and our headers. A module for heap.load is linked with
// the small C library of libc/, and with the functions of the Python/C API with variable arguments, from capi/; if it needs the library
// of objects, capi/objects/, it gets that, too.

import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Remembered } from "../../ground/remembered.js";
import { complaintAboutInputs } from "./inputs.js";
import { keptLibrary, keyOf } from "./kept-library.js";
import { withLibrary } from "./objects-library.js";
import { HEADERS, type Target, type TargetName, targetCalled } from "./target.js";
import { findToolchain, NO_TOOLCHAIN, type Toolchain } from "./toolchain.js";

/**
 * The package's folder: the nearest folder above this file that has the library. How far above it is depends on where
 * this file was built to.
 */
function packageFolder(): string {
  let folder = dirname(fileURLToPath(import.meta.url));
  while (!existsSync(join(folder, "libc/include")) && dirname(folder) !== folder) folder = dirname(folder);
  return folder;
}

const ROOT = packageFolder();
const LIBC = join(ROOT, "libc");
const CAPI = join(ROOT, "capi");
const OBJECTS = join(CAPI, "objects");

const LINK = ["-shared", "--experimental-pic", "--unresolved-symbols=import-dynamic"];

export interface CompileOptions {
  /** Files in C or C++, object files, and archives of object files. */
  readonly sources: readonly string[];
  readonly output: string;
  /** What an error calls the output, if it is not its path. */
  readonly outputName?: string;
  /** Options for the compiler: -O2 if none says how to optimize. */
  readonly flags?: readonly string[];
  readonly linkFlags?: readonly string[];
  /** What the module is for; a heap if it is not said. */
  readonly target?: TargetName;
  readonly folder?: string;
  /** The folder where the library's object files are kept for other processes. Without it, only this process has them. */
  readonly cache?: string;
}

/** The compiler or the linker failed, or was not found. */
export class CompileError extends Error {
  override readonly name = "CompileError";
}

function isCpp(source: string): boolean {
  return /\.(cc|cpp|cxx|C)$/.test(source);
}

export function isSource(source: string): boolean {
  return isCpp(source) || source.endsWith(".c");
}

/** Compiles and links. Throws CompileError; the tools have then printed what is wrong. */
export async function compileC(options: CompileOptions): Promise<void> {
  const { sources, flags = [], linkFlags = [], folder = process.cwd(), cache } = options;
  const target = targetCalled(options.target ?? "heap");
  const output = resolve(folder, options.output);
  const toolchain = await findToolchain(folder);
  if (!toolchain) throw new CompileError(`Cannot compile: ${NO_TOOLCHAIN}`);
  const temporary = mkdtempSync(join(tmpdir(), "pyheap-cc-"));
  try {
    const build = new Build(toolchain, target, temporary, folder);
    const given = sources.filter((source) => !isSource(source)).map((source) => resolve(folder, source));
    const wrong = complaintAboutInputs(given, given.length === sources.length, target.name);
    if (wrong !== undefined) throw new CompileError(`Cannot link ${options.outputName ?? output}: ${wrong}`);
    const compiled: string[] = [];
    for (const [k, source] of sources.entries()) {
      const path = resolve(folder, source);
      compiled.push(isSource(source) ? await build.compile(path, `${k}-${basename(source)}.o`, flags) : path);
    }
    const library = target.hasLibrary
      ? await libraries.get(toolchain.name, () => findLibrary(toolchain, cache))
      : undefined;
    const used = library ? objectsIn(library).filter((path) => !path.endsWith(".cpp.o") || sources.some(isCpp)) : [];
    const linked = await build.link([...compiled, ...used], options.outputName ?? output, linkFlags);
    mkdirSync(dirname(output), { recursive: true });
    if (library) writeFileSync(output, withLibrary(readBytes(linked), readBytes(join(library, OBJECTS_FILE))));
    else copyFileSync(linked, output);
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
}

/** Compiles one file to an object file. Throws CompileError, as compileC does. */
export async function compileObject({ sources: [source = ""], ...options }: CompileOptions): Promise<void> {
  const { flags = [], target = "heap", folder = process.cwd() } = options;
  const toolchain = await findToolchain(folder);
  if (!toolchain) throw new CompileError(`Cannot compile: ${NO_TOOLCHAIN}`);
  const output = resolve(folder, options.output);
  mkdirSync(dirname(output), { recursive: true });
  const build = new Build(toolchain, targetCalled(target), dirname(output), folder);
  await build.compile(resolve(folder, source), basename(output), flags);
}

const HEAP = targetCalled("heap");

/**
 * A folder for each toolchain, with the object files that every module for a heap is linked with, and with the library of objects.
 * They are compiled once in this process.
 */
const libraries = new Remembered<string, string>();

/** The library of objects, as a module. */
const OBJECTS_FILE = "objects.wasm";

const readBytes = (path: string) => new Uint8Array(readFileSync(path));

function librarySources(): { source: string; object: string }[] {
  return [LIBC, CAPI].flatMap((folder) =>
    readdirSync(folder)
      .filter(isSource)
      .map((file) => ({ source: join(folder, file), object: `${basename(folder)}-${file}.o` })),
  );
}

/** The compiler must not replace the loop in memcpy by a call of memcpy; a module's mark says how its own files were compiled. */
const LIBRARY_FLAGS = ["-fno-builtin", "-DPYHEAP_BUILD"];

const objectsIn = (folder: string) => librarySources().map(({ object }) => join(folder, object));

/** The library's folder: one that is kept, or a new one if it can't be kept. */
async function findLibrary(toolchain: Toolchain, cache: string | undefined): Promise<string> {
  return (cache && (await cachedLibrary(toolchain, cache))) ?? (await temporaryLibrary(toolchain));
}

/** The folders with the files that the library is compiled from. */
const LIBRARY_FOLDERS = [
  ...[LIBC, CAPI, OBJECTS],
  ...HEADERS.map((folder) => join(ROOT, folder)),
  ...["sys", "arpa"].map((folder) => join(LIBC, "host", folder)),
];

async function cachedLibrary(toolchain: Toolchain, cache: string): Promise<string | undefined> {
  try {
    const options = [...HEAP.flags, ...HEAP.cpp, ...LIBRARY_FLAGS];
    const key = keyOf(toolchain.file, options, LIBRARY_FOLDERS);
    return await keptLibrary(cache, key, (folder) => compileLibrary(toolchain, folder));
  } catch (error) {
    if (error instanceof CompileError) throw error;
    return undefined;
  }
}

async function temporaryLibrary(toolchain: Toolchain): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-library-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  await compileLibrary(toolchain, folder);
  return folder;
}

async function compileLibrary(toolchain: Toolchain, folder: string): Promise<void> {
  const build = new Build(toolchain, HEAP, folder, folder);
  for (const { source, object } of librarySources()) await build.compile(source, object, LIBRARY_FLAGS);
  const objects: string[] = [];
  for (const file of readdirSync(OBJECTS).filter(isSource))
    objects.push(await build.compile(join(OBJECTS, file), `objects-${file}.o`, ["-Os"]));
  const linked = await build.link([...objects, ...objectsIn(folder)], OBJECTS_FILE, ["--strip-all"]);
  renameSync(linked, join(folder, OBJECTS_FILE));
}

/** One run of the tools, with a folder for intermediate files. */
class Build {
  readonly #toolchain: Toolchain;
  readonly #target: Target;
  readonly #temporary: string;
  readonly #folder: string;

  constructor(toolchain: Toolchain, target: Target, temporary: string, folder: string) {
    this.#toolchain = toolchain;
    this.#target = target;
    this.#temporary = temporary;
    this.#folder = folder;
  }

  async compile(source: string, object: string, flags: readonly string[]): Promise<string> {
    const output = join(this.#temporary, object);
    const included = foldersIn(flags).map((path) => resolve(this.#folder, path));
    const headers = HEADERS.map((path) => join(ROOT, path));
    const args = [
      ...this.#target.flags,
      ...(flags.some((flag) => /^-O/.test(flag)) ? [] : ["-O2"]),
      ...(isCpp(source) ? [...this.#target.cpp, "-std=c++20"] : this.#target.c),
      ...absolute(flags, this.#folder),
      "-nostdlibinc",
      ...headers.flatMap((path) => ["-isystem", path]),
      ...["-c", source, "-o", output],
    ];
    const folders = [dirname(source), ...headers, ...included];
    if (await this.#toolchain.run("clang", args, folders, output)) return output;
    throw new CompileError(`Cannot compile ${source}: ${this.#toolchain.name} failed`);
  }

  /** Returns the module's file, which is in the folder for intermediate files. */
  async link(objects: readonly string[], name: string, flags: readonly string[]): Promise<string> {
    const output = join(this.#temporary, "linked.wasm");
    const args = [...LINK, ...objects.flatMap(exportsOfInit), ...flags, ...objects, "-o", output];
    const folders = [...new Set([this.#temporary, ...objects.map((object) => dirname(object))])];
    if (await this.#toolchain.run("wasm-ld", args, folders, output)) return output;
    throw new CompileError(`Cannot link ${name}: the linker of ${this.#toolchain.name} failed`);
  }
}

/** Options that export the PyInit functions of an object file, also those that are not declared with PyMODINIT_FUNC. */
function exportsOfInit(object: string): string[] {
  const names = readFileSync(object, "latin1").match(/\bPyInit_\w+/g) ?? [];
  return [...new Set(names)].map((name) => `--export-if-defined=${name}`);
}

/** Options that name a folder, with the name in the same word or in the next. */
const FOLDER_FLAG = /^(-I|-isystem|-iquote|-idirafter)(.*)$/;

function foldersIn(flags: readonly string[]): string[] {
  return flags.flatMap((flag, k) => {
    const [, , folder] = FOLDER_FLAG.exec(flag) ?? [];
    return folder === undefined ? [] : [folder || (flags[k + 1] ?? "")];
  });
}

/** The same options, with absolute folders, so that they are found from any folder. */
function absolute(flags: readonly string[], folder: string): string[] {
  return flags.map((flag, k) => {
    if (/^(-I|-isystem|-iquote|-idirafter)$/.test(flags[k - 1] ?? "")) return resolve(folder, flag);
    const [, option, name] = FOLDER_FLAG.exec(flag) ?? [];
    return option && name ? option + resolve(folder, name) : flag;
  });
}
