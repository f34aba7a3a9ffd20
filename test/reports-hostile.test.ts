// Functions and files whose names control a terminal, end a line or a field, or reverse a line: in every report and
// export.

import colors from "picocolors";
import { Profile } from "pprof-format";
import { describe, expect, it, vi } from "vitest";
import { overBudget } from "../src/cli/budget.js";
import { liveText } from "../src/cli/live-terminal.js";
import { showRecording } from "../src/cli/recording-progress.js";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { exportReport, FORMATS } from "../src/report/export/formats.js";
import type { HeapProfile } from "../src/report/export/heapprofile.js";
import type { JsonExport } from "../src/report/export/json.js";
import type { SpeedscopeFile } from "../src/report/export/speedscope.js";
import { flamegraphPage } from "../src/report/flamegraph.js";
import { traceCallers } from "../src/report/trace-callers.js";
import { traceDiff } from "../src/report/trace-diff.js";
import { GROUPINGS } from "../src/report/trace-groups.js";
import { traceStacks } from "../src/report/trace-stacks.js";
import { traceStats, traceStatsText } from "../src/report/trace-stats.js";
import { traceSummary } from "../src/report/trace-summary.js";
import { traceTable } from "../src/report/trace-table.js";
import { traceTree } from "../src/report/trace-tree.js";
import { forTerminal, visible, visibleLines } from "../src/text/visible.js";
import { joined, type Place, reportOf, traceOf } from "./report-data.js";

