// Builds the package into dist/: core/ to WebAssembly, the modules' bytes and the viewer into TypeScript files, src/ to
// JavaScript. The command's JavaScript is put together in a few files.
//
//   node scripts/build.mjs            what a user of the package needs
//   node scripts/build.mjs --dev      also what tests and benchmarks need: bench/ and test/ in dist-dev/, the benchmarks' modules
//   node scripts/build.mjs --debug    the same as --dev, with the debug build of the core: assertions, function names, a source map
//
// With DEBUG_CORE in the environment, --dev builds both cores: tests of structures run on either (vitest.config.ts).
// What was built before from the same sources is not built again.

import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { bundleCommand } from "./command.mjs";
import { compileModule, endCompilers } from "./compilers.mjs";
import { CORE_STAMP, coreFingerprint, filesIn, fingerprint, isMadeFrom } from "./fingerprint.mjs";
import { libpyheap } from "./libpyheap.mjs";
import { writeInterfaces, writeLists } from "./protocol.mjs";
import { embedPython } from "./python.mjs";
import { buildBrowser, buildViewer } from "./viewer.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { values } = parseArgs({ options: { dev: { type: "boolean" }, debug: { type: "boolean" } } });
const isDebug = values.debug ?? false;
const isDev = isDebug || (values.dev ?? false);

const RELEASE = ["-O3", "--converge", "--noAssert"];
/** Not optimized, so that each function of the source is a function of the module. Takes seconds to build. */
const DEBUG = ["--debug", "--sourceMap"];
/** The memory is imported: the module is instantiated over a heap's own memory, or over a host's. */
const OVER_A_HEAP = ["--runtime", "stub", "--importMemory", "--noExportMemory"];

/** An instance for each of several threads, over a memory that they share. */
const FOR_THREADS = ["--enable", "threads", "--sharedMemory", "--maximumMemory", "65536"];

/** The module for threads, in which each function and each loop says that it begins. At these points an engine can terminate a worker. */
const IN_STEPS = ["--importTable", ...OVER_A_HEAP, ...FOR_THREADS, "-O3", "--noAssert", "--runPasses", "log-execution"];

/** The core as a malloc for programs in C (core/library/malloc.ts): nothing but these functions, and memory that is the program's. */
const FOR_C = [...RELEASE, ...OVER_A_HEAP, "--use", "PYHEAP_LIBRARY=ASC_TARGET"];

/** The module in which the graph of a snapshot is made. */
const GRAPH = ["store", "texts", "types", "reach", "loose"].map((name) => `graph/${name}.ts`).join(" ");

/** The part of the compiler that writes a module's exports and imports to build/`output`.json. */
const DESCRIBE = "scripts/exports-transform.mjs";
/** The part of the compiler that makes numbers of texts. */
const TEXTS = "scripts/ascii-transform.mjs";

/** Builds folders and files anew, unless they were built before from the same files. */
async function buildOnce(name, outputs, paths, build) {
  const stamp = `build/${name}.stamp`;
  const made = fingerprint(paths);
  if (outputs.every(existsSync) && isMadeFrom(stamp, made)) return;
  for (const path of [stamp, ...outputs]) rmSync(path, { recursive: true, force: true });
  await build();
  writeFileSync(stamp, made);
}

/**
 * Modules that were compiled before, by fingerprint. So nothing is compiled again after a change of branch, or between
 * debug and release. The folder may be removed at any time. Several checkouts can share one, by a symbolic link.
 */
const CACHE = "build/cache";
const PARTS = [".wasm", ".wat", ".json", ".wasm.map"];

function takeFromCache(made, output) {
  if (!existsSync(`${CACHE}/${made}.wasm`)) return false;
  for (const part of PARTS.filter((part) => existsSync(`${CACHE}/${made}${part}`))) {
    cpSync(`${CACHE}/${made}${part}`, `build/${output}${part}`);
  }
  return true;
}

function putIntoCache(made, output) {
  // The module comes last: if it exists, the other parts do, too.
  for (const part of PARTS.toReversed().filter((part) => existsSync(`build/${output}${part}`))) {
    const unfinished = `${CACHE}/${made}.${process.pid}`;
    cpSync(`build/${output}${part}`, unfinished);
    renameSync(unfinished, `${CACHE}/${made}${part}`);
  }
}

/** Compiles AssemblyScript to build/`output`.wasm and .wat, if something has changed since the last time. */
async function compile(folder, entries, output, ...options) {
  const args = [
    ...entries.split(" ").map((entry) => `${folder}/${entry}`),
    ...["--outFile", `build/${output}.wasm`, "--textFile", `build/${output}.wat`, "--use", "abort=", ...options],
  ];
  const stamp = `build/${output}.stamp`;
  const made = fingerprint([DESCRIBE, TEXTS, ...filesIn(folder)], args);
  if (isMadeFrom(stamp, made)) return;
  rmSync(stamp, { force: true });
  if (takeFromCache(made, output)) return writeFileSync(stamp, made);
  if (!(await compileModule(args, `build/${output}.json`))) process.exit(1);
  putIntoCache(made, output);
  writeFileSync(stamp, made);
}

/**
 * Compiles the modules of core/, and writes their descriptions into src/:
 *
 * - core: the allocators alone, for a host's memory; whole: the core with objects; threads: the allocators alone, for a memory
 *   that workers share
 * - constants: only for the values of its constants; libpyheap: the malloc of libpyheap.a
 * - modules with a memory that the heap does not use: tally counts what an interpreter allocates to start, sums sums up a
 *   recording, graph has the graph of a snapshot, rows writes its rows
 * - modules over the interpreter's memory: reader reads objects for a snapshot, types finds the types of objects, nests
 *   guards the freeing of nests, native is the C library's malloc for modules in C
 */
