// Builds everything: core/ to WebAssembly, the module's bytes into a TypeScript file, src/ to dist/, bench/ to dist-dev/.

import { execFile, execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { buildViewer } from "./viewer.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));

/** What a module is made of: its sources in a folder, the compiler, its options. */
function fingerprint(folder, args) {
  const hash = createHash("sha256").update(JSON.stringify(args));
  const sources = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  for (const path of ["package-lock.json", ...sources.map(({ parentPath, name }) => `${parentPath}/${name}`).sort()]) {
    hash.update(`\0${path}\0`).update(readFileSync(path));
  }
  return hash.digest("hex");
}

/**
 * Compiles AssemblyScript, if something changed since the last time. In a process of its own: the compiler keeps what
 * it read as a library from one run to the next.
 */
async function compileAny(folder, entry, output, ...options) {
  const args = [
    `${folder}/${entry}`,
    ...["--outFile", `build/${output}.wasm`, "--textFile", `build/${output}.wat`],
    ...["-O3", "--converge", "--noAssert", "--use", "abort=", ...options],
  ];
  const stamp = `build/${output}.stamp`;
  const made = fingerprint(folder, args);
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === made) return;
  rmSync(stamp, { force: true });
  const run = promisify(execFile)(process.execPath, ["node_modules/assemblyscript/bin/asc.js", ...args]);
  const { stdout, stderr } = await run.catch((failed) => {
    process.stderr.write(failed.stderr);
    process.exit(1);
  });
  process.stdout.write(stdout);
  process.stderr.write(stderr);
  writeFileSync(stamp, made);
}

/** Compiles a module that manages memory itself, in a memory that it is given. */
function compile(folder, entry, output, ...options) {
  return compileAny(folder, entry, output, "--runtime", "stub", "--importMemory", "--noExportMemory", ...options);
}

mkdirSync("build", { recursive: true });
await Promise.all([
  compile("core", "index.ts", "core", "--importTable"),
  compile("core", "whole.ts", "whole", "--importTable"),
]);
await Promise.all([
  compile("bench/client", "index.ts", "bench-plain", "--lib", "bench/client/plain"),
  compile("bench/client", "index.ts", "bench-context", "--lib", "bench/client/context"),
  compile("bench/client", "freelist.ts", "bench-freelist"),
  compile("bench/client", "objects.ts", "bench-objects"),
  compileAny("bench/client", "managed.ts", "bench-managed", "--runtime", "incremental"),
]);

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
