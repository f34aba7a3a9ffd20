// Python objects compared with their peers: @bnaya/objectbuffer (objects in an ArrayBuffer), AssemblyScript's
// collector, CPython's collector and objects, V8's heap, and structuredClone.

import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { createObjectBuffer } from "@bnaya/objectbuffer";
import { loadPyodide } from "pyodide";
import { Heap } from "../src/index.js";
import { type Candidate, interleave, median, ratio } from "./measure.js";
import { nanoseconds, type Row } from "./micro.js";
import { measurePolicies } from "./policies.js";
import { type Item, RECORD_KINDS, type RecordFigures, recordsText } from "./records.js";

const ROUNDS = 15;
const WARMUPS = 3;

/** Puts a value into an ArrayBuffer of `bytes` bytes. */
function objectBuffer<T extends object>(bytes: number, value: T): T {
  return createObjectBuffer({ textEncoder: new TextEncoder(), textDecoder: new TextDecoder() }, bytes, value) as T;
}

/** The nanoseconds for a step of `ours` and of a peer. The peer is much slower, and does fewer steps. */
function perStep(ours: Candidate, steps: number, peer: Candidate, peerSteps: number): Record<string, number> {
  const times = interleave([ours, peer], ROUNDS, WARMUPS);
  return {
    ...nanoseconds(new Map([[ours.name, times.get(ours.name) ?? []]]), steps),
    ...nanoseconds(new Map([[peer.name, times.get(peer.name) ?? []]]), peerSteps),
  };
}

function dictGet(heap: Heap): Row {
  const count = 32;
  const keys = Array.from({ length: count }, (_, k) => `key${k}`);
  using dict = heap.dict<string, number>(keys.map((key, k) => [key, k] as const));
  const buffer = objectBuffer(4 * 2 ** 20, Object.fromEntries(keys.map((key, k) => [key, k])));
  const expected = (steps: number) => ((count - 1) * steps) / 2;
  const checked = (sum: number, steps: number) => {
    if (sum !== expected(steps)) throw new Error(`Cannot measure: the sum is ${sum}`);
  };
  const [steps, peerSteps] = [10_000 * count, 30 * count];
  const beside = perStep(
    {
      name: "pyheap",
      run: () => {
        let sum = 0;
        for (let k = 0; k < steps; k++) sum += dict.get(keys[k % count] as string) ?? Number.NaN;
        checked(sum, steps);
      },
    },
    steps,
    {
      name: "objectbuffer",
      run: () => {
        let sum = 0;
        for (let k = 0; k < peerSteps; k++) sum += buffer[keys[k % count] as string] ?? Number.NaN;
        checked(sum, peerSteps);
      },
    },
    peerSteps,
  );
  return { what: "dict get, short string key", value: beside.pyheap ?? Number.NaN, unit: "ns", goal: 150, beside };
}

function listPush(heap: Heap): Row {
  const [steps, peerSteps] = [300_000, 500];
  const beside = perStep(
    {
      name: "pyheap",
      run: () => {
        using list = heap.list<number>();
        for (let k = 0; k < steps; k++) list.push(k & 127);
        if (list.length !== steps) throw new Error("Cannot measure: items are missing");
      },
    },
    steps,
    {
      name: "objectbuffer",
      run: () => {
        const { list } = objectBuffer<{ list: number[] }>(2 ** 20, { list: [] });
        for (let k = 0; k < peerSteps; k++) list.push(k & 127);
        if (list.length !== peerSteps) throw new Error("Cannot measure: items are missing");
      },
    },
    peerSteps,
  );
  return { what: "list push of a small int", value: beside.pyheap ?? Number.NaN, unit: "ns", goal: 60, beside };
}

async function clientOf(name: string, imports: WebAssembly.Imports): Promise<WebAssembly.Exports> {
  const module = await WebAssembly.compile(await readFile(new URL(`../../build/${name}.wasm`, import.meta.url)));
  return (await WebAssembly.instantiate(module, imports)).exports;
}

/** Makes and releases an object with three fields within WebAssembly. */
async function allocate(heap: Heap): Promise<Row> {
  const steps = 300_000;
  using type = heap.type("Node", { fields: { value: "object", left: "object", right: "object" } });
  const { instances } = (await clientOf("bench-objects", { heap: heap.imports })) as {
    instances: (type: number, n: number) => number;
  };
  const { managedObjects } = (await clientOf("bench-managed", {})) as { managedObjects: (n: number) => void };
  const times = interleave(
    [
      { name: "pyheap", run: () => void instances(heap.addressOf(type), steps) },
      { name: "AssemblyScript", run: () => managedObjects(steps) },
    ],
    ROUNDS,
    WARMUPS,
  );
  if (type.stats.live !== 0) throw new Error("Cannot measure: instances are left");
  const beside = nanoseconds(times, steps);
  const value = beside.pyheap ?? Number.NaN;
  return { what: "allocate and free a 3-field object, in wasm", value, unit: "ns", goal: 40, beside };
}

