import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

const pathOf = (name: string) => fileURLToPath(new URL(name, import.meta.url));

/**
 * V8 optimizes a function of WebAssembly only when ten times more of it has run than by default. Tests start Python some
 * hundred times, and run it for a second: optimizing took a quarter of their processor time. `npm start`, the smoke
 * suite in other runtimes, and the benchmarks run with V8's own defaults.
 */
const V8_FLAGS = "--wasm-tiering-budget=18000000";
/**
 * Processes that tests start run one program each, and optimize no WebAssembly: to optimize CPython's interpreter loop
 * takes an eighth of such a process. What V8 optimizes is tested in the tests' own processes.
 */
const V8_FLAGS_OF_PROGRAMS = "--liftoff-only";

/**
 * The files that take longest, because they start many interpreters or a browser; the longest first. If one of them
 * came last, a worker would wait for it while the other has nothing to do.
 */
const LONGEST = [
  ...["src/cli/start-image", "src/cli/report.", "src/cli/cc", "test/package", "test/python/real-packages"],
  ...["test/python/versions/pyodide", "test/browser/viewer", "test/python/graph", "src/cli/ends", "test/browser/live"],
  ...[
    "test/browser/looks",
    "test/serve",
    "src/cli/pyodide-folder",
    "test/docs",
    "test/browser/objects",
    "src/cli/run.",
  ],
  ...["test/python/", "src/cli/packages.", "test/browser/", "src/cli/trace-options", "src/cli/killed", "test/page"],
  ...["src/cli/", "test/objects/graphs", "test/big-blocks", "test/pressure", "test/contract", "test/c/expat"],
  ...["test/trace-reader", "test/model", "test/objects/differential", "test/c/", "test/objects/", "test/"],
];

/**
 * Files that share a process, one after another: what they test lives in heaps of their own, and they start no
 * interpreter, server, or process but compilers. So the library is loaded and compiled once for all of them. Files that
 * look at JavaScript's collector, or at the clock, have a process to themselves as well.
 */
const TOGETHER = ["src/**/*.test.ts", "test/*.test.ts", "test/{c,objects,runtimes}/*.test.ts"];
/**
 * Files that share another process: what they test runs in processes that they start, commands and browsers. So the command
 * and what drives browsers are loaded once.
 */
const STARTING = ["src/cli/*.test.ts", "test/browser/*.test.ts"];
/**
 * Files that share a third process: they start interpreters, one or a few each, in heaps of their own. V8 keeps what it has compiled of
 * CPython for the next file, and the library is loaded once.
 */
const PYTHON = ["test/python/**/*.test.ts"];
const ALONE = [
  ...["src/cli/recording.test.ts", "test/browser/devtools.test.ts", "src/objects/handles/*.test.ts"],
  // It looks at the first load of a version in a process.
  "test/python/versions/together.test.ts",
  ...[
    "docs",
    "libpyheap",
    "package",
    "page",
    "parquet",
    "report-library",
    "serve",
    "thrashing-heaps",
    "trace-collections",
    "trace-time",
  ].map((name) => `test/${name}.test.ts`),
];

/** Tests of structures, which check them at their transitions on the core's debug build. */
const STRUCTURES = [
  ...["src/heap/heap", "test/contract", "test/model", "test/out-of-memory"],
  ...["collector", "compaction", "found", "graphs", "scenarios", "types"].map((name) => `test/objects/${name}`),
].map((path) => `${path}.test.ts`);

/** Replaces the core's modules that are embedded in src/ by their debug builds. */
const debugCore: Plugin = {
  name: "debug-core",
  enforce: "pre",
  load(id) {
    const module = /\/src\/core\/(\w+)\.generated\.ts$/.exec(id)?.[1];
    if (module === undefined) return undefined;
    const bytes = readFileSync(pathOf(`build/debug/${module}.wasm`));
    return `export const ${module.toUpperCase()}_BASE64 = "${bytes.toString("base64")}";`;
  },
};

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((name) => moduleId.includes(`/${name}`));
  return rank < 0 ? LONGEST.length : rank;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    // A worker's process goes on as long as the next file is of the same project.
    const PROJECTS = ["alone", "python", "starting", "debug", "together"];
    const projectOf = ({ project }: TestSpecification) => PROJECTS.indexOf(project.name);
    return sorted.sort((a, b) => projectOf(a) - projectOf(b) || rankOf(a) - rankOf(b));
  }
}

const options = {
  setupFiles: ["test/remembered-stacks.ts", "test/debug-stacks.ts", "test/restored.ts"],
  env: {
    // The command starts Python from an image that it keeps: one for all tests.
    PYHEAP_CACHE: pathOf("build/pyheap-cache"),
    NODE_OPTIONS: `--require ${JSON.stringify(pathOf("test/engine.cjs"))}`,
    PYHEAP_V8_FLAGS: V8_FLAGS_OF_PROGRAMS,
  },
  execArgv: [V8_FLAGS],
  // These end what hangs. They measure nothing: a busy machine may take ten times as long as an idle one.
  testTimeout: 600_000,
  hookTimeout: 600_000,
  // What a page shows after a click, it may draw in a later frame: tests wait for it.
  expect: { poll: { timeout: 120_000, interval: 20 } },
  // Interpreters are large: two at a time is what a small machine has room for.
  maxWorkers: 2,
};

export default defineConfig({
  test: {
    globalSetup: ["test/left-out.ts", "test/temporary.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "build/tests.json" },
    maxWorkers: options.maxWorkers,
    sequence: { sequencer: LongestFirst },
    projects: [
      { test: { ...options, name: "alone", include: ALONE } },
      { test: { ...options, name: "python", isolate: false, include: PYTHON, exclude: ALONE } },
      { test: { ...options, name: "starting", isolate: false, include: STARTING, exclude: ALONE } },
      ...(process.env.DEBUG_CORE === undefined
        ? []
        : [{ plugins: [debugCore], test: { ...options, name: "debug", isolate: false, include: STRUCTURES } }]),
      { test: { ...options, name: "together", isolate: false, include: TOGETHER, exclude: [...ALONE, ...STARTING] } },
    ],
  },
});
