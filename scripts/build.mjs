// Builds everything: core/ to WebAssembly, the module's bytes into a TypeScript file, src/ to dist/, bench/ to dist-dev/.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

mkdirSync("build", { recursive: true });
const { error, stderr } = await asc.main([
  "core/index.ts",
  ...["--outFile", "build/core.wasm", "--textFile", "build/core.wat"],
  ...["-O3", "--converge", "--runtime", "stub", "--noAssert", "--use", "abort="],
  ...["--importMemory", "--noExportMemory", "--importTable"],
]);
if (error) {
  console.error(stderr.toString());
  process.exit(1);
}

const bytes = readFileSync("build/core.wasm");
writeFileSync(
  "src/core.generated.ts",
  `// The core's module, as scripts/build.mjs made it.\nexport const CORE_BASE64 =\n  "${bytes.toString("base64")}";\n`,
);

rmSync("dist", { recursive: true, force: true });
rmSync("dist-dev", { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.json"], { stdio: "inherit" });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.dev.json"], { stdio: "inherit" });
cpSync("build/core.wasm", "dist/core.wasm");
