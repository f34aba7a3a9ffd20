// The cost of tracing: the Python programs untraced, traced, and with Python's own tracemalloc; and reports of a long
// recording.

import { execFileSync, spawnSync } from "node:child_process";
import { readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import Table from "cli-table3";
import { geometricMean, median } from "./measure.js";
import type { Row } from "./micro.js";
import { measurePage, measureSpeedscope } from "./trace/page.js";
import type { TraceFigures } from "./trace/program.js";

const PROGRAMS = fileURLToPath(new URL("../../bench/programs/", import.meta.url));
const CLI = fileURLToPath(new URL("../../dist/cli/main.js", import.meta.url));
/** tracemalloc is slow, so only these programs are run with it. */
const WITH_PEERS = ["json_roundtrip", "tiny_language", "syntax_trees"];
/** Programs whose whole run is recorded, with all events and as totals: one that does nothing, and one that allocates for seconds. */
const WHOLE_RUNS = {
  "print(1)": "print(1)",
  "trees and JSON": `import sys; sys.path.insert(0, ${JSON.stringify(PROGRAMS)}); import binary_trees, json_roundtrip
for _ in range(3): binary_trees.run(); json_roundtrip.run()`,
};
const LONG_RECORDING = 50_000_000;
const GIB = 2 ** 30;
const MIB = 2 ** 20;
const KIB = 1024;

const script = (name: string) => fileURLToPath(new URL(`./trace/${name}.js`, import.meta.url));

export interface TraceOptions {
  readonly rounds: string;
  /** The programs to run; the default is all. */
  readonly program?: readonly string[] | undefined;
}

function measureProgram(name: string, rounds: string): TraceFigures {
  const peers = WITH_PEERS.includes(name) ? "1" : "0";
  const output = execFileSync(process.execPath, [script("program"), `${PROGRAMS}${name}.py`, rounds, peers], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  return JSON.parse(output) as TraceFigures;
}

/** Measures what recording the Python programs costs. */
export function measureTraces({ rounds, program }: TraceOptions): Row[] {
  const all = readdirSync(PROGRAMS).filter((file) => file.endsWith(".py"));
  const names = program ?? all.map((file) => file.replace(".py", ""));
  const head = [
    "program",
    "untraced s",
    "full /",
    "sample /",
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
    const ratios = [f.full, f.sample, f.off].map((value) => value.toFixed(3));
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
    { what: "--sample 512KiB, time / untraced", value: mean((f) => f.sample), unit: "x", goal: 1.03 },
    { what: "untraced after a recording, time / never traced", value: mean((f) => f.off), unit: "x", goal: 1.01 },
    { what: "trace file", value: sum((f) => f.bytes) / sum((f) => f.events), unit: "bytes an event", goal: 5 },
  ];
}

const TELLS_USE = `process.on("exit", () => {
  const { maxRSS, userCPUTime, systemCPUTime } = process.resourceUsage();
  process.stderr.write("\\n" + JSON.stringify({ maxRSS, cpu: userCPUTime + systemCPUTime }));
})`;

/** Runs a command of pyheap. Returns its seconds, its processor time in seconds, and its peak memory in bytes. */
function timed(...args: string[]): { seconds: number; processor: number; bytes: number } {
  const begun = performance.now();
  const watch = ["--import", `data:text/javascript,${encodeURIComponent(TELLS_USE)}`];
  const { stderr, status } = spawnSync(process.execPath, [...watch, CLI, ...args], {
    encoding: "utf8",
    maxBuffer: 2 ** 26,
  });
  if (status !== 0) throw new Error(`pyheap ${args.join(" ")}: ${stderr}`);
  const seconds = (performance.now() - begun) / 1000;
  const { maxRSS, cpu } = JSON.parse(stderr.trim().split("\n").at(-1) ?? "") as { maxRSS: number; cpu: number };
  return { seconds, processor: cpu / 1e6, bytes: maxRSS * KIB };
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
        goal: 0.9,
        beside: Object.fromEntries(ratios),
      },
      { what: "trace file of print(1)", value: size / MIB, unit: "MiB", goal: 1 },
    ];
  } finally {
    rmSync(trace, { force: true });
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
    execFileSync(process.execPath, [CLI, "report", "export", "speedscope", trace, "-o", profile]);
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
