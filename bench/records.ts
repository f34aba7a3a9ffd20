// What a million records take, in its own process: node --expose-gc records.js KIND COUNT prints the bytes for a record
// as JSON.
//
// A record is {id, name, tags}: a number, a text that no other record has, and three of a dozen tags. All kinds read the
// same JSON text, as a program would.

import { loadPyodide } from "pyodide";
import { loadWatched } from "../src/hosts/python/pyodide.js";
import type { PyodideExports } from "../src/hosts/python/pyodide-module.js";
import { footprintOf, hostInfo } from "../src/hosts/python/python-heap.js";
import { Heap } from "../src/index.js";

/** Bytes for a record: in live blocks, and of the memory that the platform gave. */
export interface RecordFigures {
  readonly live: number;
  readonly platform: number;
}

export const RECORD_KINDS = ["pyheap", "v8", "cpython"] as const;

const TAGS = [
  "red",
  "green",
  "blue",
  "large",
  "small",
  "on sale",
  "new",
  "used",
  "heavy",
  "fragile",
  "wooden",
  "metal",
];

export interface Item {
  readonly id: number;
  readonly name: string;
  readonly tags: readonly string[];
}

/** The records as JSON. */
export function recordsText(count: number): string {
  const record = (k: number): string => {
    const tags = [TAGS[k % 12], TAGS[(k * 5) % 11], TAGS[(k * 7) % 10]];
    return JSON.stringify({ id: k, name: `user ${(k * 7919) % 1000003}`, tags });
  };
  return `[${Array.from({ length: count }, (_, k) => record(k)).join(",")}]`;
}

async function onPyheap(text: string): Promise<RecordFigures> {
  const heap = await Heap.create();
  const bytes = () => {
    const { live, platform } = heap.stats().account;
    return { live: live.mem + live.object, platform };
  };
  const before = bytes();
  const records = heap.from(JSON.parse(text) as Item[]);
  const after = bytes();
  if (records.length === 0) throw new Error("Cannot measure: there are no records");
  return { live: after.live - before.live, platform: after.platform - before.platform };
}

function onV8(text: string): RecordFigures {
  if (!globalThis.gc) throw new Error("Cannot measure V8's heap: node runs without --expose-gc");
  const bytes = () => {
    globalThis.gc?.();
    const { heapUsed, heapTotal } = process.memoryUsage();
    return { live: heapUsed, platform: heapTotal };
  };
  const before = bytes();
  const records = JSON.parse(text) as Item[];
  const after = bytes();
  if (records.length === 0) throw new Error("Cannot measure: there are no records");
  return { live: after.live - before.live, platform: after.platform - before.platform };
}

async function onCPython(text: string): Promise<RecordFigures> {
  let python: PyodideExports | undefined;
  const pyodide = await loadWatched(loadPyodide, {}, (exports) => {
    python = exports;
  });
  const bytes = () => {
    if (!python)
      throw new Error("Cannot measure: Pyodide started, but the constructors of its module were not seen to run");
    return { live: hostInfo(python).used, platform: footprintOf(python) };
  };
  pyodide.globals.set("text", text);
  pyodide.runPython("import json; text = str(text); json.loads('[{}]')");
  const before = bytes();
  pyodide.runPython("records = json.loads(text)");
  const after = bytes();
  return { live: after.live - before.live, platform: after.platform - before.platform };
}

if (process.argv[1]?.endsWith("records.js")) {
  const [kind, count = ""] = process.argv.slice(2);
  const text = recordsText(Number(count));
  const figures = kind === "pyheap" ? await onPyheap(text) : kind === "v8" ? onV8(text) : await onCPython(text);
  const perRecord = { live: figures.live / Number(count), platform: figures.platform / Number(count) };
  process.stdout.write(JSON.stringify(perRecord));
  process.exit(0);
}
