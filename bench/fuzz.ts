// npm run fuzz: random programs and damaged files, until a fault is found or the time or the files are used up.
//
//   --only model          random programs, compared with the model
//          tests          all random tests, with new seeds
//          trace          damaged recordings, read with the reader and all reports
//          image          damaged heap images, loaded
//          python-image   damaged images of Python, read
//          python-heap    an image of Python whose heap was changed: the heap is refused, or works
//          snapshot       damaged heap snapshots, read and evaluated
//          workers        workers that use the objects of one heap, and are terminated

import { Command, Option } from "commander";
import { createImage, PythonImage } from "../src/hosts/python/pyodide.js";
import { recordings, survive as surviveTrace } from "../test/broken-traces.js";
import { type Plan, runAgainstModel } from "../test/model.js";
import { brokenImages, survive } from "../test/objects/image-mutations.js";
import { heapInImage, surviveHeap } from "../test/python/broken-heaps.js";
import { smallImages, surviveImage } from "../test/python/image-mutations.js";
import { surviveSnapshot, wholeSnapshot } from "../test/snapshot-mutations.js";
import { terminateTransfers } from "../test/workers/transfers.js";
import { randomTests, runTests } from "./random-tests.js";

const PARTS = ["model", "tests", "trace", "image", "python-image", "python-heap", "snapshot", "workers"] as const;

const options = new Command("npm run fuzz --")
  .description(
    "Runs random programs against a model of the heap, all random tests with new seeds, or workers that are terminated; or reads broken recordings, images or heap snapshots. Stops at the first fault.",
  )
  .addOption(new Option("--only <part>", "what to run or to read").choices(PARTS).default("model"))
  .option("--files <n>", "the number of broken recordings, snapshots or images", "100000")
  .option("--seed <n>", "the first seed; by default, one made from the time")
  .option("--minutes <n>", "how long random programs or random tests run", "10")
  .option("--match <text>", "which random tests: those with this in their path", "")
  .option("--keep-going", "run random tests with the next seed also after a failure")
  .parse()
  .opts<{
    only: (typeof PARTS)[number];
    files: string;
    seed?: string;
    minutes: string;
    match: string;
    keepGoing?: boolean;
  }>();
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

async function fuzzModel(): Promise<void> {
  let operations = 0;
  for (let seed = first; Date.now() < end; seed++) {
    for (const plan of KINDS) {
      await runAgainstModel({ ...plan, seed });
      operations += plan.steps;
    }
    process.stderr.write(`\rseed ${seed}: ${(operations / 1e6).toFixed(1)} million operations, nothing found`);
  }
}

async function fuzzTests(): Promise<void> {
  const files = randomTests().filter((path) => path.includes(options.match));
  if (files.length === 0) throw new Error(`Cannot run random tests: none has ${options.match} in its path`);
  const failures: string[] = [];
  let runs = 0;
  for (let seed = first; Date.now() < end; seed++) {
    for (const file of files) {
      const failure = await runTests([file], seed);
      runs++;
      if (failure !== undefined) {
        failures.push(`PYHEAP_SEED=${seed} npx vitest run ${file}`);
        process.stderr.write(`\n${failure}\n${failures.at(-1)}\n`);
        if (!options.keepGoing) process.exit(1);
      }
      if (Date.now() >= end) break;
    }
    process.stderr.write(`\rseed ${seed}: ${runs} runs of ${files.length} files, ${failures.length} failed`);
  }
  if (failures.length > 0) process.stderr.write(`\n${failures.join("\n")}\n`);
  process.exitCode = failures.length > 0 ? 1 : 0;
}

async function fuzzTraces(): Promise<void> {
  const whole = await recordings();
  const survival = { files: 0, refused: 0, partly: 0 };
  for (let seed = first; survival.files < Number(options.files); seed++) {
    await surviveTrace(whole, seed, survival);
    if (survival.files % 100 !== 0) continue;
    const { files, refused, partly } = survival;
    process.stderr.write(
      `\r${files} broken recordings from seed ${first}: ${refused} refused, ${partly} read in part, nothing found`,
    );
  }
}

interface ImageSurvival {
  images: number;
  refused: number;
}

/** Calls `survive` with one seed after another, each for one broken image. */
async function fuzzBroken(survive: (seed: number, survival: ImageSurvival) => Promise<void>): Promise<void> {
  const survival = { images: 0, refused: 0 };
  for (let seed = first; survival.images < Number(options.files); seed++) {
    await survive(seed, survival);
    if (survival.images % 1000 !== 0) continue;
    const { images, refused } = survival;
    process.stderr.write(`\r${images} broken images from seed ${first}: ${refused} refused, nothing found`);
  }
}

async function fuzzImages(): Promise<void> {
  const broken = await brokenImages();
  return fuzzBroken((seed, survival) => survive(broken, seed, survival));
}

async function fuzzPythonImages(): Promise<void> {
  const whole = await smallImages();
  return fuzzBroken((seed, survival) => surviveImage(whole, seed, survival));
}

async function fuzzPythonHeaps(): Promise<void> {
  const heap = await heapInImage(await PythonImage.from(await createImage()));
  return fuzzBroken(async (seed, survival) => surviveHeap(heap, seed, survival));
}

async function fuzzSnapshots(): Promise<void> {
  const whole = wholeSnapshot();
  const survival = { files: 0, refused: 0 };
  for (let seed = first; survival.files < Number(options.files); seed++) {
    surviveSnapshot(whole, seed, survival);
    if (survival.files % 1000 !== 0) continue;
    const { files, refused } = survival;
    process.stderr.write(`\r${files} broken snapshots from seed ${first}: ${refused} refused, nothing found`);
  }
}

async function fuzzWorkers(): Promise<void> {
  const each = 50;
  let terminated = 0;
  for (let seed = first; Date.now() < end; seed++) {
    terminated += await terminateTransfers(seed, (count) => count === each || Date.now() >= end);
    process.stderr.write(`\rseed ${seed}: ${terminated} workers terminated, nothing found`);
  }
}

const FUZZ = {
  model: fuzzModel,
  tests: fuzzTests,
  trace: fuzzTraces,
  image: fuzzImages,
  "python-image": fuzzPythonImages,
  "python-heap": fuzzPythonHeaps,
  snapshot: fuzzSnapshots,
  workers: fuzzWorkers,
};
await FUZZ[options.only]();
process.stderr.write("\n");
// Interpreters would keep the process alive.
process.exit();
