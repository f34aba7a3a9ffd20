// Snapshots in files: an older file stays until the new one is whole.

import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { GraphBuilder } from "./builder.js";
import { NODE, type ObjectGraph } from "./graph.js";
import { readHeapSnapshot } from "./reader.js";
import { takeSnapshot } from "./take.js";

function smallGraph(): ObjectGraph {
  const graph = new GraphBuilder();
  const root = graph.group("(root)");
  const node = graph.node(NODE.object, graph.strings.number("app.Point"), 4096);
  graph.groupEdge(root, node, "first");
  graph.begin(node);
  graph.describe(node, 40, 0);
  return graph.finish();
}

it("a snapshot replaces an older file when it is whole; if it fails, the older file stays, and nothing else", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-take-"));
  const file = join(folder, "app.heapsnapshot");
  try {
    takeSnapshot(() => smallGraph(), { file });
    const older = readFileSync(file, "utf8");
    const graph = smallGraph();
    const during: string[] = [];
    const broken = Object.create(graph, {
      texts: {
        value: {
          count: 1,
          write: () => {
            during.push(readFileSync(file, "utf8"), ...readdirSync(folder).sort());
            throw new Error("the disk is full");
          },
        },
      },
    }) as ObjectGraph;
    expect(() => takeSnapshot(() => broken, { file })).toThrow("the disk is full");
    expect(during).toEqual([older, "app.heapsnapshot", `app.heapsnapshot.${process.pid}.part`]);
    expect([readFileSync(file, "utf8"), readdirSync(folder)]).toEqual([older, ["app.heapsnapshot"]]);
    takeSnapshot(() => graph, { file });
    expect(readHeapSnapshot([readFileSync(file)]).nodeCount).toBe(2);
    expect(readdirSync(folder)).toEqual(["app.heapsnapshot"]);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

it("a snapshot overwrites an older snapshot and an empty file; another file only if it is told to", () => {
  const folder = mkdtempSync(join(tmpdir(), "pyheap-take-"));
  const file = join(folder, "notes.txt");
  try {
    writeFileSync(file, "somebody's text");
    let made = 0;
    const makeGraph = () => {
      made++;
      return smallGraph();
    };
    expect(() => takeSnapshot(makeGraph, { file })).toThrow(
      `Cannot write ${file}: it is there already, and is not a heap snapshot; force: true overwrites it`,
    );
    expect([made, readFileSync(file, "utf8"), readdirSync(folder)]).toEqual([0, "somebody's text", ["notes.txt"]]);
    takeSnapshot(makeGraph, { file, force: true });
    takeSnapshot(makeGraph, { file });
    writeFileSync(file, "");
    takeSnapshot(makeGraph, { file });
    expect(readHeapSnapshot([readFileSync(file)]).nodeCount).toBe(2);
    expect(made).toBe(3);
    expect(() => takeSnapshot(makeGraph, { file: folder })).toThrow(`Cannot write ${folder}: EISDIR`);
    const nowhere = join(folder, "nowhere/app.heapsnapshot");
    expect(() => takeSnapshot(makeGraph, { file: nowhere })).toThrow(`Cannot write ${nowhere}: ENOENT`);
    expect(() => takeSnapshot(makeGraph, { file: "" })).toThrow("say where it goes");
  } finally {
    rmSync(folder, { recursive: true });
  }
});
