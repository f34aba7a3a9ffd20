// The command, as users run it: sampled and aggregated traces, limits that fail a run, reports by stack, comparisons of two
// runs, exports for other tools.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { command } from "../../test/command.js";
import type { TraceStats } from "../report/trace-stats.js";
import type { Interval } from "../trace/sampling.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-options-"));

const pyheap = (...args: string[]) => command(args, { cwd: folder });
const stats = (file: string) => JSON.parse(pyheap("report", "stats", "--json", file).stdout) as TraceStats;

// Each test loads an interpreter, on a machine that may be busy.
const PATIENCE = 600_000;

describe("traces of several kinds", { timeout: PATIENCE }, () => {
  beforeAll(() => {
    writeFileSync(
      join(folder, "app.py"),
      `import sys
def load(n):
    return bytes(n)
def work(n):
    for _ in range(200):
        load(10_000)
    return [load(30_000) for _ in range(n)]
kept = work(int(sys.argv[1]))
`,
    );
    for (const [name, n, ...options] of [
      ["small.trace", "100"],
      ["large.trace", "300"],
      ["totals.trace", "300", "--aggregate"],
      ["sampled.trace", "300", "--sample", "16KiB"],
    ]) {
      const { status, stderr } = pyheap("run", "--quiet", "--trace", String(name), ...options, "app.py", String(n));
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  }, PATIENCE);

  it("shows what the program left, and none of what was there before it", () => {
    const { stdout } = pyheap("report", "leaks", "large.trace");
    expect(stdout).toMatch(/allocated and not freed until/);
    expect(stdout).toMatch(
      /8\.6 MiB \d+ %, 300 blocks\n {4}load app\.py:3 {2}return bytes\(n\)\n {4}from work app\.py:7 .*\n {4}from <module> app\.py:8 .*\n/,
    );
    expect(stdout).not.toContain("importlib._bootstrap>");
  });

  it("shows what was freed at once", () => {
    const { stdout } = pyheap("report", "temporary", "--within", "5", "large.trace");
    expect(stdout).toMatch(
      /1\.9 MiB \d+ %, 200 blocks\n {4}load app\.py:3 .*\n {4}from work app\.py:6 {2}load\(10_000\)\n/,
    );
    const atOnce = pyheap("report", "temporary", "large.trace").stdout;
    expect(pyheap("report", "temporary", "--within", "0", "large.trace").stdout).toBe(atOnce);
    expect(pyheap("report", "temporary", "--within", "-1", "large.trace").status).toBe(2);
  });

  it("shows what grew from one run to another", () => {
    const { stdout } = pyheap("report", "diff", "--at", "end", "--by", "line", "small.trace", "large.trace");
    expect(stdout).toMatch(
      /grew +before +after +blocks +line\n +\+5\.7 MiB +2\.9 MiB +8\.6 MiB +\+200 +app\.py:3 load\n/,
    );
    expect(pyheap("report", "diff", "small.trace", "small.trace").stdout).toContain("Nothing differs.");
  });

  it("finds no difference where a comment moved what allocates, in another folder", () => {
    const text = readFileSync(join(folder, "app.py"), "utf8");
    for (const [name, source] of [
      ["before", text],
      ["after", `# A comment.\n\n${text.replace("def work", "# Another one.\ndef work")}`],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "app.py"), source);
      pyheap("run", "--quiet", "--trace", `${name}.trace`, join(name, "app.py"), "50");
    }
    for (const by of ["function", "line", "file"]) {
      const { stdout } = pyheap("report", "diff", "--at", "allocated", "--by", by, "before.trace", "after.trace");
      expect(stdout.split("\n").slice(2).join("\n")).not.toContain("app.py");
    }
  });

  it("keeps totals in a small file, which says the same", () => {
    const [whole, totals] = [stats("large.trace"), stats("totals.trace")];
    expect(pyheap("report", "summary", "--with-start", "totals.trace").stderr).toMatch(
      /^pyheap: Cannot report the interpreter's start by stack of totals\.trace: it was recorded with --aggregate/,
    );
    expect(Math.abs(totals.peakBytes - whole.peakBytes)).toBeLessThan(5_000);
    expect(Math.abs(totals.events - whole.events)).toBeLessThan(200);
    expect(statSync(join(folder, "totals.trace")).size).toBeLessThan(statSync(join(folder, "large.trace")).size / 3);
    expect(pyheap("report", "leaks", "totals.trace").stdout).toMatch(/300 blocks\n {4}load app\.py:3 /);
    // The file has only the program's stacks, and none of the interpreter's start.
    expect(statSync(join(folder, "totals.trace")).size).toBeLessThan(100_000);
    expect(pyheap("report", "flamegraph", "totals.trace")).toMatchObject({ status: 0, stdout: "" });
    expect(pyheap("report", "flamegraph", "--temporary", "3", "--force", "totals.trace").stderr).toMatch(
      /^pyheap: Cannot show other temporary blocks of totals\.trace: it was recorded with --aggregate/,
    );
    const { status, stderr } = pyheap("report", "table", "--at", "0.1", "totals.trace");
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^pyheap: Cannot report a moment or a span of totals\.trace: it was recorded with --aggregate/,
    );
  });

  it("estimates from samples, and says how well", () => {
    const [whole, sampled] = [stats("large.trace"), stats("sampled.trace")];
    expect(sampled.events).toBeLessThan((whole.start.allocations + whole.allocations) / 20);
    const isNear = (estimate: number, truth: number, interval: Interval | null) => {
      const { low = Number.NaN, high = Number.NaN } = interval ?? {};
      const width = high - low;
      expect(truth).toBeGreaterThan(estimate - width);
      expect(truth).toBeLessThan(estimate + width);
    };
    isNear(sampled.allocatedBytes, whole.allocatedBytes, sampled.allocatedBytesInterval);
    isNear(sampled.peakBytes, whole.peakBytes, sampled.peakBytesInterval);
    expect(sampled.foreignFrees).toBeNull();
    expect(pyheap("report", "summary", "sampled.trace").stdout).toMatch(
      /Sampled, one in 16\.0 KiB.*\n(.*\n)*.*peak.* MiB to .* MiB, after/,
    );
  });

  it.each(["pprof", "speedscope", "heapprofile", "collapsed", "csv", "json"])("exports %s", (format) => {
    const { status, stderr } = pyheap("report", "export", format, "small.trace");
    expect(status).toBe(0);
    const file = stderr.trim();
    expect(file).toMatch(/^small\./);
    expect(existsSync(join(folder, file))).toBe(true);
    if (format === "pprof") expect([...readFileSync(join(folder, file)).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    else {
      const { stdout } = pyheap("report", "export", format, "-o", "-", "small.trace");
      expect(stdout === readFileSync(join(folder, file), "utf8")).toBe(true);
    }
  });

  it("is a check: 3 when a run takes or leaves too much, with the stacks to blame", () => {
    const run = (...args: string[]) => pyheap("run", "--quiet", ...args, "app.py", "300");
    expect(run("--fail-over-peak", "100MiB", "--fail-over-leak", "20MiB")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const { status, stderr } = run("--fail-over-leak", "0");
    expect(status).toBe(3);
    expect(stderr).toMatch(/^pyheap: what the program did not free is \d+\.\d MiB, over 0 B\n/);
    const both = run("--fail-over-peak", "8MiB", "--fail-over-leak", "1MiB", "--trace", "checked.trace");
    expect(both.status).toBe(3);
    expect(both.stderr).toMatch(
      /^pyheap: the program's peak is 8\.\d MiB, over 8\.0 MiB, beside \d\.\d MiB in [\d,]+ blocks of the inter/,
    );
    expect(both.stderr).toMatch(/\npyheap: what the program did not free is \d+\.\d MiB, over 1\.0 MiB\n/);
    expect(both.stderr).toMatch(/300 blocks\n {4}load app\.py:3 {2}return bytes\(n\)\n {4}from work app\.py:7 /);
    expect(stats("checked.trace").problem).toBeNull();
    // What the interpreter needs to start does not count.
    expect(pyheap("run", "--quiet", "--fail-over-peak", "1MiB", "-c", "pass")).toMatchObject({ status: 0, stderr: "" });
    expect(pyheap("run", "--quiet", "--fail-over-peak", "1KiB", "-c", "raise SystemExit(7)").status).toBe(7);
  });

  it.each([
    [
      ["run", "--fail-over-peak", "1MiB", "--allocator", "malloc", "-c", "1"],
      /^pyheap: Cannot use --fail-over-peak with/,
    ],
    [["report", "export", "svg", "small.trace"], /^pyheap: Cannot export as svg: the formats are pprof, /],
    [["report", "export", "csv", "-o", "no/such/file", "small.trace"], /^pyheap: Cannot write no\/such\/file/],
  ])("says in a line what is wrong with %j", (args, message) => {
    const { status, stdout, stderr } = pyheap(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
