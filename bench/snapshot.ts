// The cost of a heap snapshot of a Python guest with a million objects: how long the program is stopped, how much
// memory that takes, how large the file is, how long the report on it takes, and how long Chromium's DevTools needs to show it.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import type { Browser } from "playwright-core";
import { loadPython } from "../src/hosts/python/pyodide.js";
import { findDominators } from "../src/snapshot/dominators.js";
import type { ObjectGraph } from "../src/snapshot/graph.js";
import { readHeapSnapshot } from "../src/snapshot/reader.js";
import { groupObjects } from "../src/snapshot/types.js";
import { launchChromium } from "../test/browser/chromium.js";
import { MemoryPanel } from "../test/browser/devtools.js";
import { canBrowse } from "../test/needs.js";
import { timed } from "./command.js";
import { interleave, median, processorTime, ratio } from "./measure.js";
import type { Row } from "./micro.js";

const ROUNDS = 5;
const SECOND = 1000;
const GIB = 2 ** 30;

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

/** In a graph that was just made, a text takes this many bytes more than in JSON: it has a place, but no quotation marks and no comma. */
const TEXT_BYTES = 2;

/** The bytes of a graph in memory: its columns and its texts. No strings were made of the texts yet. */
function bytesOf(graph: ObjectGraph): number {
  const { texts } = graph;
  let bytes = TEXT_BYTES * (texts?.count ?? 0);
  texts?.write((json) => {
    bytes += json.length;
  });
  // The strings are not a column: a getter makes them.
  const columns = Object.values(Object.getOwnPropertyDescriptors(graph)).map(({ value }) => value as unknown);
  return columns.reduce((sum: number, column) => (ArrayBuffer.isView(column) ? sum + column.byteLength : sum), bytes);
}

/** How much larger the process became while it made a graph, in relation to the graph. */
function memoryRatio(makeGraph: () => ObjectGraph): number {
  const before = process.memoryUsage.rss();
  const graph = makeGraph();
  return (process.resourceUsage().maxRSS * 1024 - before) / bytesOf(graph);
}

/** The seconds for which the processes of a browser have had a processor. */
async function processorTimeOf(browser: Browser): Promise<number> {
  const session = await browser.newBrowserCDPSession();
  const { processInfo } = await session.send("SystemInfo.getProcessInfo");
  await session.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

interface UntilRetainers {
  readonly start: number;
  readonly shown: number;
  readonly processor: number;
}

/**
 * Seconds in which DevTools starts, and in which it then opens a file and shows the retainers of a first object; and the processor time
 * that the browser needs for the second part.
 */
async function untilRetainers(file: string): Promise<UntilRetainers> {
  const browser = await launchChromium();
  try {
    const begun = performance.now();
    const panel = await MemoryPanel.start(browser);
    const before = await processorTimeOf(browser);
    const started = performance.now();
    await panel.load(file);
    await panel.types("__main__.Point");
    await panel.firstOf("__main__.Point");
    const shown = (performance.now() - started) / SECOND;
    return { start: (started - begun) / SECOND, shown, processor: (await processorTimeOf(browser)) - before };
  } finally {
    await browser.close();
  }
}

export async function measureSnapshots(): Promise<Row[]> {
  const { heap, pyodide } = await loadPython();
  pyodide.runPython(PROGRAM);
  const memory = memoryRatio(() => heap.graph());
  const walk = pyodide.globals.get("walk") as () => number;
  const candidates = [
    { name: "ours", run: () => void heap.snapshot({ write: () => undefined }) },
    { name: "graph", run: () => void heap.graph() },
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
  const folder = mkdtempSync(join(tmpdir(), "pyheap-bench-"));
  const file = join(folder, "million.heapsnapshot");
  heap.snapshot({ file });
  const command = timed("report", "objects", file);
  const devTools = canBrowse ? await untilRetainers(file) : undefined;
  rmSync(folder, { recursive: true });
  return [
    {
      what: "snapshot of 1,000,000 objects: the program stands still for",
      ...{ value: seconds("ours") / million, unit: "s", goal: 1.0 },
      beside: {
        "without writing": seconds("graph") / million,
        "a walk in Python": seconds("Python") / million,
        "of the walk in Python": ratio(times, "ours", "Python"),
      },
    },
    { what: "memory of its own / the graph", value: memory, unit: "x", goal: 1.3 },
    {
      what: "per object in its file, compressed",
      ...{ value: gzipSync(Buffer.concat(pieces)).length / objects, unit: "bytes", goal: 12 },
    },
    {
      what: "report with retained sizes of 1,000,000 objects",
      ...{ value: median(report.get("report") ?? []) / SECOND / million, unit: "s", goal: 5 },
      beside: { "the command, processor time": command.processor, "and wall clock": command.seconds },
    },
    { what: "memory of the command that reports them", value: command.bytes / GIB, unit: "GiB", goal: 1 },
    ...(devTools === undefined
      ? []
      : [
          {
            what: "DevTools opens this file, until the first retainers are shown",
            ...{ value: devTools.shown, unit: "s", goal: 10 },
            beside: {
              "its processor time, in all processes": devTools.processor,
              "and before it, the start of DevTools": devTools.start,
            },
          },
        ]),
  ];
}