async function compileCore(folder, options) {
  mkdirSync(`build/${folder}`, { recursive: true });
  const all = [
    "--importTable",
    ...OVER_A_HEAP,
    ...[TEXTS, DESCRIBE].flatMap((path) => ["--transform", `./${path}`]),
    ...options,
  ];
  writeLists();
  await Promise.all([
    compile("core", "exports/alloc.ts", `${folder}core`, ...all),
    compile("core", "exports/alloc.ts exports/table.ts exports/host.ts exports/capi.ts", `${folder}whole`, ...all),
    compile("core", "exports/threads.ts", `${folder}threads`, ...all, ...FOR_THREADS),
    compile("core", "exports/constants.ts exports/c-constants.ts", `${folder}constants`, ...all),
    compile("core", "library/malloc.ts", `${folder}libpyheap`, ...FOR_C),
    compile("core", "start/tally.ts", `${folder}tally`, "--importTable", "--runtime", "stub", ...options),
    compile("core", "sums/sums.ts", `${folder}sums`, ...OVER_A_HEAP, ...options),
    compile("core", "graph/rows.ts", `${folder}rows`, "--runtime", "stub", ...options),
    compile("core", GRAPH, `${folder}graph`, "--runtime", "stub", ...options),
    compile("core", "graph/reader.ts", `${folder}reader`, ...OVER_A_HEAP, ...options),
    compile("core", "types/types.ts", `${folder}types`, ...OVER_A_HEAP, ...options),
    compile("core", "nests/nests.ts", `${folder}nests`, ...OVER_A_HEAP, ...options),
    compile("core", "native/native.ts", `${folder}native`, "--importTable", ...OVER_A_HEAP, ...options),
  ]);
  await writeInterfaces(`build/${folder}`);
  writeFileSync(CORE_STAMP, coreFingerprint());
}

/** Compiles what benchmarks and tests need besides. */
function compileOthers() {
  return Promise.all([
    compile("core", "exports/threads.ts", "threads-steps", ...IN_STEPS),
    compile("bench/client", "index.ts", "bench-plain", ...RELEASE, ...OVER_A_HEAP, "--lib", "bench/client/plain"),
    compile("bench/client", "index.ts", "bench-context", ...RELEASE, ...OVER_A_HEAP, "--lib", "bench/client/context"),
    compile(
      "bench/client",
      "index.ts",
      "bench-workers",
      ...RELEASE,
      ...OVER_A_HEAP,
      ...FOR_THREADS,
      "--lib",
      "bench/client/context",
    ),
    compile(
      "bench/client",
      "pairs.ts",
      "bench-pairs",
      ...RELEASE,
      ...OVER_A_HEAP,
      ...FOR_THREADS,
      "--lib",
      "bench/client/context",
    ),
    compile("bench/client", "freelist.ts", "bench-freelist", ...RELEASE, ...OVER_A_HEAP),
    compile("bench/client", "floor.ts", "bench-floor", ...RELEASE, ...OVER_A_HEAP),
    compile("bench/client", "objects.ts", "bench-objects", ...RELEASE, ...OVER_A_HEAP),
    compile("bench/client", "managed.ts", "bench-managed", ...RELEASE, "--runtime", "incremental"),
  ]);
}

/** Writes the bytes of the core's modules into src/, from which the library compiles them. */
function embedCore(folder) {
  for (const module of [
    "core",
    "whole",
    "threads",
    "tally",
    "sums",
    "rows",
    "graph",
    "reader",
    "types",
    "nests",
    "native",
  ]) {
    const bytes = readFileSync(`build/${folder}${module}.wasm`);
    writeFileSync(
      `src/core/${module}.generated.ts`,
      `// A module of the core, as scripts/build.mjs made it.\nexport const ${module.toUpperCase()}_BASE64 =\n  "${bytes.toString("base64")}";\n`,
    );
  }
}

function tsc(...args) {
  execFileSync("node_modules/.bin/tsc", args, { stdio: "inherit" });
}

const folder = isDebug ? "debug/" : "";
if (!existsSync(CACHE)) mkdirSync(CACHE, { recursive: true });
const isBoth = isDev && !isDebug && process.env.DEBUG_CORE !== undefined;
if (isBoth) await compileCore("debug/", DEBUG);
await compileCore(folder, isDebug ? DEBUG : RELEASE);
if (isDev) await compileOthers();
endCompilers();
embedCore(folder);
embedPython();

const VIEWER = "src/page/viewer.gen.ts";
const configs = ["package.json", "tsconfig.json", "tsconfig.dev.json"];
const library = `build/${folder}libpyheap`;
const sources = filesIn("src").filter((path) => !path.endsWith(".test.ts") && path !== VIEWER);
await buildOnce(
  "dist",
  ["dist", VIEWER],
  [...configs, `${library}.wasm`, ...["scripts", "viewer"].flatMap(filesIn), ...sources],
  async () => {
    await buildViewer();
    tsc("-p", "tsconfig.json");
    await buildBrowser();
    await bundleCommand();
    for (const module of ["core", "whole"]) cpSync(`build/${folder}${module}.wasm`, `dist/${module}.wasm`);
    writeFileSync("dist/libpyheap.a", libpyheap(library));
  },
);
if (isDev) {
  const files = [...configs, ...["src", "bench", "test"].flatMap(filesIn)];
  await buildOnce("dist-dev", ["dist-dev"], files, () => tsc("-p", "tsconfig.dev.json"));
}
