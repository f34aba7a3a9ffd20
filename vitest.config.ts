import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * The files that take longest, because they start many interpreters or a browser; the longest first. If one of them
 * came last, a worker would wait for it while the other has nothing to do.
 */
const LONGEST = [
  ...["src/cli/trace-options", "src/cli/report", "src/cli/ends", "src/cli/run", "test/browser/live", "src/cli/cc"],
  ...["test/browser/viewer", "src/cli/killed", "test/python/", "test/browser/", "src/cli/"],
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((name) => moduleId.includes(`/${name}`));
  return rank < 0 ? LONGEST.length : rank;
}

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    return sorted.sort((a, b) => rankOf(a) - rankOf(b));
  }
}

export default defineConfig({
  test: {
    globalSetup: ["test/left-out.ts"],
    setupFiles: ["test/debug-stacks.ts"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "build/tests.json" },
    // The command starts Python from an image that it keeps: one for all tests.
    env: { PYHEAP_CACHE: fileURLToPath(new URL("build/pyheap-cache", import.meta.url)) },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Interpreters are large: two at a time is what a small machine has room for.
    maxWorkers: 2,
    sequence: { sequencer: LongestFirst },
  },
});
