// pyheap cc: compiles C and C++ to a module for heap.load and pyheap run.

import { resolve } from "node:path";
import type { Command } from "commander";
import { CompileError, compileC } from "../hosts/c/compile.js";
import { cacheFolder } from "./system/cache-folder.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind } from "./system/files.js";
import { Replacement } from "./system/replacement.js";

const HELP = `
The output is file.wasm, or the file that -o names. An existing file is overwritten only if it is such a module; with
--force, always.
Other options go to the compiler (-O3, -g, -I, -D, -W, -std ...); -Wl,... goes to the linker.
Every function that is not static can be called. The module can use the Python/C API and a small C library.`;

interface Arguments {
  readonly sources: string[];
  readonly flags: string[];
  readonly linkFlags: string[];
  output: string;
  force: boolean;
}

/** The kind of file that the linker makes: a module whose first section is for the loader. */
const MODULE: FileKind = {
  name: "a module as pyheap cc makes them",
  begins: (bytes) => bytes.subarray(0, 4).toString("latin1") === "\0asm" && bytes.subarray(8, 24).includes("dylink.0"),
};

/** Options of a compiler whose value is the next word. */
const WITH_VALUE: ReadonlySet<string> = new Set(["-I", "-D", "-U", "-include", "-isystem", "-iquote", "-x"]);

function parse(words: readonly string[]): Arguments {
  const parsed: Arguments = { sources: [], flags: [], linkFlags: [], output: "", force: false };
  for (let k = 0; k < words.length; k++) {
    const word = words[k] as string;
    if (word === "--force") parsed.force = true;
    else if (word === "-o") parsed.output = valueAfter(words, k++);
    else if (WITH_VALUE.has(word)) parsed.flags.push(word, valueAfter(words, k++));
    else if (word.startsWith("-Wl,")) parsed.linkFlags.push(...word.split(",").slice(1));
    else if (word.startsWith("-")) parsed.flags.push(word);
    else parsed.sources.push(word);
  }
  if (parsed.sources.length === 0) throw new UsageError("Cannot compile: no file was named");
  const [first = ""] = parsed.sources;
  parsed.output ||= `${first.replace(/\.[^.]*$/, "")}.wasm`;
  const overwritten = parsed.sources.find((source) => resolve(source) === resolve(parsed.output));
  if (overwritten !== undefined) {
    throw new UsageError(`Cannot compile ${overwritten} to itself: name another file with -o`);
  }
  // A compiler is expected to overwrite its output, even if the user did not name it.
  checkFile(parsed.output, MODULE, { isNamed: true, force: parsed.force });
  return parsed;
}

/** The value of the option `words[k]`: the next word. */
function valueAfter(words: readonly string[], k: number): string {
  const value = words[k + 1];
  if (value === undefined) throw new UsageError(`Cannot compile: ${words[k]} needs a value after it`);
  return value;
}

/** Compiles to a file that takes the place of an older one when it is whole. */
async function compile(parsed: Arguments): Promise<void> {
  const made = new Replacement(parsed.output);
  try {
    await compileC({ ...parsed, output: made.path, outputName: parsed.output, cache: cacheFolder("c-library") });
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
    .usage("file.c ... [-o file.wasm] [--force] [compiler options]")
    .argument("[words...]", "files and options")
    .allowUnknownOption()
    .passThroughOptions()
    .addHelpText("after", HELP)
    .action(async (words: string[]) => {
      const parsed = parse(words);
      try {
        await compile(parsed);
      } catch (error) {
        const isOfTools = error instanceof CompileError;
        if (!isOfTools && !(error instanceof Error && "code" in error)) throw error;
        const why = isOfTools ? error.message : `Cannot write ${parsed.output}: ${reasonOf(error)}`;
        process.stderr.write(`pyheap: ${why}\n`);
        process.exitCode = 1;
      }
    });
}
