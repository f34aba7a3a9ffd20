// Checks everything that can be checked without running the tests: types, lint, format, layers, the public API. `npm
// run check`, under 30 s. With --write (`npm run format`) it corrects lint and format. With --tests-follow, in `npm test`, it
// omits the check of the layers, which is one of the tests, and the types of tests, which the build has checked.

import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { CORE_STAMP, coreFingerprint, isMadeFrom } from "./fingerprint.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const isWriting = process.argv.includes("--write");
const doTestsFollow = process.argv.includes("--tests-follow");

if (!existsSync("src/core/core.generated.ts")) {
  console.error("Cannot check: the core was never built. Run `npm run build` once.");
  process.exit(2);
}

// The compiler has checked the types when it built the core.
const isCoreKnown = isMadeFrom(CORE_STAMP, coreFingerprint());

const bin = (name) => `node_modules/.bin/${name}`;
const types = (project) => [bin("tsc"), "--noEmit", "-p", project];
const STEPS = {
  "types of the library, public API": [process.execPath, "scripts/api.mjs"],
  ...(!doTestsFollow && { "types of tests and benchmarks": types("tsconfig.dev.json") }),
  "types of the viewer": types("viewer/tsconfig.json"),
  "types of the playground": types("examples/playground/tsconfig.json"),
  ...(!isCoreKnown && {
    "types of the core": [
      ...[
        bin("asc"),
        ...["alloc", "table", "host", "capi", "constants", "c-constants"].map((list) => `core/exports/${list}.ts`),
      ],
      ...["--noEmit", "--runtime", "stub", "--importMemory", "--importTable", "--use", "abort="],
      ...["--transform", "./scripts/ascii-transform.mjs"],
    ],
  }),
  "lint and format": [bin("biome"), "check", "--error-on-warnings", ...(isWriting ? ["--write"] : []), "."],
  "format of core and C": [process.execPath, "scripts/format.mjs", ...(isWriting ? ["--write"] : [])],
  ...(!doTestsFollow && {
    layers: [bin("vitest"), "run", "--reporter=dot", "--passWithNoTests", "test/layers.test.ts"],
  }),
};

const run = promisify(execFile);
let failed = 0;
await Promise.all(
  Object.entries(STEPS).map(async ([name, [command, ...args]]) => {
    const start = performance.now();
    const error = await run(command, args).catch((error) => error);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const isFine = !(error instanceof Error);
    if (!isFine) failed++;
    console.log(`${isFine ? "ok    " : "FAILED"} ${name} (${seconds} s)`);
    if (!isFine) console.log(`${error.stdout}${error.stderr}`.trimEnd());
  }),
);
process.exitCode = failed === 0 ? 0 : 1;
