// For `npm run fuzz -- --only tests`: finds the test files with random programs, and runs them once with a given seed.
// fuzz.ts repeats that with new seeds.

import { spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

/** The test files in test/ that import SEED of test/random.ts, the seed of their random programs. Those of test/browser are left out. */
export function randomTests(): string[] {
  return readdirSync("test", { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".test.ts") && !name.startsWith("browser"))
    .map((name) => join("test", name))
    .filter((path) => /^import {.*\bSEED\b.*random\.js";$/m.test(readFileSync(path, "utf8")))
    .sort();
}

/** Runs test files with this seed, one after another. Returns what vitest wrote if a test failed, and undefined if none did. */
export async function runTests(files: readonly string[], seed: number): Promise<string | undefined> {
  const child = spawn("npx", ["vitest", "run", "--maxWorkers=1", "--reporter=default", ...files], {
    env: { ...process.env, PYHEAP_SEED: String(seed) },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const [code] = await once(child, "close");
  return code === 0 ? undefined : text;
}
