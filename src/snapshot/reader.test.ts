// The file of a heap snapshot: what is written can be read again; V8's own files can be read; a broken file gets an
// error that says so.

import { once } from "node:events";
import { Readable } from "node:stream";
import { Worker } from "node:worker_threads";
import { expect, it } from "vitest";
import { surviveSnapshot, wholeSnapshot } from "../../test/snapshot-mutations.js";
import { decodeSnapshots, encodeSnapshots } from "../page/snapshot-wire.js";
import { GraphBuilder } from "./builder.js";
import { findDominators } from "./dominators.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "./graph.js";
import { Paths } from "./paths.js";
import { BrokenSnapshot, readHeapSnapshot } from "./reader.js";
import { groupObjects } from "./types.js";
import { writeHeapSnapshot } from "./writer.js";

/** A root and a group of modules with a list, which has two texts and itself, and a weak reference to a Point. */
function small(): ObjectGraph {
  const graph = new GraphBuilder();
  const number = (text: string) => graph.strings.number(text);
  const root = graph.group("(root)");
  const modules = graph.group("(modules)");
  graph.groupEdge(root, modules, "(modules)");
  const list = graph.node(NODE.object, number("list"), 4096);
  const text = graph.node(NODE.string, number("str"), 8192);
  const odd = graph.node(NODE.string, number("app.Text"), 8200);
  const point = graph.node(NODE.object, number("app.Point"), 0xffff_fff8);
  const rest = graph.node(NODE.memory, number("(mem domain, no object)"), 77);
  graph.groupEdge(modules, list, "sys.modules");
  graph.begin(list);
  graph.describe(list, 56, number("2 items"));
  graph.edge(EDGE.index, 0, text);
  graph.edge(EDGE.index, 1, odd);
  graph.edge(EDGE.key, number("['a \"key\"']"), list);
  graph.edge(EDGE.attribute, number("note"), list);
  graph.edge(EDGE.weak, number("(weak)"), point);
  graph.begin(text);
  graph.describe(text, 48, number('grüße,\n"you" \u{1f600} \ud800'));
  graph.begin(odd);
  graph.begin(point);
  graph.describe(point, 4_000_000_000, 0);
  graph.flag(point, FLAG.garbage);
  graph.begin(rest);
  graph.describe(rest, 1000, 0);
  graph.buffer(list, 5000);
  graph.buffer(odd, 0xffff_fff0);
  return graph.finish();
}

function written(graph: ObjectGraph): Buffer {
  const pieces: Buffer[] = [];
  writeHeapSnapshot(graph, (bytes) => pieces.push(Buffer.from(bytes)));
  return Buffer.concat(pieces);
}

/** A file in pieces of `size` bytes. */
const inPieces = (file: Uint8Array, size: number): Uint8Array[] =>
  Array.from({ length: Math.ceil(file.length / size) }, (_, k) => file.subarray(k * size, (k + 1) * size));

it("is read as it was written, in pieces of any size", () => {
  const graph = small();
  const file = written(graph);
  expect(JSON.parse(file.toString("utf8"))).toMatchObject({ snapshot: { node_count: 7, edge_count: 7 } });
  for (const size of [1, 7, file.length]) {
    const read = readHeapSnapshot(inPieces(file, size));
    expect(read).toEqual(graph);
  }
});

it("is V8's format: V8's own snapshots are read by the same reader", async () => {
  // The snapshot is that of a thread that does nothing, because this thread's would have all that the tests have loaded.
  const thread = new Worker("setInterval(() => undefined, 1e6)", { eval: true });
  await once(thread, "online");
  const pieces = (await Readable.from(await thread.getHeapSnapshot()).toArray()) as Buffer[];
  await thread.terminate();
  const graph = readHeapSnapshot(pieces);
  expect(graph.nodeCount).toBeGreaterThan(10_000);
  const { retained } = findDominators(graph);
  const whole = graph.sizes.reduce((sum, size) => sum + size, 0);
  expect(retained[0]).toBeGreaterThan(whole * 0.9);
  expect(retained[0]).toBeLessThanOrEqual(whole);
});

it("nothing may follow its end: two files in one are not taken for the first", () => {
  const file = written(small());
  expect(readHeapSnapshot([file, Buffer.from("\n")]).nodeCount).toBe(7);
  for (const more of [file, Buffer.from("}")]) {
    expect(() => readHeapSnapshot([file, more])).toThrow(`something follows its end, at byte ${file.length}`);
  }
});

