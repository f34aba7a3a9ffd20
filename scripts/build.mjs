// Builds everything: core/ to WebAssembly, the module's bytes into a TypeScript file, src/ to dist/, bench/ to dist-dev/.

import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { buildViewer } from "./viewer.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** Compiles AssemblyScript. In a process of its own: the compiler keeps what it read as a library from one run to the next. */
function compileAny(entry, output, ...options) {
  const args = [
    entry,
    ...["--outFile", `build/${output}.wasm`, "--textFile", `build/${output}.wat`],
    ...["-O3", "--converge", "--noAssert", "--use", "abort=", ...options],
  ];
  execFileSync(process.execPath, ["node_modules/assemblyscript/bin/asc.js", ...args], { stdio: "inherit" });
}

/** Compiles a module that manages memory itself, in a memory that it is given. */
function compile(entry, output, ...options) {
  compileAny(entry, output, "--runtime", "stub", "--importMemory", "--noExportMemory", ...options);
}

mkdirSync("build", { recursive: true });
compile("core/index.ts", "core", "--importTable");
compile("core/whole.ts", "whole", "--importTable");
compile("bench/client/index.ts", "bench-plain", "--lib", "bench/client/plain");
compile("bench/client/index.ts", "bench-context", "--lib", "bench/client/context");
compile("bench/client/freelist.ts", "bench-freelist");
compile("bench/client/objects.ts", "bench-objects");
compileAny("bench/client/managed.ts", "bench-managed", "--runtime", "incremental");

for (const [module, name] of [
  ["core", "CORE_BASE64"],
  ["whole", "WHOLE_BASE64"],
]) {
  const bytes = readFileSync(`build/${module}.wasm`);
  writeFileSync(
    `src/${module}.generated.ts`,
    `// A module of the core, as scripts/build.mjs made it.\nexport const ${name} =\n  "${bytes.toString("base64")}";\n`,
  );
}

rmSync("dist", { recursive: true, force: true });
rmSync("dist-dev", { recursive: true, force: true });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.json"], { stdio: "inherit" });
execFileSync("node_modules/.bin/tsc", ["-p", "tsconfig.dev.json"], { stdio: "inherit" });
execFileSync("node_modules/.bin/tsc", ["-p", "viewer/tsconfig.json"], { stdio: "inherit" });
execFileSync("node_modules/.bin/tsc", ["-p", "examples/playground/tsconfig.json"], { stdio: "inherit" });
await buildViewer();
cpSync("build/core.wasm", "dist/core.wasm");
cpSync("build/whole.wasm", "dist/whole.wasm");
