// What it costs that a heap's profiles are collected all the time: Python programs that are sampled, asked by a server every 15
// seconds, or pushing a message every minute.

import Table from "cli-table3";
import { figuresOf, PROGRAMS } from "./child.js";
import type { FleetFigures } from "./fleets/program.js";
import { geometricMean } from "./measure.js";
import type { Row } from "./micro.js";

const PROGRAM = new URL("./fleets/program.js", import.meta.url);
/** The milliseconds between two collections, which is usual for Pyroscope and Prometheus; and between two messages. */
const BETWEEN_PULLS = 15_000;
const BETWEEN_MESSAGES = 60_000;

export function measureFleets(names: readonly string[], rounds: string): Row[] {
  const table = new Table({
    head: ["program", "sampled /", "a collection, ms", "a message, ms"],
    style: { head: [], border: [] },
  });
  const figures = names.map((name, k) => {
    process.stderr.write(`collected, ${k + 1} of ${names.length}: ${name}\n`);
    const f = figuresOf<FleetFigures>(PROGRAM, `${PROGRAMS}${name}.py`, rounds);
    table.push([name, f.sampled.toFixed(3), f.pull.toFixed(1), f.push.toFixed(1)]);
    return f;
  });
  console.log(table.toString());
  const mean = (of: (f: FleetFigures) => number) => geometricMean(figures.map(of));
  const sampled = mean((f) => f.sampled);
  return [
    {
      what: "sampled, and collected by a server every 15 s, time / without",
      value: mean((f) => f.sampled + f.pull / BETWEEN_PULLS),
      unit: "x",
      goal: 1.02,
      beside: { sampled, "a collection, ms": mean((f) => f.pull) },
    },
    {
      what: "sampled, and pushed every minute, time / without",
      value: mean((f) => f.sampled + f.push / BETWEEN_MESSAGES),
      unit: "x",
      goal: 1.01,
      beside: { sampled, "a message, ms": mean((f) => f.push) },
    },
  ];
}
