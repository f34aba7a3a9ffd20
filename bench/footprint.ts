// Measures what the heap gives back: a million objects of mixed types are made, nine in ten are released at random;
// then the heap is compacted and trimmed.
//
// Each part (compaction, trimming) runs in its own process: node --expose-gc footprint.js PART prints its figures as
// JSON. A compaction's time is processor time.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { Heap, type PyList } from "../src/index.js";
import { randomNumbers } from "../test/random.js";
import { median } from "./measure.js";
import type { Row } from "./micro.js";

const OBJECTS = 1_000_000;
const ROUNDS = 5;
const MB = 1e6;

/** Object number `k`: the types alternate, and the sizes differ. */
function mixed(k: number): unknown {
  switch (k % 8) {
    case 0:
      return { id: k, name: `user ${k}`, score: k / 7 };
    case 1:
      return [k, `item ${k}`];
    case 2:
      return `a text of some length, number ${k}`;
    case 3:
      return k + 0.5;
    case 4:
      return new Uint8Array(k % 100);
    case 5:
      return new Set([k, k + 1]);
    case 6:
      return BigInt(k) ** 3n;
    default:
      return new Map<unknown, unknown>([[k, `value ${k % 1000}`]]);
  }
}

async function sparse(seed: number): Promise<{ heap: Heap; list: PyList }> {
  const heap = await Heap.create({ policy: false });
  const list = heap.from(Array.from({ length: OBJECTS }, (_, k) => mixed(k))) as unknown as PyList;
  const random = randomNumbers(seed);
  for (let k = 0; k < OBJECTS; k++) if (random() < 0.9) list.set(k, null);
  heap.gc.collect();
  heap.release();
  return { heap, list };
}

function liveBytes(heap: Heap): number {
  const { live } = heap.stats().account;
  return live.mem + live.object;
}

/** The milliseconds of processor time that a function takes. */
function cpuTime(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

async function compaction(): Promise<Record<string, number>> {
  const speeds: number[] = [];
  let spread = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const { heap } = await sparse(round + 1);
    let moved = 0;
    const ms = cpuTime(() => {
      moved = heap.compact().moved;
    });
    const live = liveBytes(heap);
    if (moved === 0) throw new Error("Cannot measure: nothing moved");
    speeds.push(live / MB / (ms / 1000));
    spread = heap.stats().account.platform / live;
    process.stderr.write(
      `${ms.toFixed(1)} ms, ${(live / MB).toFixed(1)} MB live, ${(moved / MB).toFixed(1)} MB moved\n`,
    );
  }
  return { speed: median(speeds), spread };
}

const tick = () => new Promise((resolve) => setImmediate(resolve));

/** The resident memory of the process, after its garbage was collected. */
async function resident(): Promise<number> {
  for (let k = 0; k < 5; k++) {
    globalThis.gc?.();
    await tick();
  }
  return process.memoryUsage().rss;
}

/** By how many bytes the process and the heap's memory are smaller after a trim, their ratio, and how long the trim took. */
async function trimming(): Promise<Record<string, number>> {
  const { heap, list } = await sparse(1);
  heap.compact();
  const before = await resident();
  const started = performance.now();
  const { gained } = heap.trim();
  const ms = performance.now() - started;
  const fell = before - (await resident());
  heap.check();
  if (list.length !== OBJECTS) throw new Error("Cannot measure: the list has lost items");
  return { share: fell / gained, fell, gained, ms };
}

const PARTS = { compaction, trimming };

function figures(part: keyof typeof PARTS): Record<string, number> {
  const script = fileURLToPath(import.meta.url);
  const options = ["--expose-gc", "--max-old-space-size=8192", script, part];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" })) as Record<string, number>;
}

export function measureFootprint(): Row[] {
  const { speed = Number.NaN, spread = Number.NaN } = figures("compaction");
  const { share = Number.NaN, fell = Number.NaN, gained = Number.NaN, ms = Number.NaN } = figures("trimming");
  return [
    {
      what: "a million objects, 90 % released: platformBytes / live bytes after compact",
      value: spread,
      unit: "x",
      goal: 1.15,
    },
    {
      what: "compaction, ms of processor time for 300 MB of live objects",
      value: 300_000 / speed,
      unit: "ms",
      goal: 1000,
      beside: { "MB/s": speed },
    },
    {
      what: "trim: memory that the heap gave back / memory by which the process shrank",
      value: 1 / share,
      unit: "x",
      goal: 1.11,
      beside: { "MB given back": gained / MB, "MB less of the process": fell / MB, ms },
    },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const part = PARTS[process.argv[2] as keyof typeof PARTS];
  process.stdout.write(JSON.stringify(await part()));
  process.exit(0);
}
