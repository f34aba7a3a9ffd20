// pyheap cc: compiles C and C++ to a module for heap.load and pyheap run, or for CPython.

import { basename, resolve } from "node:path";
import type { Command } from "commander";
import { CompileError, type CompileOptions, compileC, compileObject, isSource } from "../hosts/c/compile.js";
import { type TargetName, targetCalled } from "../hosts/c/target.js";
import { CWheel } from "./cc-wheel.js";
import { cacheFolder } from "./system/cache-folder.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind } from "./system/files.js";
import { Replacement } from "./system/replacement.js";

const HELP = `
The output is file.wasm, with --for cpython file.cpython-314-wasm32-emscripten.so, or the file that -o names. An existing
file is overwritten only if it is such a module; with --force, always. With -c, the output is an object file for each file:
file.o in the current folder, or what -o names.
Other options go to the compiler (-O3, -g, -I, -D, -W, -std ...); -Wl,..., -L and -l go to the linker.
Every function that is not static can be called. The module can use the Python/C API and a small C library.

  --for cpython           a module that CPython 3.14 in Pyodide imports, with CPython's own functions and C library
  --wheel                 a wheel with such a module: pyheap run --wheel FILE, or micropip.install. Name, version and
                          requirements are those of pyproject.toml in the current folder
  --release NAME==VERSION name and version of the wheel, instead of those in pyproject.toml
  --module spam._eggs     the module's full name, if it belongs to a package
  --with PATH             a package (a folder) whose Python files, data and modules for CPython go into the wheel, or a
                          module of one file (may be repeated)
  --pyodide FOLDER        make the wheel for the Pyodide in this folder, instead of the one that comes with pyheap`;

interface Arguments {
  readonly sources: string[];
  readonly flags: string[];
  readonly linkFlags: string[];
  /** What -o names; "" without it. */
  output: string;
  force: boolean;
  /** -c: compile, and don't link. */
  compileOnly: boolean;
  target: TargetName;
  isWheel: boolean;
  release: string | undefined;
  module: string | undefined;
  readonly contents: string[];
  pyodide: string | undefined;
}

/** One output, and what it is made of. */
interface Step {
  readonly sources: readonly string[];
  readonly output: string;
  readonly kind: FileKind;
  readonly run: (options: CompileOptions) => Promise<void>;
}

/** The kind of file that the linker makes: a module whose first section is for the loader. */
const MODULE: FileKind = {
  name: "a module as pyheap cc makes them",
  begins: (bytes) => bytes.subarray(0, 4).toString("latin1") === "\0asm" && bytes.subarray(8, 24).includes("dylink.0"),
};

/** The kind of file that the compiler makes: any WebAssembly without the loader's section at its beginning. */
const OBJECT: FileKind = {
  name: "an object file",
  begins: (bytes) => bytes.subarray(0, 4).toString("latin1") === "\0asm" && !MODULE.begins(bytes),
};

const WHEEL: FileKind = {
  name: "a wheel",
  begins: (bytes) => bytes.subarray(0, 4).toString("latin1") === "PK\x03\x04",
};

/** Options of a compiler whose value is the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set([
  ...["-I", "-D", "-U", "-x", "-include", "-imacros", "-isystem", "-iquote", "-idirafter", "-Xclang"],
  ...["-MF", "-MT", "-MQ"],
]);
/** Options that say what pyheap cc does anyway: it makes shared libraries, with its own C library. */
const IMPLIED: ReadonlySet<string> = new Set(["-shared", "-lc", "-lm"]);
/** Options that ask for another output than a module or object files. */
const OTHER_OUTPUT: ReadonlySet<string> = new Set(["-E", "-S", "-M", "-MM", "-fsyntax-only", "-emit-llvm"]);

