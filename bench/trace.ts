// The cost of tracing: Python programs untraced, traced, and with Python's own tracemalloc; whole runs that record totals;
// and the reports and the page of a long recording.

import { execFileSync } from "node:child_process";
import { copyFileSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { documentedQueries, openTables } from "../test/duckdb.js";
import { hasDuckdb } from "../test/needs.js";
import { figuresOf, PROGRAMS } from "./child.js";
import { timed } from "./command.js";
import { geometricMean, median } from "./measure.js";
import type { Row } from "./micro.js";
import { measurePage, measureSpeedscope } from "./trace/page.js";
import type { TraceFigures } from "./trace/program.js";
import { measureSite } from "./trace/site.js";

/** Programs of each kind: long-lived objects, text, calls, containers, generators. */
const USUAL = [
  ...["binary_trees", "json_roundtrip", "tiny_language", "syntax_trees"],
  ...["dict_records", "generator_pipeline", "text_index"],
];
/** tracemalloc is slow, so only these programs are run with it. */
const WITH_PEERS = ["json_roundtrip", "tiny_language", "syntax_trees"];
/** Programs whose whole run is recorded, with all events and as totals: one that does nothing, and one that allocates for seconds. */
const WHOLE_RUNS = {
  "print(1)": "print(1)",
  "trees and JSON": `import sys; sys.path.insert(0, ${JSON.stringify(PROGRAMS)}); import binary_trees, json_roundtrip
binary_trees.run(); json_roundtrip.run()`,
};
const LONG_RECORDING = 50_000_000;
const GIB = 2 ** 30;
const MIB = 2 ** 20;
const MB = 1_000_000;

const TRACED = new URL("./trace/program.js", import.meta.url);
const script = (name: string) => fileURLToPath(new URL(`./trace/${name}.js`, import.meta.url));

export interface TraceOptions {
  readonly rounds: string;
  /** The programs to run; the default is USUAL. */
  readonly program?: readonly string[] | undefined;
}

function measureProgram(name: string, rounds: string): TraceFigures {
  return figuresOf(TRACED, `${PROGRAMS}${name}.py`, rounds, WITH_PEERS.includes(name) ? "peers" : "usual");
}

function typesRow(ratios: readonly number[]): Row {
  return { what: "--types, time / --trace alone", value: geometricMean(ratios), unit: "x", goal: 1.15 };
}

/** Measures only what it costs to record types. */
export function measureTypes({ rounds, program }: TraceOptions): Row[] {
  const of = (name: string) =>
    figuresOf<Pick<TraceFigures, "types">>(TRACED, `${PROGRAMS}${name}.py`, rounds, "types").types;
  return [typesRow((program ?? USUAL).map(of))];
}

/** Measures what recording the Python programs costs. */
export function measureTraces({ rounds, program }: TraceOptions): Row[] {
  const names = program ?? USUAL;
  const head = [
    "program",
    "untraced s",
    "full /",
    "sums /",
    "sums / full",
    "sample /",
    "types / full",
    "after /",
    "events",
    "bytes an event",
    "tracemalloc 1 /, 25 /",
  ];
  const table = new Table({ head, style: { head: [], border: [] } });
  const figures = names.map((name, k) => {
    process.stderr.write(`${k + 1} of ${names.length}: ${name}\n`);
    const f = measureProgram(name, rounds);
    const peers = [f.tracemalloc1, f.tracemalloc25].map((value) => value?.toFixed(1) ?? "");
    const ratios = [f.full, f.sums, f.sumsToFull, f.sample, f.types, f.off].map((value) => value.toFixed(3));
    table.push([name, f.seconds.toFixed(3), ...ratios, f.events, (f.bytes / f.events).toFixed(2), peers.join("  ")]);
    return f;
  });
  console.log(table.toString());
  const mean = (of: (f: TraceFigures) => number | undefined) => geometricMean(figures.flatMap((f) => of(f) ?? []));
  const sum = (of: (f: TraceFigures) => number) => figures.reduce((total, f) => total + of(f), 0);
  const beside = figures.some((f) => f.tracemalloc1 !== undefined) && {
    beside: {
      "tracemalloc, 1 frame": mean((f) => f.tracemalloc1),
      "tracemalloc, 25 frames": mean((f) => f.tracemalloc25),
    },
  };
  return [
    { what: "full stacks to a file, time / untraced", value: mean((f) => f.full), unit: "x", goal: 1.4, ...beside },
    { what: "sums of full stacks, time / full stacks to a file", value: mean((f) => f.sumsToFull), unit: "x", goal: 1 },
    { what: "--sample 512KiB, time / untraced", value: mean((f) => f.sample), unit: "x", goal: 1.03 },
    typesRow(figures.map((f) => f.types)),
    { what: "untraced after a recording, time / never traced", value: mean((f) => f.off), unit: "x", goal: 1.01 },
    { what: "trace file", value: sum((f) => f.bytes) / sum((f) => f.events), unit: "bytes an event", goal: 5 },
  ];
}

/** Compares whole runs that record totals with the same runs that record every event, in turns. */
export function measureTotals(rounds: number): Row[] {
  const trace = join(tmpdir(), `pyheap-totals-${process.pid}.trace`);
  const run = (code: string, ...options: string[]) =>
    timed("run", "--quiet", "--force", "--trace", trace, ...options, "-c", code).processor;
  try {
    const ratios = Object.entries(WHOLE_RUNS).map(([name, code]) => {
      const pairs = Array.from({ length: rounds }, (_, k) => {
        process.stderr.write(`totals and events, ${k + 1} of ${rounds}: ${name}\n`);
        return run(code, "--aggregate") / run(code);
      });
      return [name, median(pairs)] as const;
    });
    run("print(1)");
    const { size } = statSync(trace);
    return [
      {
        what: "--aggregate, processor time of a run / with every event",
        value: geometricMean(ratios.map(([, ratio]) => ratio)),
        unit: "x",
        goal: 1,
        beside: Object.fromEntries(ratios),
      },
      { what: "trace file of print(1)", value: size / MIB, unit: "MiB", goal: 1 },
    ];
  } finally {
    rmSync(trace, { force: true });
  }
}

/** Measures the export of a long recording as tables, and a query of these tables. */
async function measureTables(trace: string): Promise<Row[]> {
  const folder = trace.replace(".trace", ".parquet");
  try {
    const { seconds, processor, bytes } = timed("report", "export", "parquet", trace, "-o", folder);
    const rows: Row[] = [
      { what: "long recording, as tables", value: seconds, unit: "s", goal: 60, beside: { processor } },
      { what: "long recording, as tables, peak memory", value: bytes / GIB, unit: "GiB", goal: 1 },
    ];
    if (!hasDuckdb) return rows;
    const tables = await openTables(folder);
    const begun = performance.now();
    await tables.ask(documentedQueries(folder).get("peak") ?? "");
    const value = (performance.now() - begun) / 1000;
    tables.close();
    return [...rows, { what: "its lines with the most at the peak, in DuckDB", value, unit: "s", goal: 5 }];
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Measures how the viewer's site opens the first 100 MB of a long recording. */
async function measureOpening(trace: string): Promise<Row[]> {
  const part = trace.replace(".trace", "-100.trace");
  try {
    copyFileSync(trace, part);
    const bytes = Math.min(100 * MB, statSync(trace).size);
    truncateSync(part, bytes);
    const { first, whole, blocked } = await measureSite(part);
    const what = `a trace of ${Math.round(bytes / MB)} MB in the viewer's site`;
    return [
      {
        what: `${what}, until the first flame graph`,
        value: first,
        unit: "s",
        goal: 5,
        beside: { "all of it": whole },
      },
      { what: `${what}, the longest task of the page`, value: blocked, unit: "ms", goal: 60 },
    ];
  } finally {
    rmSync(part, { force: true });
  }
}

/** Measures the reports and the page of a long recording. */
export async function measurePages(events = LONG_RECORDING): Promise<Row[]> {
  const trace = join(tmpdir(), `pyheap-long-${process.pid}.trace`);
  const page = trace.replace(".trace", ".html");
  const profile = trace.replace(".trace", ".speedscope.json");
  process.stderr.write(`a recording of ${events} events\n`);
  execFileSync(process.execPath, [script("make"), trace, String(events)]);
  try {
    const table = timed("report", "table", trace);
    const flame = timed("report", "flamegraph", trace, "-o", page);
    timed("report", "export", "speedscope", trace, "-o", profile);
    const tables = await measureTables(trace);
    const opening = await measureOpening(trace);
    const shown = await measurePage(page);
    const peer = await measureSpeedscope(profile);
    return [
      {
        what: "long recording, report table",
        value: table.seconds,
        unit: "s",
        goal: 30,
        beside: { processor: table.processor },
      },
      {
        what: "long recording, report flamegraph",
        value: flame.seconds,
        unit: "s",
        goal: 30,
        beside: { processor: flame.processor },
      },
      ...tables,
      ...opening,
      { what: "long recording, peak memory", value: Math.max(table.bytes, flame.bytes) / GIB, unit: "GiB", goal: 1 },
      {
        what: "its page is open, in Chromium",
        value: shown.opens,
        unit: "s",
        goal: 2,
        beside: { "first paint": shown.paints, "speedscope, its flame graph": peer.opens },
      },
      {
        what: "its page's memory in JavaScript",
        value: shown.bytes / MIB,
        unit: "MiB",
        goal: 150,
        beside: { "speedscope, its flame graph": peer.bytes / MIB },
      },
      ...Object.entries({ scrolls: shown.scroll, "follows a drag of its span": shown.drag }).map(([what, frames]) => ({
        what: `its page ${what}, a frame, median`,
        value: frames.median,
        unit: "ms",
        goal: 17,
        beside: { "95 of 100": frames.slow },
      })),
    ];
  } finally {
    for (const file of [trace, page, profile]) rmSync(file, { force: true });
  }
}
