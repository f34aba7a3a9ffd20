// What tests need besides Node, and whether this machine has it. In CI everything must exist: no test is omitted.

import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";
import { findToolchain } from "../src/hosts/c/toolchain.js";

/** The project's folder. When compiled, this file is in dist-dev/. */
export const ROOT = fileURLToPath(new URL("..", import.meta.url)).replace(/dist-dev.$/, "");

/** The names under which distributions install Chromium and Chrome. */
const BROWSERS = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
const installed = (names: readonly string[]) =>
  names.flatMap((name) => folders.map((folder) => join(folder, name))).find(existsSync);

/** The browser: CHROMIUM in the environment, or one in PATH. "" if there is none. */
export const CHROMIUM = process.env.CHROMIUM ?? installed(BROWSERS) ?? "";
/**
 * The same browser without its own windows, for tests of pages: in Chromium, each page also has a window with a toolbar,
 * which is drawn by pages of its own. These take more processor time than the pages of most tests.
 */
export const HEADLESS_SHELL = process.env.CHROMIUM ?? installed(["chromium-headless-shell"]) ?? CHROMIUM;

const isCI = process.env.CI !== undefined;

/** A compiler from C to WebAssembly. */
export const canCompile = isCI || (await findToolchain(ROOT)) !== undefined;
/** A browser. */
export const canBrowse = isCI || existsSync(CHROMIUM);
/** Debian's package manager, which fetches the sources of a library in C. */
export const hasApt = isCI || spawnSync("apt-get", ["--version"]).status === 0;
/** memlab, which .ci/run installs: too large for everybody who works on the package. */
export const MEMLAB = `${ROOT}build/memlab/`;
export const hasMemlab = isCI || existsSync(`${MEMLAB}node_modules`);
/** DuckDB, which .ci/run installs as well. */
export const DUCKDB = `${ROOT}build/duckdb/`;
export const hasDuckdb = isCI || existsSync(`${DUCKDB}node_modules`);
/** The libraries of C and C++ for WASI: .ci/run installs @yowasp/clang, which has them. clang links programs with them. */
export const WASI_LIBRARIES = `${ROOT}build/yowasp/node_modules/@yowasp/clang/gen/llvm-resources.tar`;
export const canLinkWasi = isCI || (canCompile && existsSync(WASI_LIBRARIES));
/** The machine's own Python, for comparison. */
export const hasPython = isCI || spawnSync("python3", ["--version"]).status === 0;

/** Whether this engine can suspend WebAssembly (JSPI), as Node can from 24 on. test/runtimes tries the same in newer engines. */
export const canSuspend = "Suspending" in WebAssembly;

/** A line for each missing thing: which tests are omitted without it, and how to get it. */
export const LEFT_OUT: readonly string[] = [
  ...(canCompile ? [] : ["modules in C: no clang (apt-get install clang-19 lld-19, or npm install @yowasp/clang)"]),
  ...(canBrowse
    ? []
    : [
        `pages: no browser ${CHROMIUM === "" ? "in PATH" : `at ${CHROMIUM}`} (apt-get install chromium, or CHROMIUM=/path/to/chrome npm test)`,
      ]),
  ...(hasMemlab
    ? []
    : [
        "heap snapshots as memlab reads them: no memlab (npm install --prefix build/memlab --no-package-lock --ignore-scripts @memlab/heap-analysis)",
      ]),
  ...(hasDuckdb
    ? []
    : ["a trace as tables: no DuckDB (npm install --prefix build/duckdb --no-package-lock @duckdb/node-api)"]),
  ...(canLinkWasi
    ? []
    : ["programs in C for WASI: no C library (npm install --prefix build/yowasp --no-package-lock @yowasp/clang)"]),
  ...(canSuspend ? [] : ["promises in programs: this engine can't suspend WebAssembly (Node 24 and later can)"]),
  ...(hasPython ? [] : ["files as the machine's Python sees them: no python3"]),
  ...(hasApt ? [] : ["expat on the heap, and real Python packages: no apt-get, which fetches them"]),
];
