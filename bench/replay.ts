// The Python programs' recorded calls of malloc, realloc and free, done again on each allocator, without the interpreter.
// The times have nearly no noise, so that small changes of an allocator can be compared.

import Table from "cli-table3";
import { figuresOf, PROGRAMS } from "./child.js";
import { geometricMean } from "./measure.js";
import type { Row } from "./micro.js";
import type { ReplayFigures } from "./replay/program.js";

const MIB = 2 ** 20;
const SCRIPT = new URL("./replay/program.js", import.meta.url);

export function measureReplays(names: readonly string[], rounds: string): Row[] {
  const table = new Table({
    head: [
      "program",
      "steps",
      "dlmalloc ns",
      "mimalloc ns",
      "pyheap ns",
      "floor ns",
      "live MiB",
      "dlmalloc /",
      "pyheap /",
    ],
    style: { head: [], border: [] },
  });
  const figures = names.map((name, k) => {
    process.stderr.write(`${k + 1} of ${names.length}: ${name}\n`);
    const f = figuresOf<ReplayFigures>(SCRIPT, `${PROGRAMS}${name}.py`, rounds);
    const times = ["dlmalloc", "mimalloc", "pyheap", "floor"].map((peer) => f.nanoseconds[peer]?.toFixed(1) ?? "");
    const shares = ["dlmalloc", "pyheap"].map((peer) => ((f.footprint[peer] ?? Number.NaN) / f.live).toFixed(3));
    table.push([name, f.steps.toLocaleString("en"), ...times, (f.live / MIB).toFixed(1), ...shares]);
    return f;
  });
  console.log(table.toString());
  const mean = (of: (f: ReplayFigures) => number, over = figures) => geometricMean(over.map(of));
  const time = ({ nanoseconds }: ReplayFigures, peer: string) => nanoseconds[peer] ?? Number.NaN;
  const toDlmalloc = (peer: string) => (f: ReplayFigures) => time(f, peer) / time(f, "dlmalloc");
  const above = ({ footprint, live }: ReplayFigures, peer: string) => (footprint[peer] ?? Number.NaN) - live;
  const withFloor = figures.filter(({ nanoseconds }) => nanoseconds.floor !== undefined);
  return [
    {
      what: "recordings, time of the allocator / dlmalloc's",
      value: mean(toDlmalloc("pyheap")),
      unit: "x",
      beside: { "mimalloc's": mean(toDlmalloc("mimalloc")), "the floor's": mean(toDlmalloc("floor"), withFloor) },
    },
    {
      what: "recordings, footprint above the live bytes / dlmalloc's",
      value: mean((f) => above(f, "pyheap") / above(f, "dlmalloc")),
      unit: "x",
      goal: 0.6,
    },
  ];
}
