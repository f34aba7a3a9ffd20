// For runs on the debug build of the core: the stack of a trap in a failed test names the core's files and lines.

import { existsSync, readFileSync } from "node:fs";
import { afterEach } from "vitest";
import { located } from "../scripts/trap.mjs";

const module = new URL("../dist/whole.wasm", import.meta.url);
const isDebugBuild = existsSync(module) && readFileSync(module).includes("sourceMappingURL");

if (isDebugBuild) {
  afterEach(({ task }) => {
    for (const error of task.result?.errors ?? []) if (error.stack !== undefined) error.stack = located(error.stack);
  });
}
