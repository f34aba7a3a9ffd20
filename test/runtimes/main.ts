// npm run test:runtimes: the same smoke suite in every runtime.
//
//   npm run test:runtimes -- --only "Node 26" Bun
//   npm run test:runtimes -- --readme            writes the README's table
//   npm run test:runtimes -- --download          downloads those that are npm packages, and tries nothing yet

import { spawnSync } from "node:child_process";
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { Command } from "commander";
import { build } from "../c/build.js";
import { canCompile, ROOT } from "../needs.js";
import { startBrowser } from "./browsers.js";
import { tryCommands } from "./commands.js";
import { FOLDER, install } from "./install.js";
import {
  type BrowserRuntime,
  type CommandRuntime,
  FEATURE_NAMES,
  FEATURES,
  type Feature,
  type Lacks,
  NO_CLASSIC,
  PLACES,
  RUNTIMES,
} from "./list.js";
import { servePage } from "./pages.js";
import { functionsIn } from "./recorded.js";
import type { Outcome } from "./smoke.js";
import { type Row, writeReadme } from "./table.js";

const options = new Command("npm run test:runtimes --")
  .description("Tries the library in Node 20 to 26, Bun, Deno, Chromium and Firefox.")
  .option("--only <name...>", `only these runtimes: ${RUNTIMES.map(({ name }) => `"${name}"`).join(", ")}`)
  .option("--readme", "write the table into README.md")
  .option("--download", "download those that are npm packages, and try nothing yet")
  .parse()
  .opts<{ only?: string[]; readme?: boolean; download?: boolean }>();
const chosen = RUNTIMES.filter(({ name }) => options.only?.includes(name) ?? true);
if (options.download) {
  for (const runtime of chosen) if (runtime.kind === "command") install(runtime);
  process.exit(0);
}

/** The functions that have to be on the stacks of a feature's recording. */
const RECORDED: Partial<Record<Feature, string>> = { trace: "keepsBlocks", python: "keeps_rows" };

let failed = 0;
/** Says at once what is not as it should be. */
function fail(what: string): void {
  failed++;
  console.error(`\nFAILED ${what}`);
}

/** What is said of a feature: yes; or the reason in the list. What differs from the list is a failure. */
function judge(where: string, feature: Feature, failure: string | undefined, lacks: Lacks): true | string {
  const reason = lacks[feature];
  if (failure === undefined && reason !== undefined) {
    fail(`${where}: ${FEATURES[feature]} works, but the list says: ${reason}`);
  }
  if (failure !== undefined && reason === undefined) fail(`${where}: ${FEATURES[feature]}: ${failure}`);
  return failure === undefined ? true : (reason ?? "it failed");
}

/** The reason why a feature failed, even if it threw nothing: its recording may lack the function that allocated. */
async function failureOf({ feature, failure, trace }: Outcome): Promise<string | undefined> {
  const wanted = RECORDED[feature];
  if (failure !== undefined || wanted === undefined) return failure;
  const found = await functionsIn(new Uint8Array(trace ?? []));
  return found.includes(wanted) ? undefined : `no ${wanted} in the recording: ${found.join(", ")}`;
}

async function judgeAll(where: string, outcomes: readonly Outcome[], lacks: Lacks): Promise<Row["features"]> {
  const features: Partial<Record<Feature, true | string>> = {};
  for (const outcome of outcomes) {
    features[outcome.feature] = judge(where, outcome.feature, await failureOf(outcome), lacks);
  }
  return features;
}

const wordsOf = (error: unknown) => (error instanceof Error ? error.message : String(error));

/** A folder of this process, in which the package is installed, with the suite. */
function layOutApp(): string {
  mkdirSync(FOLDER, { recursive: true });
  const app = mkdtempSync(join(FOLDER, "app-"));
  process.once("exit", () => rmSync(app, { recursive: true }));
  mkdirSync(join(app, "node_modules"), { recursive: true });
  symlinkSync(ROOT, join(app, "node_modules/pyheap"));
  writeFileSync(join(app, "package.json"), '{ "private": true, "type": "module" }');
  for (const file of ["smoke.js", "in-process.js", "served.js"]) {
    copyFileSync(fileURLToPath(new URL(file, import.meta.url)), join(app, file));
  }
  return app;
}

const features = FEATURE_NAMES.filter((feature) => feature !== "c" || canCompile);
const tally = canCompile ? await build("tally", readFileSync(join(ROOT, "examples/c/tally.c"), "utf8")) : undefined;
const app = layOutApp();

async function tryCommandRuntime(runtime: CommandRuntime): Promise<Row> {
  const { program, version } = install(runtime);
  const name = `${runtime.name.split(" ")[0]} ${version}`;
  const output = join(app, "outcomes.json");
  rmSync(output, { force: true });
  const args = [...runtime.args, "in-process.js", output, tally ?? "", ...features];
  const { stderr, status } = spawnSync(program, args, { cwd: app, encoding: "utf8", timeout: 300_000 });
  if (!existsSync(output)) throw new Error(`${name}: the suite ended with exit code ${status}: ${stderr}`);
  const outcomes = JSON.parse(readFileSync(output, "utf8")) as Outcome[];
  const failure = await tryCommands(program, runtime, tally).then(() => undefined, wordsOf);
  const served = spawnSync(program, [...runtime.args, "served.js"], { cwd: app, encoding: "utf8", timeout: 60_000 });
  const notServed = served.status === 0 ? served.stdout : `exit code ${served.status}: ${served.stderr}`;
  const found = [
    ...outcomes,
    { feature: "run" as const, ...(failure !== undefined && { failure }) },
    { feature: "serve" as const, ...(notServed !== "" && { failure: notServed }) },
  ];
  return { name, features: await judgeAll(name, found, runtime.lacks) };
}

async function tryBrowser(runtime: BrowserRuntime): Promise<Row[]> {
  const browser = await startBrowser(runtime);
  const { server, url } = await servePage(tally);
  const rows: Row[] = [];
  try {
    for (const place of PLACES) {
      const name = `${runtime.name} ${Number.parseInt(browser.version, 10)}, ${place}`;
      const answer = await browser.evaluate(url, `tried(${JSON.stringify(place)}, ${JSON.stringify(features)})`);
      const lacks = { ...runtime.lacks, ...(place === "classic worker" && NO_CLASSIC) };
      rows.push({ name, features: await judgeAll(name, JSON.parse(answer) as Outcome[], lacks) });
    }
  } finally {
    await browser.close();
    server.close();
  }
  return rows;
}

const rows: Row[] = [];
for (const runtime of chosen) {
  const begun = performance.now();
  try {
    if (runtime.kind === "command") rows.push(await tryCommandRuntime(runtime));
    else rows.push(...(await tryBrowser(runtime)));
  } catch (error) {
    fail(wordsOf(error));
  }
  console.error(`${runtime.name}: ${((performance.now() - begun) / 1000).toFixed(1)} s`);
}

const table = new Table({ head: ["", ...Object.values(FEATURES)], style: { head: [], border: [] } });
for (const { name, features: found } of rows) {
  table.push([name, ...FEATURE_NAMES.map((feature) => (found[feature] === true ? "yes" : found[feature] ? "no" : ""))]);
}
console.log(table.toString());
const reasons = new Set(rows.flatMap(({ features: found }) => Object.values(found).filter((why) => why !== true)));
for (const reason of reasons) console.log(`no: ${reason}`);
if (options.readme && options.only === undefined && failed === 0) writeReadme(rows);
process.exit(failed === 0 ? 0 : 1);