it("V8's classes are those of DevTools, and a text is a value and no type", async () => {
  const program = `class Sheep { constructor(k) { this.name = "sheep number " + k; this.wool = "w".repeat(200) + k; } }
    globalThis.flock = Array.from({ length: 100 }, (_, k) => new Sheep(k));
    for (const { name, wool } of flock) Object.hasOwn({}, name + wool);
    setInterval(() => undefined, 1e6);
    require("node:worker_threads").parentPort.postMessage("ready");`;
  const thread = new Worker(program, { eval: true });
  await once(thread, "message");
  const pieces = (await Readable.from(await thread.getHeapSnapshot()).toArray()) as Buffer[];
  await thread.terminate();
  const graph = readHeapSnapshot(pieces);
  const typeOf = (node: number) => graph.strings[graph.types[node] as number];
  const textOf = (node: number) => graph.strings[graph.values[node] as number] as string;
  const nodes = [...graph.types.keys()];
  expect(nodes.filter((node) => typeOf(node) === "Sheep").length).toBe(100);
  const types = new Set(nodes.map(typeOf));
  for (const name of ["(string)", "Function", "(array)", "(compiled code)", "(system)"])
    expect([...types]).toContain(name);
  expect([...types].filter((name) => name?.startsWith("sheep number"))).toEqual([]);
  expect(nodes.filter((node) => typeOf(node) === "Function").map(textOf)).toContain("Sheep");
  expect(nodes.map(textOf)).not.toContain("<dummy>");
  for (const node of nodes) expect(textOf(node).length).toBeLessThanOrEqual(101);
});

it("has sizes of any length, also V8's, which are not bound to 32 bits", () => {
  const large = [2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 32 + 5, 40 * 2 ** 30];
  const graph = small();
  for (const size of large) {
    const file = written(graph).toString("utf8").replace("4000000000", String(size));
    const read = readHeapSnapshot([Buffer.from(file)]);
    expect(read.sizes[5]).toBe(size);
    expect([...read.sizes].filter((_, k) => k !== 5)).toEqual([...graph.sizes].filter((_, k) => k !== 5));
    expect(groupObjects(read, findDominators(read), "type").find(({ name }) => name === "app.Point")?.own).toBe(size);
    const [shown] = decodeSnapshots(encodeSnapshots([{ name: "app", graph: read }]));
    expect([...(shown?.graph.sizes ?? [])]).toEqual([...read.sizes]);
  }
  // A number of another column can't be so large.
  const file = written(graph).toString("utf8").replace(",4096,", ",4294967296,");
  expect(() => readHeapSnapshot([Buffer.from(file)])).toThrow("node 2 has a number that is too large");
});

it("has rows by type, whose retained bytes count each node once", () => {
  const graph = small();
  const rows = groupObjects(graph, findDominators(graph), "type");
  expect(rows.find(({ name }) => name === "list")).toEqual({ name: "list", count: 1, own: 56, retained: 104 });
  expect(rows.find(({ name }) => name === "app.Point")).toEqual({
    ...{ name: "app.Point", count: 1, own: 4_000_000_000 },
    retained: 0,
  });
});

it("has the shortest path to each node that is held", () => {
  const graph = small();
  const paths = new Paths(graph);
  expect(paths.text(paths.to(4) ?? [])).toBe("sys.modules[1]");
  expect(paths.to(5)).toBeUndefined();
});

it("gets an error that says what is wrong, if it is broken anywhere", () => {
  const file = written(small());
  for (let length = 0; length < file.length - 2; length += 7) {
    expect(() => readHeapSnapshot([file.subarray(0, length)]), `${length}`).toThrow(BrokenSnapshot);
    // It leaves nothing behind: the next file is read as if it were the first.
    expect(readHeapSnapshot([file]).nodeCount, `after ${length}`).toBe(7);
  }
  const survival = { files: 0, refused: 0 };
  const whole = wholeSnapshot();
  for (let seed = 1; seed <= 2000; seed++) surviveSnapshot(whole, seed, survival);
  expect(survival.refused).toBeGreaterThan(1000);
  expect(survival.refused).toBeLessThan(survival.files);
});