function parse(words: readonly string[]): Arguments {
  const parsed: Arguments = {
    ...{ sources: [], flags: [], linkFlags: [], output: "", force: false, compileOnly: false },
    ...{ target: "heap", isWheel: false, release: undefined, module: undefined, contents: [], pyodide: undefined },
  };
  for (let k = 0; k < words.length; k++) {
    const word = words[k] as string;
    if (word === "--force") parsed.force = true;
    else if (word === "-c") parsed.compileOnly = true;
    else if (word === "-o") parsed.output = valueAfter(words, k++);
    else if (word === "--for") parsed.target = targetNamed(valueAfter(words, k++));
    else if (word === "--wheel") parsed.isWheel = true;
    else if (word === "--release") parsed.release = valueAfter(words, k++);
    else if (word === "--module") parsed.module = valueAfter(words, k++);
    else if (word === "--with") parsed.contents.push(valueAfter(words, k++));
    else if (word === "--pyodide") parsed.pyodide = valueAfter(words, k++);
    else if (OTHER_OUTPUT.has(word))
      throw new UsageError(`Cannot compile with ${word}: pyheap cc makes modules, and object files with -c`);
    else if (word === "-Xlinker") parsed.linkFlags.push(valueAfter(words, k++));
    else if (word === "-L" || word === "-l") parsed.linkFlags.push(word, valueAfter(words, k++));
    else if (WITH_VALUE.has(word)) parsed.flags.push(word, valueAfter(words, k++));
    else if (IMPLIED.has(word)) continue;
    else if (word.startsWith("-Wl,")) parsed.linkFlags.push(...word.split(",").slice(1));
    else if (/^-[Ll]/.test(word)) parsed.linkFlags.push(word);
    else if (word.startsWith("-")) parsed.flags.push(word);
    else parsed.sources.push(word);
  }
  const { sources, isWheel, contents, release, module, pyodide } = parsed;
  if (sources.length === 0 && !(isWheel && contents.length > 0))
    throw new UsageError("Cannot compile: no file was named");
  if (!isWheel && (contents.length > 0 || [release, module, pyodide].some((value) => value !== undefined)))
    throw new UsageError("Cannot compile: --release, --module, --with and --pyodide are for a wheel; say --wheel");
  if (isWheel && parsed.compileOnly) throw new UsageError("Cannot make a wheel with -c: it has no object files");
  if (isWheel) parsed.target = "cpython";
  return parsed;
}

function targetNamed(name: string): TargetName {
  if (name !== "heap" && name !== "cpython")
    throw new UsageError(`Cannot compile for ${name}: modules are for heap or for cpython`);
  return name;
}

/** What is to be made. */
async function stepsOf(parsed: Arguments): Promise<Step[]> {
  const { sources, output, compileOnly, force } = parsed;
  const [first = ""] = sources;
  const { suffix } = targetCalled(parsed.target);
  const steps: Step[] = parsed.isWheel
    ? [await wheelStep(parsed)]
    : compileOnly
      ? sources.map((source) => ({
          sources: [source],
          output: output || `${basename(source).replace(/\.[^.]*$/, "")}.o`,
          kind: OBJECT,
          run: compileObject,
        }))
      : [{ sources, output: output || first.replace(/(\.[^.]*)?$/, suffix), kind: MODULE, run: compileC }];
  if (compileOnly) {
    const other = sources.find((source) => !isSource(source));
    if (other !== undefined) throw new UsageError(`Cannot compile ${other}: not a file in C or C++`);
    if (output && sources.length > 1)
      throw new UsageError(`Cannot compile ${sources.join(", ")} to one file, ${output}: with -c, each has its own`);
  }
  for (const { output, kind } of steps) {
    const overwritten = sources.find((source) => resolve(source) === resolve(output));
    if (overwritten !== undefined) {
      throw new UsageError(`Cannot compile ${overwritten} to itself: name another file with -o`);
    }
    // A compiler is expected to overwrite its output, even if the user did not name it.
    checkFile(output, kind, { isNamed: true, force });
  }
  return steps;
}

async function wheelStep(parsed: Arguments): Promise<Step> {
  const wheel = await CWheel.plan(parsed);
  return {
    sources: parsed.sources,
    output: parsed.output || wheel.fileName,
    kind: WHEEL,
    run: (options) => wheel.make(options),
  };
}

/** The value of the option `words[k]`: the next word. */
function valueAfter(words: readonly string[], k: number): string {
  const value = words[k + 1];
  if (value === undefined) throw new UsageError(`Cannot compile: ${words[k]} needs a value after it`);
  return value;
}

/** Makes a file that takes the place of an older one when it is whole. */
async function make({ sources, output, run }: Step, { flags, linkFlags, target }: Arguments): Promise<void> {
  const made = new Replacement(output);
  try {
    const cache = cacheFolder("c-library");
    await run({ sources, flags, linkFlags, target, output: made.path, outputName: output, cache });
    made.keep();
  } catch (error) {
    made.drop();
    throw error;
  }
}

export function addCc(program: Command): void {
  program
    .command("cc")
    .summary("compile C or C++ to a module that lives on the heap")
    .description("Compiles C or C++ to a WebAssembly module that heap.load and pyheap run load.")
    .usage("file.c ... [-o file.wasm] [--for cpython] [--wheel] [--force] [compiler options]")
    .argument("[words...]", "files and options")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText("after", HELP)
    .action(async (words: string[]) => {
      const parsed = parse(words);
      for (const step of await stepsOf(parsed)) {
        try {
          await make(step, parsed);
        } catch (error) {
          const isOfTools = error instanceof CompileError;
          if (!isOfTools && !(error instanceof Error && "code" in error)) throw error;
          const why = isOfTools ? error.message : `Cannot write ${step.output}: ${reasonOf(error)}`;
          process.stderr.write(`pyheap: ${why}\n`);
          process.exitCode = 1;
        }
      }
    });
}
