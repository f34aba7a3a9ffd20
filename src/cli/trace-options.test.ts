// The command, as users run it: sampled and aggregated traces, limits that fail a run, reports by stack, comparisons of two
// runs, exports for other tools.

import { existsSync, mkdirSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { pyheap as runPyheap } from "../../test/in-process.js";
import type { TraceStats } from "../report/trace-stats.js";
import type { Interval } from "../trace/sampling.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-options-"));

const pyheap = (...args: string[]) => runPyheap(args, folder);
const stats = async (file: string) =>
  JSON.parse((await pyheap("report", "stats", "--json", file)).stdout) as TraceStats;

// Each test loads an interpreter, on a machine that may be busy.
const PATIENCE = 600_000;

describe("traces of several kinds", { timeout: PATIENCE }, () => {
  beforeAll(async () => {
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
      ["types.trace", "300", "--types"],
    ]) {
      const { status, stderr } = await pyheap(
        "run",
        "--quiet",
        "--trace",
        String(name),
        ...options,
        "app.py",
        String(n),
      );
      expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    }
  }, PATIENCE);

  it("shows what the program left, and none of what was there before it", async () => {
    const { stdout } = await pyheap("report", "leaks", "large.trace");
    expect(stdout).toMatch(/allocated and not freed until/);
    expect(stdout).toMatch(
      /8\.6 MiB \d+ %, 300 blocks\n {4}load app\.py:3 {2}return bytes\(n\)\n {4}from work app\.py:7 .*\n {4}from <module> app\.py:8 .*\n/,
    );
    expect(stdout).not.toContain("importlib._bootstrap>");
  });

  it("shows the types of objects, if they were recorded", async () => {
    const leaks = /300 blocks\n {4}bytes\n {4}from load app\.py:3 {2}return bytes\(n\)\n {4}from work app\.py:7 /;
    expect((await pyheap("report", "leaks", "--by-type", "types.trace")).stdout).toMatch(leaks);
    expect((await pyheap("report", "leaks", "types.trace")).stdout).toMatch(/300 blocks\n {4}load app\.py:3 /);
    const table = (await pyheap("report", "table", "--by", "type", "types.trace")).stdout;
    expect(table).toMatch(/blocks {2}type\n.* 3\d\d {2}bytes\n/);
    expect((await pyheap("report", "table", "--by-type", "types.trace")).stdout).toBe(table);
    expect((await pyheap("report", "diff", "--by", "type", "types.trace", "types.trace")).stdout).toContain(
      "Nothing differs",
    );
    expect((await pyheap("report", "tree", "--by-type", "large.trace")).stderr).toBe(
      "pyheap: Cannot report large.trace by type: it was recorded without types (run --trace FILE --types)\n",
    );
    expect((await pyheap("run", "--types", "app.py", "1")).stderr).toBe(
      "pyheap: Cannot use --types without --trace: the option chooses what a trace records\n",
    );
  });

  it("shows what was freed at once", async () => {
    const { stdout } = await pyheap("report", "temporary", "--within", "5", "large.trace");
    expect(stdout).toMatch(
      /1\.9 MiB \d+ %, 200 blocks\n {4}load app\.py:3 .*\n {4}from work app\.py:6 {2}load\(10_000\)\n/,
    );
    const atOnce = (await pyheap("report", "temporary", "large.trace")).stdout;
    expect((await pyheap("report", "temporary", "--within", "0", "large.trace")).stdout).toBe(atOnce);
    expect((await pyheap("report", "temporary", "--within", "-1", "large.trace")).status).toBe(2);
  });

  it("shows what grew from one run to another", async () => {
    const { stdout } = await pyheap("report", "diff", "--at", "end", "--by", "line", "small.trace", "large.trace");
    expect(stdout).toMatch(
      /grew +before +after +blocks +line\n +\+5\.7 MiB +2\.9 MiB +8\.6 MiB +\+200 +app\.py:3 load\n/,
    );
    expect((await pyheap("report", "diff", "small.trace", "small.trace")).stdout).toContain("Nothing differs.");
  });

  it("finds no difference where a comment moved what allocates, in another folder", async () => {
    const text = readFileSync(join(folder, "app.py"), "utf8");
    for (const [name, source] of [
      ["before", text],
      ["after", `# A comment.\n\n${text.replace("def work", "# Another one.\ndef work")}`],
    ] as const) {
      mkdirSync(join(folder, name));
      writeFileSync(join(folder, name, "app.py"), source);
      await pyheap("run", "--quiet", "--trace", `${name}.trace`, join(name, "app.py"), "50");
    }
    for (const by of ["function", "line", "file"]) {
      const { stdout } = await pyheap("report", "diff", "--at", "allocated", "--by", by, "before.trace", "after.trace");
      expect(stdout.split("\n").slice(2).join("\n")).not.toContain("app.py");
    }
  });

  it("keeps totals in a small file, which says the same", async () => {
    const [whole, totals] = [await stats("large.trace"), await stats("totals.trace")];
    expect((await pyheap("report", "summary", "--with-start", "totals.trace")).stderr).toMatch(
      /^pyheap: Cannot report the interpreter's start by stack of totals\.trace: it was recorded with --aggregate/,
    );
    expect(Math.abs(totals.peakBytes - whole.peakBytes)).toBeLessThan(5_000);
    expect(Math.abs(totals.events - whole.events)).toBeLessThan(200);
    expect(statSync(join(folder, "totals.trace")).size).toBeLessThan(statSync(join(folder, "large.trace")).size / 3);
    expect((await pyheap("report", "leaks", "totals.trace")).stdout).toMatch(/300 blocks\n {4}load app\.py:3 /);
    // The file has only the program's stacks, and none of the interpreter's start.
    expect(statSync(join(folder, "totals.trace")).size).toBeLessThan(100_000);
    expect(await pyheap("report", "flamegraph", "totals.trace")).toMatchObject({ status: 0, stdout: "" });
    expect((await pyheap("report", "flamegraph", "--temporary", "3", "--force", "totals.trace")).stderr).toMatch(
      /^pyheap: Cannot show temporary blocks of totals\.trace that were not freed at once: it was recorded with --aggregate/,
    );
    const { status, stderr } = await pyheap("report", "table", "--at", "0.1", "totals.trace");
    expect(status).toBe(2);
    expect(stderr).toMatch(
      /^pyheap: Cannot report a moment or a span of totals\.trace: it was recorded with --aggregate/,
    );
  });

  it("estimates from samples, and says how well", async () => {
    const [whole, sampled] = [await stats("large.trace"), await stats("sampled.trace")];
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
    expect((await pyheap("report", "summary", "sampled.trace")).stdout).toMatch(
      /Sampled, one in 16\.0 KiB.*\n(.*\n)*.*peak.* MiB to .* MiB, after/,
    );
  });

  it.each(["pprof", "speedscope", "heapprofile", "collapsed", "csv", "json"])("exports %s", async (format) => {
    const { status, stderr } = await pyheap("report", "export", format, "small.trace");
    expect(status).toBe(0);
    const file = stderr.trim();
    expect(file).toMatch(/^small\./);
    expect(existsSync(join(folder, file))).toBe(true);
    if (format === "pprof") expect([...readFileSync(join(folder, file)).subarray(0, 2)]).toEqual([0x1f, 0x8b]);
    else {
      const { stdout } = await pyheap("report", "export", format, "-o", "-", "small.trace");
      expect(stdout === readFileSync(join(folder, file), "utf8")).toBe(true);
    }
  });

  it("is a check: 3 when a run takes or leaves too much, with the stacks that allocated it", async () => {
    const run = (...args: string[]) => pyheap("run", "--quiet", ...args, "app.py", "300");
    expect(await run("--fail-over-peak", "100MiB", "--fail-over-leak", "20MiB")).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
    const { status, stderr } = await run("--fail-over-leak", "0");
    expect(status).toBe(3);
    expect(stderr).toMatch(/^pyheap: what the program did not free is \d+\.\d MiB, over 0 B\n/);
    const both = await run("--fail-over-peak", "8MiB", "--fail-over-leak", "1MiB", "--trace", "checked.trace");
    expect(both.status).toBe(3);
    expect(both.stderr).toMatch(
      /^pyheap: the program's peak is 8\.\d MiB, over 8\.0 MiB, beside \d\.\d MiB in [\d,]+ blocks of the inter/,
    );
    expect(both.stderr).toMatch(/\npyheap: what the program did not free is \d+\.\d MiB, over 1\.0 MiB\n/);
    expect(both.stderr).toMatch(/300 blocks\n {4}load app\.py:3 {2}return bytes\(n\)\n {4}from work app\.py:7 /);
    expect((await stats("checked.trace")).problem).toBeNull();
    // What the interpreter needs to start does not count.
    expect(await pyheap("run", "--quiet", "--fail-over-peak", "1MiB", "-c", "pass")).toMatchObject({
      status: 0,
      stderr: "",
    });
    expect((await pyheap("run", "--quiet", "--fail-over-peak", "1KiB", "-c", "raise SystemExit(7)")).status).toBe(7);
  });

  it.each([
    [["-c", "pass"]],
    [["-c", "x = 1"]],
    [["-c", "rows = [{k: str(k)} for k in range(3000)]\ndel rows"]],
    [["nothing.py"]],
    [["-m", "nothing"]],
  ])("finds nothing that %j left", async (program) => {
    writeFileSync(join(folder, "nothing.py"), "pass\n");
    expect(await pyheap("run", "--quiet", "--fail-over-leak", "0", ...program)).toEqual({
      status: 0,
      stdout: "",
      stderr: "",
    });
  });

  it.each([
    ["x = {}", "40 B"],
    ["x = bytes(1_000_000)", "976.6 KiB"],
  ])("finds what %j left, to the byte", async (program, size) => {
    const { status, stderr } = await pyheap("run", "--quiet", "--fail-over-leak", "0", "-c", program);
    expect(status).toBe(3);
    expect(stderr.split("\n")[0]).toBe(`pyheap: what the program did not free is ${size}, over 0 B`);
  });

  it("leaves a program its main module when the recording has ended", async () => {
    const program = ["class Last:", "    def __del__(self):", "        print(__file__)", "last = Last()"];
    writeFileSync(join(folder, "last.py"), program.join("\n"));
    const run = (...options: string[]) => pyheap("run", "--quiet", ...options, "-m", "last");
    const plain = await run();
    expect(plain.stdout).toMatch(/\/last\.py\n$/);
    expect(await run("--fail-over-leak", "1MiB")).toEqual(plain);
  });

  it.each([
    [
      ["run", "--fail-over-peak", "1MiB", "--allocator", "malloc", "-c", "1"],
      /^pyheap: Cannot use --fail-over-peak with/,
    ],
    [["report", "export", "svg", "small.trace"], /^pyheap: Cannot export as svg: the formats are pprof, /],
    [["report", "export", "csv", "-o", "no/such/file", "small.trace"], /^pyheap: Cannot write no\/such\/file/],
  ])("says in a line what is wrong with %j", async (args, message) => {
    const { status, stdout, stderr } = await pyheap(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
