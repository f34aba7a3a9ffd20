// Formats what Biome's own command can't: the core, and C. `node scripts/format.mjs` lists the files that differ;
// --write formats them.
//
// The core is AssemblyScript; its decorators of functions are its only syntax that TypeScript lacks. Biome reports them
// as errors, but formats the rest if it is told to. So its exit code has no meaning, and its output is compared
// instead.

import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { format } from "@wasm-fmt/clang-format";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const ASSEMBLY_SCRIPT = ["core", "bench/client"];
const C = ["capi", "include", "libc", "examples/c", "test/c", "bench/c"];

/** The paths of the files below `folders`; only of files whose names match `ending`. */
function filesIn(folders, ending) {
  return folders
    .flatMap((folder) => readdirSync(folder, { recursive: true, withFileTypes: true }))
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map(({ parentPath, name }) => `${parentPath}/${name}`)
    .sort();
}

/** The core's files as Biome formats them, by path. */
function formattedCore() {
  // The copy is outside of the project, because Biome accepts only one configuration in a project.
  const copy = mkdtempSync(join(tmpdir(), "pyheap-"));
  for (const folder of ASSEMBLY_SCRIPT) cpSync(folder, `${copy}/${folder}`, { recursive: true });
  const { formatter } = JSON.parse(readFileSync("biome.json", "utf8"));
  const options = { formatter: { ...formatter, formatWithErrors: true }, linter: { enabled: false } };
  writeFileSync(`${copy}/biome.json`, JSON.stringify({ root: true, ...options }));
  spawnSync(fileURLToPath(new URL("../node_modules/.bin/biome", import.meta.url)), ["format", "--write", "."], {
    cwd: copy,
  });
  const texts = filesIn(ASSEMBLY_SCRIPT, /(?<!\.gen)\.ts$/).map((path) => [
    path,
    readFileSync(`${copy}/${path}`, "utf8"),
  ]);
  rmSync(copy, { recursive: true });
  return texts;
}

/** The C files as clang-format formats them, by path. .clang-format has the style. */
function formattedC() {
  const style = readFileSync(".clang-format", "utf8");
  return filesIn(C, /\.(c|h|cpp)$/).map((path) => [path, format(readFileSync(path, "utf8"), path, style)]);
}

const differing = [...formattedCore(), ...formattedC()].filter(([path, text]) => readFileSync(path, "utf8") !== text);
if (process.argv.includes("--write")) for (const [path, text] of differing) writeFileSync(path, text);
else if (differing.length > 0) {
  console.error(`Not formatted (npm run format mends it):\n${differing.map(([path]) => `  ${path}`).join("\n")}`);
  process.exitCode = 1;
}
