// Stacks of 100,000 frames in every report, every export and the page, within the memory and the time of a test.

import { Profile } from "pprof-format";
import { beforeAll, describe, expect, it } from "vitest";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { encodePage } from "../src/page/wire.js";
import { exportReport, FORMATS } from "../src/report/export/formats.js";
import type { JsonExport } from "../src/report/export/json.js";
import { traceCallers } from "../src/report/trace-callers.js";
import { type TraceParts, traceReport } from "../src/report/trace-context.js";
import { DIFF_DEFAULTS, traceDiff } from "../src/report/trace-diff.js";
import { traceStacks } from "../src/report/trace-stacks.js";
import { traceStats } from "../src/report/trace-stats.js";
import { SUMMARY_DEFAULTS, traceSummary } from "../src/report/trace-summary.js";
import { traceTable } from "../src/report/trace-table.js";
import { traceTree } from "../src/report/trace-tree.js";
import type { TraceConsumer } from "../src/trace/reader.js";
import { joined, traceOf } from "./report-data.js";

const DEPTH = 100_000;
const BYTES = 100;

/** f and g call each other, and allocate at every depth. */
function fill(to: Pick<TraceConsumer, "function" | "node" | "allocate" | "time">): void {
  for (const name of ["f", "g"]) to.function({ name, file: "deep.py", firstLine: 1 });
  for (let depth = 0; depth < DEPTH; depth++) {
    to.node(depth, 1 + (depth % 2), 1 + (depth % 2));
    to.allocate(8 * (depth + 1), BYTES, 2, depth + 1);
  }
  to.time(1000);
}

describe("stacks of 100,000 frames", () => {
  let trace: TraceParts;
  beforeAll(() => {
    trace = traceOf([]);
    fill(trace.analysis);
  });

  it("are shown in every report", () => {
    const report = traceReport(trace);
    expect(traceTree(report, { minShare: 0, depth: DEPTH, sort: "total" }).split("\n").length).toBeGreaterThan(DEPTH);
    expect(traceStacks(report, { rows: 2, frames: 4, sort: "bytes", minShare: 0 })).toMatch(
      / {2}100 B <1 %, 1 block\n {4}g deep\.py:2\n {4}from f deep\.py:1\n {2}99,998 more stacks\n/,
    );
    const rows = { rows: 5, minShare: 0 };
    expect(traceCallers(report, { pattern: /^f/u, functions: 1, ...rows })).toMatch(/total 9\.5 MiB 100 %/);
    expect(traceSummary(report, { ...SUMMARY_DEFAULTS, minShare: 0 })).toMatch(/peak +9\.5 MiB/);
    expect(traceStats(trace.analysis, trace.summary).peakBytes).toBe(DEPTH * BYTES);
    expect(traceDiff(report, report, DIFF_DEFAULTS, report.colors)).toMatch(/Nothing differs/);
    expect(traceTable(report, { by: "line", sort: "total", ...rows })).toMatch(/ 4\.8 MiB +50 % .*deep\.py:1 f\n/);
  });

  it.each(Object.keys(FORMATS) as (keyof typeof FORMATS)[])("are exported to %s, with all bytes", (name) => {
    const format = FORMATS[name];
    const report = exportReport(trace, format);
    const written = joined(format.write(report));
    expect(written.length).toBeLessThan(12e6);
    expect(report.stacks.cut).toBe(name === "json" ? 0 : DEPTH - ("maxDepth" in format ? format.maxDepth : 0));
    const all = BYTES * DEPTH;
    if (name === "pprof") {
      const { sample } = Profile.decode(written);
      expect(sample.reduce((sum, { value }) => sum + Number(value[1]), 0)).toBe(all);
      expect(Math.max(...sample.map(({ locationId }) => locationId.length))).toBe(257);
    } else if (name === "collapsed") {
      const lines = written.toString().trimEnd().split("\n");
      expect(lines.reduce((sum, line) => sum + Number(/\d+$/.exec(line)?.[0]), 0)).toBe(all);
      expect(lines.some((line) => line.includes(";frames left out;"))).toBe(true);
    } else if (name === "csv") {
      const [, ...lines] = written.toString().trimEnd().split("\r\n");
      expect(lines.reduce((sum, line) => sum + Number(/^\d+/.exec(line)?.[0]), 0)).toBe(all);
    } else if (name === "json") {
      const { stacks, nodes } = JSON.parse(written.toString()) as JsonExport;
      expect(stacks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(all);
      expect(nodes).toHaveLength(DEPTH + 1);
    } else expect(written.toString()).toContain(name === "speedscope" ? `"endValue":${all}` : '"selfSize":');
  });

  it("are exported in full where that is asked for", () => {
    const nested = FORMATS.heapprofile;
    const written = joined(nested.write(exportReport(trace, nested, { maxDepth: DEPTH }))).toString();
    expect(written.split('"children":[').length - 1).toBe(DEPTH + 1);
    expect((JSON.parse(written) as { samples: unknown[] }).samples).toHaveLength(DEPTH);
  });

  it("make a page", () => {
    const spans = new Spans();
    fill(spans);
    const data = buildPage(spans, { command: [], started: "", python: null, sample: 0, problem: null });
    expect(encodePage(data).length).toBeLessThan(2e6);
    expect(data.nodes.parents.length).toBeGreaterThan(1);
  });
});
