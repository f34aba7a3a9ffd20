// The runtimes in which `npm run test:runtimes` tries the library, and where each comes from.

import { arch, platform } from "node:process";

/** What is tried in each runtime, with the heading of its column in the README's table. */
export const FEATURES = {
  heap: "heap",
  objects: "objects, images",
  trace: "recordings",
  c: "modules in C",
  python: "Python",
  run: "`pyheap run`",
  serve: "profiles over HTTP",
  promises: "promises in Python",
} as const;
export type Feature = keyof typeof FEATURES;
export const FEATURE_NAMES = Object.keys(FEATURES) as Feature[];

/** What does not work in a runtime, and why: the one line that the README says about it. */
export type Lacks = Partial<Readonly<Record<Feature, string>>>;

/** A runtime that runs files: it has the command as well. */
export interface CommandRuntime {
  readonly kind: "command";
  readonly name: string;
  /** The npm package with the program for this machine, and its version. */
  readonly package: string;
  readonly version: string;
  /** The program in the package, and its arguments in front of the file that it runs. */
  readonly program: string;
  readonly args: readonly string[];
  /** Whether its threads have as large a stack as they ask for (docs/stack.md). */
  readonly hasDeepStack?: boolean;
  readonly lacks: Lacks;
}

export type Place = "page" | "module worker" | "classic worker";
export const PLACES: readonly Place[] = ["page", "module worker", "classic worker"];

/** A browser, which is installed on the machine. */
export interface BrowserRuntime {
  readonly kind: "browser";
  readonly name: "Chromium" | "Firefox";
  /** What does not work in any of its places. */
  readonly lacks: Lacks;
}

export type Runtime = CommandRuntime | BrowserRuntime;

/** Why a classic worker has no Python. */
export const NO_CLASSIC: Lacks = { python: "Pyodide refuses to start in a classic worker", promises: "no Python" };

const NO_JSPI = "WebAssembly can't be suspended there (JSPI)";

const node = (version: string, lacks: Lacks = {}): CommandRuntime => ({
  kind: "command",
  name: `Node ${Number.parseInt(version, 10)}`,
  package: `node-${platform}-${arch}`,
  version,
  program: "bin/node",
  args: [],
  hasDeepStack: true,
  lacks,
});

export const RUNTIMES: readonly Runtime[] = [
  node("20", { promises: NO_JSPI }),
  node("22", { promises: NO_JSPI }),
  node("24"),
  node("26"),
  {
    kind: "command",
    name: "Bun",
    package: `@oven/bun-${platform}-${arch === "arm64" ? "aarch64" : arch}`,
    version: "1.4",
    program: "bin/bun",
    args: [],
    lacks: {},
  },
  {
    kind: "command",
    name: "Deno",
    package: `@deno/${platform}-${arch}${platform === "linux" ? "-glibc" : ""}`,
    version: "2.9",
    program: "deno",
    args: ["run", "--allow-all", "--quiet"],
    lacks: {},
  },
  { kind: "browser", name: "Chromium", lacks: {} },
  { kind: "browser", name: "Firefox", lacks: {} },
];
