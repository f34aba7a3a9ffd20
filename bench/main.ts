// npm run bench: pyheap and its peers, in one run.

import { readdirSync, writeFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import Table from "cli-table3";
import { Command, Option } from "commander";
import { measureC } from "./c.js";
import { figuresOf, PROGRAMS } from "./child.js";
import { measureFleets } from "./fleets.js";
import { measureFootprint } from "./footprint.js";
import { measureLibrary } from "./library.js";
import { geometricMean, median } from "./measure.js";
import { measureSmall, type Row } from "./micro.js";
import { measureNative } from "./native.js";
import { measureObjects } from "./objects.js";
import { measurePanel } from "./panel.js";
import { measurePressure } from "./pressure.js";
import type { ProgramFigures } from "./program.js";
import { measureProxies } from "./proxies.js";
import { measureReplays } from "./replay.js";
import { measureSharedObjects } from "./shared-objects.js";
import { measureSnapshots } from "./snapshot.js";
import { measureStart } from "./start.js";
import { measurePages, measureTotals, measureTraces, measureTypes } from "./trace.js";
import { measureWorkers } from "./workers.js";

const PARTS = [
  "micro",
  "libpyheap",
  "native",
  "objects",
  "footprint",
  "pressure",
  "programs",
  "replay",
  "trace",
  "page",
  "panel",
  "fleets",
  "snapshot",
  "start",
  "workers",
] as const;

const options = new Command("npm run bench --")
  .description("Measures pyheap beside dlmalloc and mimalloc. With everything, it takes about twenty minutes.")
  .option("--json <file>", "write the figures to a file as well")
  .addOption(
    new Option(
      "--only <part>",
      "measure one part; in this order: the allocators, malloc of C programs, the memory of modules in C and what JavaScript holds, the objects, the memory that goes back, the ladder and images, the Python programs, recordings of them without the interpreter, the cost of recording, the reports of a long recording, the panel and pushing in a page, profiles that are collected all the time, heap snapshots, starts from an image, a heap in several workers",
    ).choices(PARTS),
  )
  .option("--rounds <n>", "how often each Python program is run, and each start", "5")
  .option("--events <n>", "how many events the long recording has; the default is 50 million", Number)
  .option("--program <name...>", "only these programs of bench/programs")
  .parse()
  .opts<{ json?: string; only?: (typeof PARTS)[number]; rounds: string; program?: string[]; events?: number }>();

const MIB = 2 ** 20;
const PROGRAM = new URL("./program.js", import.meta.url);

function verdict({ value, goal, atLeast = false }: Row): string {
  if (goal === undefined) return "";
  return (atLeast ? value >= goal : value <= goal) ? "reached" : "not reached";
}

function show(rows: readonly Row[]): void {
  const table = new Table({ head: ["", "measured", "goal", "", "beside it"], style: { head: [], border: [] } });
  for (const row of rows) {
    const beside = Object.entries(row.beside ?? {}).map(([name, value]) => `${name} ${value.toFixed(2)}`);
    table.push([row.what, `${row.value.toFixed(3)} ${row.unit}`, row.goal ?? "", verdict(row), beside.join("\n")]);
  }
  console.log(table.toString());
}

/** The programs that are measured. */
function programNames(): readonly string[] {
  const all = readdirSync(PROGRAMS).filter((file) => file.endsWith(".py"));
  return options.program ?? all.map((file) => file.replace(".py", ""));
}

function measurePrograms(): { programs: Record<string, ProgramFigures>; rows: Row[] } {
  const names = programNames();
  const programs: Record<string, ProgramFigures> = {};
  const table = new Table({
    head: [
      ...["program", "malloc s", "/ malloc", "/ mimalloc", "floor / malloc"],
      ...["malloc MiB", "mimalloc MiB", "pyheap MiB", "/ better", "floor MiB"],
    ],
    style: { head: [], border: [] },
  });
  const footprints: number[] = [];
  const above: number[] = [];
  const saved: number[] = [];
  for (const [k, name] of names.entries()) {
    process.stderr.write(`${k + 1} of ${names.length}: ${name}\n`);
    const figures = figuresOf<ProgramFigures>(PROGRAM, `${PROGRAMS}${name}.py`, options.rounds);
    programs[name] = figures;
    const { malloc = Number.NaN, mimalloc = Number.NaN, pyheap = Number.NaN } = figures.footprint;
    const toBetter = pyheap / Math.min(malloc, mimalloc);
    footprints.push(toBetter);
    const floor = figures.live + figures.host;
    above.push((pyheap - floor) / (malloc - floor));
    // An allocator that never frees uses fresh memory all the time, which can cost more than reuse: then it is no floor.
    const { floorToMalloc = 1 } = figures;
    if (floorToMalloc < 1) saved.push((1 - figures.toMalloc) / (1 - floorToMalloc));
    const seconds = figures.seconds.malloc ?? Number.NaN;
    table.push([
      name,
      ...[seconds, figures.toMalloc, figures.toMimalloc, figures.floorToMalloc].map((value) => value?.toFixed(3) ?? ""),
      ...[malloc, mimalloc, pyheap].map((value) => (value / MIB).toFixed(1)),
      toBetter.toFixed(3),
      (floor / MIB).toFixed(1),
    ]);
  }
  console.log(table.toString());
  const mean = (key: "toMalloc" | "toMimalloc") =>
    geometricMean(Object.values(programs).map((figures) => figures[key]));
  return {
    programs,
    rows: [
      { what: "Python programs, time / stock's", value: mean("toMalloc"), unit: "x", goal: 0.93 },
      { what: "Python programs, time / stock's with mimalloc", value: mean("toMimalloc"), unit: "x", goal: 0.98 },
      { what: "Python programs, footprint / the better's", value: geometricMean(footprints), unit: "x", goal: 0.9 },
      {
        what: "Python programs, share of the time that can be saved: median",
        value: median(saved),
        unit: "",
        goal: 0.9,
        atLeast: true,
      },
      {
        what: "Python programs, footprint above the floor / malloc's",
        value: geometricMean(above),
        unit: "x",
        goal: 0.6,
      },
    ],
  };
}

const rows: Row[] = [];
const measures = (part: string) => options.only === undefined || options.only === part;
if (measures("micro")) rows.push(...(await measureSmall()), ...(await measureC()));
if (measures("libpyheap")) rows.push(...(await measureLibrary()));
if (measures("native")) rows.push(...(await measureNative()), ...(await measureProxies()));
if (measures("objects")) rows.push(...(await measureObjects()));
if (measures("footprint")) rows.push(...measureFootprint());
if (measures("pressure")) rows.push(...measurePressure());
const measured = measures("programs") ? measurePrograms() : undefined;
rows.push(...(measured?.rows ?? []));
if (measures("replay")) rows.push(...measureReplays(programNames(), options.rounds));
if (measures("trace")) rows.push(...measureTraces(options), ...measureTotals(Number(options.rounds)));
if (measures("page")) rows.push(...(await measurePages(options.events)));
if (measures("panel")) rows.push(...(await measurePanel(Number(options.rounds))));
if (measures("fleets")) rows.push(...measureFleets(programNames(), options.rounds));
if (measures("snapshot")) rows.push(...(await measureSnapshots()));
// With everything, it is one of the rows of "trace".
if (options.only === "snapshot") rows.push(...measureTypes(options));
if (measures("workers")) rows.push(...(await measureWorkers()), ...(await measureSharedObjects()));
if (measures("start")) rows.push(...(await measureStart(Number(options.rounds), programNames())));
show(rows);
if (options.json !== undefined) {
  const machine = { node: process.version, cpu: cpus()[0]?.model, cores: availableParallelism() };
  writeFileSync(
    options.json,
    `${JSON.stringify({ version: 1, machine, rows, programs: measured?.programs }, null, 2)}\n`,
  );
}
// Interpreters that were never started would keep the process alive.
process.exit(0);
