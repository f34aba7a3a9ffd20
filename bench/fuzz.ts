// npm run fuzz: random programs against the model, for as long as one likes.

import { Command } from "commander";
import { type Plan, runAgainstModel } from "../test/model.js";

const options = new Command("npm run fuzz --")
  .description("Runs random programs against a model of the heap, and stops at the first difference.")
  .option("--seed <n>", "the first seed; the default is of the moment")
  .option("--minutes <n>", "how long", "10")
  .parse()
  .opts<{ seed?: string; minutes: string }>();
const first = options.seed === undefined ? Date.now() % 2 ** 31 : Number(options.seed);
const end = Date.now() + Number(options.minutes) * 60_000;

const KINDS: readonly Omit<Plan, "seed">[] = [
  { steps: 3000, blocks: 60, checkEvery: 1 },
  { steps: 100_000, blocks: 20_000, checkEvery: 1000 },
  { steps: 30_000, blocks: 4000, checkEvery: 100, options: { limit: 600_000 } },
  { steps: 30_000, blocks: 2000, checkEvery: 100, options: { base: 0x8000_0000 } },
  { steps: 10_000, blocks: 800, checkEvery: 100, options: { allocator: "debug" } },
  { steps: 30_000, blocks: 2000, checkEvery: 100, options: { allocator: "malloc" } },
];

let operations = 0;
for (let seed = first; Date.now() < end; seed++) {
  for (const plan of KINDS) {
    await runAgainstModel({ ...plan, seed });
    operations += plan.steps;
  }
  process.stderr.write(`\rseed ${seed}: ${(operations / 1e6).toFixed(1)} million operations, nothing found`);
}
process.stderr.write("\n");