/** Pairs of lists that refer to each other: half a million objects. */
const PAIRS = 250_000;
const PAIRS_IN_PYTHON = `
import gc, time
gc.disable()

def pairs():
    row = []
    for k in range(${PAIRS}):
        a = [k]
        b = [a]
        a.append(b)
        row.append(a)
    return row

live = pairs()
gc.collect()

def measure():
    dead = pairs()
    del dead
    start = time.perf_counter()
    found = gc.collect()
    return (time.perf_counter() - start) * 1000, found
`;

type Pair = [number, [Pair]];

function pairs(): Pair[] {
  return Array.from({ length: PAIRS }, (_, k) => {
    const pair = [k] as unknown as Pair;
    pair.push([pair]);
    return pair;
  });
}

/** A full collection over a million objects, half of them in dead cycles. */
async function collect(heap: Heap): Promise<Row> {
  const pyodide = await loadPyodide();
  pyodide.runPython(PAIRS_IN_PYTHON);
  heap.gc.disable();
  using live = heap.from(pairs());
  heap.gc.collect();
  const times = new Map<string, number[]>([
    ["pyheap", []],
    ["CPython", []],
  ]);
  for (let round = 0; round < 7; round++) {
    heap.from(pairs()).release();
    const start = performance.now();
    const found = heap.gc.collect();
    times.get("pyheap")?.push(performance.now() - start);
    const [theirs = Number.NaN, theirFound = 0] = pyodide.runPython("measure()").toJs() as [number, number];
    times.get("CPython")?.push(theirs);
    if (found !== 2 * PAIRS || theirFound < 2 * PAIRS) throw new Error(`Cannot measure: ${found}, ${theirFound} found`);
  }
  if (live.length !== PAIRS) throw new Error("Cannot measure: live objects were collected");
  heap.gc.enable();
  const beside = Object.fromEntries([...times].map(([name, values]) => [`${name} ms`, median(values)]));
  const value = ratio(times, "pyheap", "CPython");
  return { what: "full collection, a million objects, half dead, time / CPython's", value, unit: "x", goal: 1, beside };
}

function recordFigures(kind: string, count: number): RecordFigures {
  const script = fileURLToPath(new URL("./records.js", import.meta.url));
  const options = ["--expose-gc", "--max-old-space-size=8192", script, kind, String(count)];
  return JSON.parse(execFileSync(process.execPath, options, { encoding: "utf8" })) as RecordFigures;
}

function records(): Row[] {
  const figures = new Map(RECORD_KINDS.map((kind) => [kind, recordFigures(kind, 1_000_000)]));
  const of = (kind: (typeof RECORD_KINDS)[number], which: keyof RecordFigures) => figures.get(kind)?.[which] ?? 0;
  const beside = (which: keyof RecordFigures) =>
    Object.fromEntries(RECORD_KINDS.map((kind) => [kind, of(kind, which)]));
  return (["live", "platform"] as const).map((which) => ({
    what: `a million records, bytes each, ${which}`,
    value: of("pyheap", which),
    unit: "B",
    goal: Math.round(Math.min(of("v8", which), of("cpython", which))),
    beside: beside(which),
  }));
}

function convert(heap: Heap): Row[] {
  const value = JSON.parse(recordsText(50_000)) as Item[];
  using there = heap.from(value);
  const times = interleave(
    [
      { name: "structuredClone", run: () => void structuredClone(value) },
      { name: "from", run: () => heap.from(value).release() },
      { name: "toJS", run: () => void heap.toJS(there) },
    ],
    ROUNDS,
    WARMUPS,
  );
  return ["from", "toJS"].map((name) => ({
    what: `heap.${name} of records, time / structuredClone's`,
    value: ratio(times, name, "structuredClone"),
    unit: "x",
    goal: 3,
  }));
}

export async function measureObjects(): Promise<Row[]> {
  const heap = await Heap.create();
  return [
    dictGet(heap),
    listPush(heap),
    await allocate(heap),
    ...convert(heap),
    await collect(await Heap.create()),
    ...records(),
    ...(await measurePolicies()),
  ];
}
