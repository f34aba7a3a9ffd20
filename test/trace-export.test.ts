// Exports, read by the tools for which they are made, or checked by their schema: their totals equal the trace's.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { Ajv } from "ajv";
import colors from "picocolors";
import { Profile } from "pprof-format";
import { beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../src/index.js";
import { exportReport, FORMATS } from "../src/report/export/formats.js";
import type { HeapProfile, HeapProfileNode } from "../src/report/export/heapprofile.js";
import type { JsonExport } from "../src/report/export/json.js";
import type { SpeedscopeFile } from "../src/report/export/speedscope.js";
import type { TraceParts } from "../src/report/trace-context.js";
import { joined, type Place, traceOf } from "./report-data.js";
import { Tape } from "./trace-data.js";

const TOTAL = { bytes: 100 * 300 + 5000 * 7, count: 107 };
const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

function small(heap: Heap) {
  heap.free(heap.malloc(9));
  return heap.malloc(300);
}
function recursive(heap: Heap, depth: number): void {
  if (depth > 0) recursive(heap, depth - 1);
  else for (let k = 0; k < 7; k++) heap.object.malloc(5000);
}

describe("an export", () => {
  let trace: TraceParts;
  const write = (name: keyof typeof FORMATS) => joined(FORMATS[name].write(exportReport(trace, FORMATS[name])));
  const read = <T>(name: keyof typeof FORMATS) => JSON.parse(write(name).toString()) as T;

  beforeAll(async () => {
    const heap = await Heap.create();
    const tape = new Tape();
    const recorder = heap.trace({ write: tape.write, command: ["app.ts", 'a "b"'] });
    for (let k = 0; k < 100; k++) small(heap);
    recursive(heap, 12);
    recorder.stop();
    trace = { ...(await tape.analyse()), view: "end", colors: colors.createColors(false) };
  });

  it("to pprof is read by pprof-format with the same totals and stacks", () => {
    const profile = Profile.decode(write("pprof"));
    const text = (index: number | bigint) => profile.stringTable.strings[Number(index)];
    expect(profile.sampleType.map(({ type, unit }) => [text(type), text(unit)])).toEqual([
      ["inuse_objects", "count"],
      ["inuse_space", "bytes"],
    ]);
    expect(sum(profile.sample.map(({ value }) => Number(value[0])))).toBe(TOTAL.count);
    expect(sum(profile.sample.map(({ value }) => Number(value[1])))).toBe(TOTAL.bytes);
    const stack = (ids: readonly (number | bigint)[]) =>
      ids.map((id) => {
        const line = profile.location.find((location) => location.id === id)?.line[0];
        const called = profile.function.find((f) => f.id === line?.functionId);
        return `${text(called?.name ?? 0)}:${line?.line}`;
      });
    const largest = [...profile.sample].sort((a, b) => Number(b.value[1]) - Number(a.value[1]))[0];
    const names = stack(largest?.locationId ?? []).map((place) => place.replace(/:.*/, ""));
    expect(names.slice(0, 13)).toEqual(Array(13).fill("recursive trace-export.test.ts"));
    expect(Number(profile.timeNanos)).toBeGreaterThan(1e18);
  });

  it("to pprof and speedscope has a different name for each function: these tools take functions of one name for one", () => {
    const places: Place[] = [
      ["<module>", "app.py", 1, 1],
      ["<lambda>", "app.py", 2, 2],
      ["<lambda>", "app.py", 3, 3],
      ["", "app.py", 4, 4],
      ["load", "app.py", 6, 5],
      ["load", "json/__init__.py", 6, 5],
    ];
    const parts = traceOf([...places.map((place): [number, Place] => [100, place]), [50]]);
    const profile = Profile.decode(joined(FORMATS.pprof.write(exportReport(parts, FORMATS.pprof))));
    // As a system name, pprof would take <module> for a part of C++.
    expect(profile.function.map(({ systemName }) => Number(systemName))).toEqual(Array(7).fill(0));
    expect(profile.function.map(({ name }) => profile.stringTable.strings[Number(name)]).sort()).toEqual([
      "<lambda> app.py:2",
      "<lambda> app.py:3",
      "<module> app.py",
      "<outside Python>",
      "<unnamed> app.py:4",
      "load app.py",
      "load json/__init__.py",
    ]);
    const { shared } = JSON.parse(
      joined(FORMATS.speedscope.write(exportReport(parts, FORMATS.speedscope))).toString(),
    ) as SpeedscopeFile;
    expect(shared.frames.map(({ name }) => name).sort()).toEqual([
      "<lambda> app.py:2",
      "<lambda> app.py:3",
      "<module> app.py:1",
      "<outside Python>",
      "<unnamed> app.py:4",
      "load app.py:6",
      "load json/__init__.py:6",
    ]);
  });

  it("to speedscope keeps to speedscope's own schema, with the same totals", () => {
    const file = createRequire(import.meta.url).resolve("speedscope/dist/release/file-format-schema.json");
    const validate = new Ajv({ strict: false }).compile(JSON.parse(readFileSync(file, "utf8")) as object);
    const made = read<SpeedscopeFile>("speedscope");
    expect(validate(made), JSON.stringify(validate.errors)).toBe(true);
    const [bytes, blocks] = made.profiles;
    expect(bytes?.endValue).toBe(TOTAL.bytes);
    expect(blocks?.endValue).toBe(TOTAL.count);
    for (const { events } of made.profiles) {
      const open: number[] = [];
      let before = 0;
      for (const { type, frame, at } of events) {
        expect(made.shared.frames[frame]).toBeDefined();
        expect(at).toBeGreaterThanOrEqual(before);
        before = at;
        if (type === "O") open.push(frame);
        else expect(open.pop()).toBe(frame);
      }
      expect(open).toEqual([]);
    }
    expect(made.name).toBe('app.ts a "b"');
  });

  it("to heapprofile has the shape of the DevTools protocol, with the same totals", () => {
    const { head, samples } = read<HeapProfile>("heapprofile");
    const ids = new Set<number>();
    const visit = (node: HeapProfileNode): number => {
      expect(ids.has(node.id)).toBe(false);
      ids.add(node.id);
      const { functionName, scriptId, url, lineNumber, columnNumber } = node.callFrame;
      expect([functionName, scriptId, url].every((value) => typeof value === "string")).toBe(true);
      expect(Number.isInteger(lineNumber) && Number.isInteger(columnNumber)).toBe(true);
      return node.selfSize + sum(node.children.map(visit));
    };
    expect(visit(head)).toBe(TOTAL.bytes);
    expect(sum(samples.map(({ size }) => size))).toBe(TOTAL.bytes);
    expect(samples.every(({ nodeId }) => ids.has(nodeId))).toBe(true);
  });

  it("to collapsed stacks has a line for each stack", () => {
    const lines = write("collapsed").toString().trimEnd().split("\n");
    expect(sum(lines.map((line) => Number(line.slice(line.lastIndexOf(" ") + 1))))).toBe(TOTAL.bytes);
    expect(lines.every((line) => /^[^;].*\S \d+$/.test(line))).toBe(true);
  });

  it("to csv has fields that are quoted where they must be", () => {
    const [head, ...lines] = write("csv").toString().trimEnd().split("\r\n");
    expect(head).toBe("bytes,blocks,domain,size_class,function,file,line,stack");
    expect(sum(lines.map((line) => Number(line.split(",")[0])))).toBe(TOTAL.bytes);
    expect(sum(lines.map((line) => Number(line.split(",")[1])))).toBe(TOTAL.count);
  });

  it("to json has everything by stack", () => {
    const { stacks, functions, nodes, view, version, start } = read<JsonExport>("json");
    expect({ view, version, start }).toEqual({ view: "end", version: 2, start: null });
    expect(sum(stacks.map(({ bytes }) => bytes))).toBe(TOTAL.bytes);
    expect(sum(stacks.map(({ count }) => count))).toBe(TOTAL.count);
    const names: string[] = [];
    for (let node = stacks[0]?.node ?? 0; node !== 0; node = nodes[node]?.[0] ?? 0) {
      names.push(functions[nodes[node]?.[1] ?? 0]?.name ?? "");
    }
    expect(names.slice(0, 13)).toEqual(Array(13).fill("recursive"));
  });
});
