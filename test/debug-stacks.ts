// For runs on the debug build of the core: the stack of a trap in a failed test names the core's files and lines.

import { afterEach } from "vitest";
import { located } from "../scripts/trap.mjs";
import { WHOLE_BASE64 } from "../src/core/whole.generated.js";

const isDebugBuild = Buffer.from(WHOLE_BASE64, "base64").includes("sourceMappingURL");

if (isDebugBuild) {
  afterEach(({ task }) => {
    for (const error of task.result?.errors ?? []) if (error.stack !== undefined) error.stack = located(error.stack);
  });
}
