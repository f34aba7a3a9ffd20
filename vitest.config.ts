import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    globalSetup: ["test/left-out.ts"],
    setupFiles: ["test/debug-stacks.ts"],
    include: ["src/**/*.test.ts", "test/**/*.test.ts"],
    reporters: ["default", "json"],
    outputFile: { json: "build/tests.json" },
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Interpreters are large: two at a time is what a small machine has room for.
    maxWorkers: 2,
  },
});
