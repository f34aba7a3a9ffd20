// pyheap/report: what it says is what `pyheap report` says, and it takes a trace from wherever it is.

import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, it } from "vitest";
import { Heap } from "../src/heap/heap.js";
import type { TraceInput } from "../src/report/library/input.js";
import { analyse, EXPORT_FORMATS, flamegraphPage, ReportError, TraceError } from "../src/report.js";
import { command } from "./command.js";
import { Tape } from "./trace-data.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-library-"));

/** What the command prints about the trace. */
function told(...args: string[]): string {
  const { status, stdout, stderr } = command(["report", ...args], { cwd: folder });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  return stdout;
}

/** The bytes of a recording: `kept` blocks that stay live, and then 50 blocks that are freed again. */
async function record(kept: number): Promise<Uint8Array<ArrayBuffer>> {
  const heap = await Heap.create();
  const tape = new Tape();
  const recording = heap.trace({ write: tape.write, command: ["app.js"] });
  function keep() {
    for (let k = 0; k < kept; k++) heap.mem.malloc(1000);
  }
  function burst() {
    const blocks = Array.from({ length: 50 }, () => heap.raw.malloc(5000));
    for (const block of blocks) heap.raw.free(block);
  }
  keep();
  burst();
  recording.stop();
  return new Uint8Array(tape.bytes);
}

describe("pyheap/report", () => {
  let trace: Uint8Array<ArrayBuffer>;

  beforeAll(async () => {
    trace = await record(20);
    writeFileSync(join(folder, "app.trace"), trace);
  });

  it("takes a trace as a Blob, as bytes, and as a stream", async () => {
    async function* pieces() {
      for (let at = 0; at < trace.length; at += 100) yield trace.subarray(at, at + 100);
    }
    const inputs: TraceInput[] = [
      new Blob([trace]),
      trace,
      trace.buffer,
      new Blob([trace]).stream(),
      pieces(),
      [trace],
    ];
    for (const input of inputs) expect((await analyse(input)).stats.peakBytes).toBe(20 * 1000 + 50 * 5000);
    await expect(analyse("app.trace" as unknown as TraceInput)).rejects.toThrow(
      "Cannot read the trace: it is not a Blob, bytes, or a stream of bytes",
    );
  });

  it("has each report as data", async () => {
    const end = await analyse(trace, { at: "end" });
    const amount = { bytes: 20_000, count: 20 };
    expect(end.stats).toMatchObject({ endBytes: 20_000, endBlocks: 20, peakBytes: 270_000, command: ["app.js"] });
    expect(end.groups("domain")).toEqual([{ label: "mem", own: amount, total: amount, ownInterval: undefined }]);
    expect(end.groups("function")[0]?.label).toMatch(/^keep \(/);
    const stacks = [...end.stacks()];
    expect(stacks.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(20_000);
    expect(stacks[0]?.frames[0]).toMatchObject({ name: "keep" });
    expect(end.callers(/^keep$/)[0]).toMatchObject({
      own: amount,
      callers: [{ frame: { function: { name: "record" } } }],
    });
    expect(end.timeline.length).toBeGreaterThan(0);
    const temporary = await analyse(trace, { at: "temporary", within: 49 });
    expect(temporary.groups("domain").map(({ label, own }) => [label, own.count])).toEqual([["raw", 50]]);
    const more = await analyse(await record(30), { at: "end" });
    expect(more.changesSince(end, "domain")).toEqual([
      { label: "mem", before: 20_000, after: 30_000, bytes: 10_000, count: 10 },
    ]);
    expect(more.changesText(end, { by: "domain" })).toMatch(/\+9\.8 KiB .* mem\n/);
  });

  it("has each report as the text that the command prints", async () => {
    const { text } = await analyse(trace, { name: "app.trace" });
    expect(text.summary()).toBe(told("summary", "app.trace"));
    expect(text.table({ by: "line" })).toMatch(/ {2}\S+report-library\.test\.\w+:\d+ keep\n/);
    expect(text.tree()).toMatch(/ keep \S+report-library\.test/);
    expect(text.callers(/keep/)).toMatch(/called from\n.* record /);
    const leaks = await analyse(trace, { name: "app.trace", at: "leaks" });
    expect(leaks.text.stacks()).toBe(told("leaks", "--no-source", "app.trace"));
    expect(text.stats()).toContain("263.7 KiB");
    expect(text.summary()).not.toContain("\u001b[");
    expect((await analyse(trace, { colors: true })).text.summary()).toContain("\u001b[1m");
  });

  it("has the exports that the command writes", async () => {
    const report = await analyse(trace);
    expect(EXPORT_FORMATS).toEqual(["pprof", "speedscope", "heapprofile", "collapsed", "csv", "json"]);
    for (const name of ["pprof", "csv"] as const) {
      const blob = new Uint8Array(await (await report.export(name)).arrayBuffer());
      command(["report", "export", name, "--output", "exported", "--force", "app.trace"], { cwd: folder });
      const written = readFileSync(join(folder, "exported"));
      const [made, expected] =
        name === "pprof" ? [gunzipSync(blob), gunzipSync(written)] : [Buffer.from(blob), written];
      expect(made.equals(expected), name).toBe(true);
    }
    await expect(report.export("pdf" as "csv")).rejects.toThrow(
      "Cannot export as pdf: the formats are pprof, speedscope",
    );
  });

  it("has the page that the command writes", async () => {
    const page = await flamegraphPage(new File([trace], "app.trace"));
    expect(page.type).toBe("text/html;charset=utf-8");
    expect(await page.text()).toBe(told("flamegraph", "--no-source", "--output", "-", "app.trace"));
  });

  it("shows lines of the sources that it is given", async () => {
    const source = (file: string) =>
      file.endsWith("report-library.test.ts") ? { text: "x = 1\n".repeat(200) } : undefined;
    const { text } = await analyse(trace, { source });
    expect(text.table({ by: "line" })).toMatch(/keep {2}x = 1\n/);
    expect(await (await flamegraphPage(trace, { source })).text()).toMatch(/^<!doctype html>/i);
  });

  it("says what is wrong with a trace, or with what is asked of it", async () => {
    await expect(analyse(new Blob(["no trace"]))).rejects.toThrow(TraceError);
    await expect(analyse(new File([trace], "app.trace"), { at: 999 })).rejects.toThrow(
      /^Cannot report at 999 s: app\.trace has the program from 0\.000 s to [\d.]+ m?s$/,
    );
    await expect(analyse(trace, { at: 0.1, from: 0 })).rejects.toThrow(ReportError);
    await expect(analyse(trace, { at: "noon" as "end" })).rejects.toThrow(
      "Cannot report at noon: it must be peak, end, leaks, allocated, temporary, or a number of seconds",
    );
    await expect(analyse(trace, { at: -1 })).rejects.toThrow(/^Cannot report at -1 s: the trace has the program from /);
    await expect(analyse(trace, { at: Number.NaN })).rejects.toThrow("Cannot report at NaN: it must be");
    const cut = await analyse(trace.subarray(0, trace.length - 10));
    expect(cut.problem).toMatch(/The recording was not ended in order|ends in the middle/);
    expect(cut.text.summary()).toContain("Everything before that is shown");
  });
});
