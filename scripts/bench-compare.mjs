// Runs the benchmarks before and after a change, in turn, so that a slow minute of the machine affects both:
//
//   npm run bench:compare -- COMMIT [--parts micro,objects,footprint] [--rounds 3]
//
// Builds COMMIT in a worktree in build/, measures it and this checkout `rounds` times each, and shows the medians of
// each row, and whether it became worse (verdict.mjs).

import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import Table from "cli-table3";
import { median, verdict } from "./verdict.mjs";

process.chdir(fileURLToPath(new URL("..", import.meta.url)));
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    parts: { type: "string", default: "micro,objects,footprint" },
    rounds: { type: "string", default: "3" },
  },
});
const [commit] = positionals;
const rounds = Number(values.rounds);
if (commit === undefined || positionals.length > 1 || !(rounds >= 1)) {
  console.error("Usage: npm run bench:compare -- COMMIT [--parts micro,objects,footprint] [--rounds 3]");
  process.exit(2);
}

const run = (cwd, command, ...args) =>
  execFileSync(command, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "inherit"] });

/** The folder of a built checkout of the commit. */
function checkedOut() {
  const hash = run(".", "git", "rev-parse", "--verify", `${commit}^{commit}`).trim();
  const folder = `build/compare/${hash.slice(0, 12)}`;
  if (existsSync(`${folder}/dist-dev/bench/main.js`)) return folder;
  rmSync(folder, { recursive: true, force: true });
  run(".", "git", "worktree", "prune");
  run(".", "git", "worktree", "add", "--detach", folder, hash);
  console.error(`building ${hash.slice(0, 12)}`);
  run(folder, "npm", "ci", "--ignore-scripts");
  const { scripts } = JSON.parse(readFileSync(`${folder}/package.json`, "utf8"));
  run(folder, "npm", "run", scripts["build:dev"] === undefined ? "build" : "build:dev");
  return folder;
}

const results = mkdtempSync(join(tmpdir(), "pyheap-bench-"));

/** Measures a part of the benchmarks in a checkout. Returns its rows. */
function measured(folder, part) {
  const file = join(results, "rows.json");
  run(folder, process.execPath, "dist-dev/bench/main.js", "--only", part, "--json", file);
  return JSON.parse(readFileSync(file, "utf8")).rows;
}

const folders = { before: checkedOut(), after: "." };
/** The values of both sides, by row. */
const rows = new Map();
for (const part of values.parts.split(",")) {
  for (let round = 0; round < rounds; round++) {
    console.error(`${part}, round ${round + 1} of ${rounds}`);
    const turn = Object.entries(folders);
    for (const [side, folder] of round % 2 === 0 ? turn : turn.toReversed()) {
      for (const { what, value, unit, atLeast } of measured(folder, part)) {
        if (!rows.has(what)) rows.set(what, { unit, atLeast, before: [], after: [] });
        rows.get(what)[side].push(value);
      }
    }
  }
}
rmSync(results, { recursive: true });

const table = new Table({ head: ["", "before", "after", "after / before", ""], style: { head: [], border: [] } });
let worse = 0;
for (const [what, { unit, atLeast, before, after }] of rows) {
  if (before.length === 0 || after.length === 0) {
    table.push([what, "", "", "", before.length === 0 ? "new" : "gone"]);
    continue;
  }
  const said = verdict(before, after, atLeast);
  if (said === "WORSE") worse++;
  const spread = (values) => `${Math.min(...values).toFixed(3)} to ${Math.max(...values).toFixed(3)}`;
  const cell = (values) => `${median(values).toFixed(3)} ${unit}\n${spread(values)}`;
  table.push([what, cell(before), cell(after), (median(after) / median(before)).toFixed(3), said]);
}
console.log(table.toString());
process.exitCode = worse === 0 ? 0 : 1;
