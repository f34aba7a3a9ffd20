// The cost of a heap snapshot of a Python guest with a million objects: how long the program stands still, how large
// the file is, how long the report on it takes.

import { gzipSync } from "node:zlib";
import { loadPython } from "../src/hosts/python/pyodide.js";
import { findDominators } from "../src/snapshot/dominators.js";
import { readHeapSnapshot } from "../src/snapshot/reader.js";
import { groupObjects } from "../src/snapshot/types.js";
import { interleave, median, processorTime } from "./measure.js";
import type { Row } from "./micro.js";

const ROUNDS = 5;
const SECOND = 1000;

/** A million objects of five types, and a walk over them as a program in Python does it. */
const PROGRAM = `
import gc, sys

class Point:
    __slots__ = ("x", "y", "pair")
    def __init__(self, n):
        self.x = float(n)
        self.y = [n]
        self.pair = (self, n)

points = [Point(n) for n in range(1000, 201_000)]

def walk():
    seen, todo, size = set(), [gc.get_objects()], 0
    while todo:
        for each in todo.pop():
            if id(each) in seen: continue
            seen.add(id(each))
            size += sys.getsizeof(each)
            todo.append(gc.get_referents(each))
    return size
`;

export async function measureSnapshots(): Promise<Row[]> {
  const { heap, pyodide } = await loadPython();
  pyodide.runPython(PROGRAM);
  const walk = pyodide.globals.get("walk") as () => number;
  const candidates = [
    { name: "ours", run: () => void heap.graph() },
    { name: "Python", run: () => void walk() },
  ];
  const times = interleave(candidates, ROUNDS, 1, processorTime);
  const seconds = (name: string) => median(times.get(name) ?? []) / SECOND;
  const pieces: Buffer[] = [];
  const { objects } = heap.snapshot({ write: (bytes) => pieces.push(Buffer.from(bytes)) });
  const report = interleave(
    [
      {
        name: "report",
        run: () => {
          const graph = readHeapSnapshot(pieces);
          groupObjects(graph, findDominators(graph), "type");
        },
      },
    ],
    3,
    1,
    processorTime,
  );
  const million = objects / 1_000_000;
  return [
    {
      what: "snapshot of 1,000,000 objects: the program stands still for",
      ...{ value: seconds("ours") / million, unit: "s", goal: 1.0 },
      beside: { "a walk in Python": seconds("Python") / million },
    },
    {
      what: "per object in its file, compressed",
      ...{ value: gzipSync(Buffer.concat(pieces)).length / objects, unit: "bytes", goal: 12 },
    },
    {
      what: "report with retained sizes of 1,000,000 objects",
      ...{ value: median(report.get("report") ?? []) / SECOND / million, unit: "s", goal: 5 },
    },
  ];
}
