// The effect and the cost of the ladder; and heap images. Each part (guest, images, ladder, pressed) runs in its own
// process: node --expose-gc pressure.js PART prints its figures as JSON.

import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { loadPyodide } from "pyodide";
import { loadPython, loadWatched } from "../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../src/hosts/python/pyodide-module.js";
import { footprintOf } from "../src/hosts/python/python-heap.js";
import { Heap } from "../src/index.js";
import { CYCLES } from "../test/python/work.js";
import { interleave, median, processorTime, ratio } from "./measure.js";
import type { Row } from "./micro.js";
import { recordsText } from "./records.js";

const MIB = 2 ** 20;
const RECORDS = 1_000_000;
const ROUNDS = 9;
const PRESSED_ROUNDS = 3;

const BUDGET = 64 * MIB;

/** By how many bytes a program with cyclic garbage raises an interpreter's footprint: on our heap with a limit, and in stock Pyodide. */
async function guest(): Promise<Record<string, number>> {
  const { heap, pyodide } = await loadPython();
  const start = heap.footprint;
  heap.limit = start + BUDGET;
  pyodide.runPython(CYCLES);
  let stock: PyodideExports | undefined;
  const plain = await loadWatched(loadPyodide, {}, (exports) => {
    stock = exports;
  });
  if (!stock)
    throw new Error("Cannot measure: Pyodide started, but the constructors of its module were not seen to run");
  const before = footprintOf(stock);
  plain.runPython(CYCLES);
  return { ours: heap.footprint - start, stock: footprintOf(stock) - before };
}

/** Loading an image compared with JSON.parse of the same records, in processor time. */
async function images(): Promise<Record<string, number>> {
  const { image, json } = await saved();
  const cpu = async (run: () => unknown): Promise<number> => {
    globalThis.gc?.();
    const before = process.cpuUsage();
    await run();
    const { user, system } = process.cpuUsage(before);
    return (user + system) / 1000;
  };
  const loads: number[] = [];
  const verified: number[] = [];
  const parses: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    loads.push(await cpu(() => Heap.load(image)));
    parses.push(await cpu(() => JSON.parse(json)));
    verified.push(await cpu(() => Heap.load(image, { verify: true })));
  }
  return {
    share: median(loads.map((load, k) => load / (parses[k] as number))),
    load: median(loads),
    verified: median(verified),
    parse: median(parses),
    bytes: image.length / RECORDS,
  };
}

async function saved(): Promise<{ image: Uint8Array; json: string }> {
  const json = recordsText(RECORDS);
  const heap = await Heap.create();
  const list = heap.from(JSON.parse(json) as object[]);
  heap.roots.set("records", list);
  list.release();
  return { image: await heap.save(), json };
}

/** Work on containers while nothing presses: with the ladder's default policy, compared with none (`policy: false`). */
async function ladder(): Promise<Record<string, number>> {
  const worker = async (name: string, options: { policy?: false }) => {
    const heap = await Heap.create(options);
    const run = () => {
      const rows = heap.list<unknown>();
      const index = heap.dict<string, number>();
      for (let k = 0; k < 100_000; k++) {
        rows.push(`row ${k & 1023}`);
        index.set(`key ${k & 4095}`, k);
      }
      rows.release();
      index.release();
    };
    return { name, run };
  };
  const workers = [await worker("with", {}), await worker("without", { policy: false })];
  return { share: ratio(interleave(workers, 41, 5), "with", "without") };
}

/** A program, and its limits in MiB above what the started interpreter takes. */
interface PressedProgram {
  readonly soft?: number;
  readonly hard?: number;
  readonly code: string;
}

/** Programs that stay above their soft limit, or near their hard limit. */
const PRESSED: Readonly<Record<string, PressedProgram>> = {
  "lists above a soft limit": { soft: 40, code: "keep = [[i] for i in range(1_200_000)]" },
  "lists near a hard limit": { hard: 62, code: "keep = [[i] for i in range(600_000)]" },
  "lists at a hard limit, with MemoryError caught": {
    hard: 40,
    code: `
keep = []
numbers = iter(range(900_000))
while True:
    try:
        for i in numbers:
            keep.append([i])
        break
    except MemoryError:
        for _ in range(1000):
            keep.pop()
`,
  },
  "strings that come and go above a soft limit": {
    soft: 10,
    code: `
keep = [[i] for i in range(600_000)]
for k in range(100):
    part = [str(i) * 4 for i in range(8000)]
    big = bytearray(2_000_000) if k % 10 == 0 else None
`,
  },
};

/** The processor time of such programs, relative to that without measures. Each runs in its own interpreter or heap. */
async function pressed(): Promise<Record<string, number>> {
  const timed = (run: () => unknown): number => {
    const before = processorTime();
    run();
    return processorTime() - before;
  };
  const python = async ({ soft, hard, code }: PressedProgram, hasMeasures: boolean) => {
    const { heap, pyodide } = await loadPython(hasMeasures ? {} : { policy: false });
    if (hard !== undefined) heap.limit = heap.footprint + hard * MIB;
    if (soft !== undefined) heap.softLimit = heap.reserved + soft * MIB;
    return timed(() => pyodide.runPython(code));
  };
  const lists = async (hasMeasures: boolean) => {
    const heap = await Heap.create({ softLimit: 20 * MIB, ...(hasMeasures ? {} : { policy: false }) });
    const keep = heap.list<unknown>();
    return timed(() => {
      for (let k = 0; k < 600_000; k++) keep.push(heap.list([k]));
    });
  };
  const share = async (run: (hasMeasures: boolean) => Promise<number>) => {
    const ratios: number[] = [];
    for (let round = 0; round < PRESSED_ROUNDS; round++) ratios.push((await run(true)) / (await run(false)));
    return median(ratios);
  };
  const shares: Record<string, number> = { "lists in TypeScript, above a soft limit": await share(lists) };
  for (const [name, program] of Object.entries(PRESSED)) {
    shares[name] = await share((hasMeasures) => python(program, hasMeasures));
  }
  return shares;
}

const PARTS = { guest, images, ladder, pressed };

function figures(part: keyof typeof PARTS): Record<string, number> {
  const script = fileURLToPath(import.meta.url);
  const options = ["--expose-gc", "--max-old-space-size=8192", script, part];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" })) as Record<string, number>;
}

export function measurePressure(): Row[] {
  const { ours = Number.NaN, stock = Number.NaN } = figures("guest");
  const { share = Number.NaN, load = 0, verified = 0, parse = 0, bytes = 0 } = figures("images");
  const { share: cost = Number.NaN } = figures("ladder");
  const pressedRows = Object.entries(figures("pressed")).map(([name, value]) => ({
    what: `${name}: time / without measures`,
    ...{ value, unit: "x", goal: 1.5 },
  }));
  return [
    ...pressedRows,
    {
      what: "cyclic garbage within a budget of 64 MiB: Python's footprint above its start",
      value: ours / MIB,
      unit: "MiB",
      goal: BUDGET / MIB,
      beside: { "stock Pyodide": stock / MIB },
    },
    {
      what: "loading an image of a million records, processor time / JSON.parse's",
      value: share,
      unit: "x",
      goal: 1 / 20,
      beside: { "load ms": load, "verified ms": verified, "parse ms": parse, "bytes a record": bytes },
    },
    { what: "the ladder while nothing presses, time / without it", value: cost, unit: "x", goal: 1.01 },
  ];
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const part = PARTS[process.argv[2] as keyof typeof PARTS];
  process.stdout.write(JSON.stringify(await part()));
  process.exit(0);
}