const HOSTILE = [
  "\u001b]0;title\u0007clear\u001b[2J",
  "two\r\nlines\tand a tab",
  "\u009b31mC1",
  "back\u0008\u007f\u0000",
  "trojan\u202e\u2066source\u2069",
  "line\u2028separator\u2029",
  "\u200fmark\ufeff\u{e0041}",
  "half\ud800",
  "=cmd|' /C calc'!A0",
  'a;b,"c"',
  "<script>&amp;",
];
const HEBREW = "שלום_עולם";
/** Characters that no line of a report may have; line breaks are allowed. */
const ACTS = /(?![\n\u2068\u2069\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/u;

const TEMPLATE = '<title>pyheap</title><script type="application/octet-stream" id="data"></script>';

const stacks = [...HOSTILE, HEBREW].map((name, k): [number, ...Place[]] => [
  1000 * (k + 1),
  ["main", `${name}.py`, 1],
  [name, `folder/${name}.py`, k + 2],
]);
const metadata = { command: ["app.py", ...HOSTILE, HEBREW] };
const trace = { metadata, problem: `Block 3: ${HOSTILE[0]}`, start: 5000 };
const report = reportOf(stacks, {}, trace);
const write = (name: keyof typeof FORMATS) =>
  joined(FORMATS[name].write(exportReport(traceOf(stacks, trace), FORMATS[name])));

describe("hostile names", () => {
  const rows = { rows: 50, sort: "own", minShare: 0 } as const;
  const reports: Record<string, () => string> = {
    summary: () => traceSummary(report, rows),
    ...Object.fromEntries(GROUPINGS.map((by) => [`table by ${by}`, () => traceTable(report, { by, ...rows })])),
    tree: () => traceTree(report, { minShare: 0, depth: 9, sort: "total" }),
    stacks: () => traceStacks(report, { rows: 50, frames: 8, sort: "bytes", minShare: 0 }),
    callers: () => traceCallers(report, { pattern: /./u, functions: 50, rows: 9, minShare: 0 }),
    stats: () => traceStatsText(traceStats(report.analysis, report.summary), colors.createColors(false)),
    diff: () =>
      traceDiff(reportOf([], {}, trace), report, { by: "line", rows: 50, sort: "bytes" }, colors.createColors(false)),
    budget: () => overBudget(report, { failOverPeak: 0, failOverLeak: 0 }, colors.createColors(false)) ?? "",
  };
  it.each(Object.keys(reports))("do nothing in the terminal: %s", (name) => {
    const text = reports[name]?.() ?? "";
    expect(text).not.toMatch(ACTS);
    // The report is not empty, and each isolate is closed before the next one begins.
    expect(text.length).toBeGreaterThan(100);
    const isolates = [...text.matchAll(/[\u2068\u2069]/g)].map(([c]) => c).join("");
    expect(isolates).toMatch(/^(\u2068\u2069)*$/);
  });

  it("do nothing in a live view, or in the terminal's title", async () => {
    const spans = new Spans();
    spans.metadata({ ...metadata, started: "", stacks: "python", sample: 0 });
    stacks.forEach(([bytes, , place], k) => {
      const [name = "", file = ""] = place ?? [];
      spans.function({ name, file, firstLine: k + 1 });
      spans.node(0, k + 1, k + 1);
      spans.allocate(8 * (k + 1), bytes, 2, k + 1);
    });
    spans.time(1000);
    const data = buildPage(spans, { ...metadata, started: "", python: null, sample: 0, problem: null });
    for (const columns of [40, 80, 200]) {
      const text = liveText(data, colors.createColors(false), columns);
      expect(text).not.toMatch(ACTS);
      expect(text).toContain("trojan\\u202e");
    }
    const [, head = ""] = /<title>([^<]*)<\/title>/.exec(await flamegraphPage(data, TEMPLATE)) ?? [];
    expect(head).toContain("&lt;script&gt;&amp;amp;");
    expect(head).not.toMatch(ACTS);
    // On a CI service, a terminal has no title.
    vi.stubEnv("CI", "");
    vi.useFakeTimers();
    const written: string[] = [];
    const end = showRecording(HOSTILE[0] ?? "", { isTTY: true, write: (text) => written.push(text) });
    vi.advanceTimersByTime(2000);
    end();
    expect(written.join("")).toContain("\\x1b]0;title\\x07clear\\x1b[2J");
  });

  it("are one line each in what other tools read line by line", () => {
    const lines = write("collapsed").toString().trimEnd().split("\n");
    expect(lines).toHaveLength(stacks.length + 1);
    for (const line of lines) {
      expect(line).not.toMatch(ACTS);
      expect(line).toMatch(/^([^;]+;)?[^;]+ \d+$/);
    }
    const csv = write("csv").toString();
    expect(csv.replaceAll("\r\n", "\n")).not.toMatch(ACTS);
    expect(csv.trimEnd().split("\r\n")).toHaveLength(stacks.length + 2);
    expect(csv).toMatch(/,'=cmd/);
    expect(csv).not.toMatch(/,"?[=+@-]/);
  });

  it("are harmless in exports for people, and unchanged in JSON for programs", () => {
    const profile = Profile.decode(write("pprof"));
    for (const text of profile.stringTable.strings) expect(text).not.toMatch(ACTS);
    const { shared } = JSON.parse(write("speedscope").toString()) as SpeedscopeFile;
    for (const { name } of shared.frames) expect(name).not.toMatch(ACTS);
    const { head } = JSON.parse(write("heapprofile").toString()) as HeapProfile;
    expect(head.children).toHaveLength(stacks.length + 1);
    const { functions } = JSON.parse(write("json").toString()) as JsonExport;
    const names = new Set(functions.map(({ name }) => name));
    for (const name of HOSTILE) expect(names).toContain(name);
  });

  it("keep what can be read of them", () => {
    expect(HOSTILE.slice(0, 3).map(visible)).toEqual([
      "\\x1b]0;title\\x07clear\\x1b[2J",
      "two\\r\\nlines\\tand a tab",
      "\\x9b31mC1",
    ]);
    expect(visible("\u202e\u{e0041}\ud800é👩‍🚀")).toBe("\\u202e\\U000e0041\\ud800é👩‍🚀");
    expect(visibleLines("a\nb\u001b\n")).toBe("a\nb\\x1b\n");
    expect(forTerminal(HEBREW)).toBe(`\u2068${HEBREW}\u2069`);
    expect(forTerminal("load")).toBe("load");
  });
});
