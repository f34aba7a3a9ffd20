// Builds everything: core/ to WebAssembly, the module's bytes into a TypeScript file, src/ to dist/, bench/ to dist-dev/.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** Compiles AssemblyScript. In a process of its own: the compiler keeps what it read as a library from one run to the next. */
function compile(entry, output, ...options) {
  const args = [
    entry,
    ...["--outFile", `build/${output}.wasm`, "--textFile", `build/${output}.wat`],
    ...["-O3", "--converge", "--runtime", "stub", "--noAssert", "--use", "abort="],
    ...["--importMemory", "--noExportMemory", ...options],
  ];
  execFileSync(process.execPath, ["node_modules/assemblyscript/bin/asc.js", ...args], { stdio: "inherit" });
}

mkdirSync("build", { recursive: true });
compile("core/index.ts", "core", "--importTable");
compile("bench/client/index.ts", "bench-plain", "--lib", "bench/client/plain");
compile("bench/client/index.ts", "bench-context", "--lib", "bench/client/context");
compile("bench/client/freelist.ts", "bench-freelist");

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
