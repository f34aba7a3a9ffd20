// `pyheap run --trace` and `pyheap report`, with the words that users give them.

import { mkdtempSync, readFileSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { EventEncoder } from "../../test/event-encoder.js";
import { pyheap as runPyheap } from "../../test/in-process.js";
import { Tape } from "../../test/trace-data.js";
import type { TraceStats } from "../report/trace-stats.js";
import { TraceWriter } from "../trace/writer.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-trace-"));

const pyheap = (...args: string[]) => runPyheap(args, folder);

/**
 * The archive that `python -m zipapp` makes from a folder with a `__main__.py`: `kept = bytes(10**6); print("here")`.
 */
const ARCHIVE = Buffer.from(
  "UEsDBBQAAAAAAJw2fV1aqFqeIwAAACMAAAALAAAAX19tYWluX18ucHlrZXB0ID0gYnl0ZXMoMTAqKjYpOyBwcmludCgiaGVyZSIpClBLAQIUAxQAAAAAAJw2fV1aqFqeIwAAACMAAAALAAAAAAAAAAAAAACkgQAAAABfX21haW5fXy5weVBLBQYAAAAAAQABADkAAABMAAAAAAA=",
  "base64",
);

/** A recording of a start and a program, with one block each. A recording of a real start takes a second to read. */
function smallTrace(): Uint8Array {
  const tape = new Tape();
  const writer = new TraceWriter(tape.write, { command: ["s"], started: "", stacks: "python", sample: 0 });
  const events = new EventEncoder();
  writer.functions([{ name: "f", file: "s.py", firstLine: 1 }]);
  events.node(0, 1, 1);
  events.allocate(64, 100, 1, 1);
  events.time(3000);
  events.program();
  events.allocate(256, 100, 1, 1);
  events.time(2000);
  writer.events(events.take());
  writer.end({ duration: 5000, cutStacks: 0 });
  return tape.bytes;
}

const known = new Map<string, TraceStats>();

/** The figures of a recording, which are read once: a recording of the start is long. */
async function statsOf(file: string, ...args: string[]): Promise<TraceStats> {
  const words = [...args, file];
  const stats =
    known.get(words.join()) ?? (JSON.parse((await pyheap("report", "stats", "--json", ...words)).stdout) as TraceStats);
  known.set(words.join(), stats);
  return stats;
}
const stats = (...args: string[]) => statsOf("app.trace", ...args);

// Some tests load an interpreter, on a machine that may be busy.
const PATIENCE = 600_000;

describe("pyheap report", { timeout: PATIENCE }, () => {
  beforeAll(async () => {
    writeFileSync(
      join(folder, "app.py"),
      `import time
def load(n):
    return bytes(n)
def work():
    kept = load(3_000_000)
    load(20_000_000)
    return kept
kept = work()
time.sleep(0.2)
later = [load(100_000) for _ in range(10)]
`,
    );
    // Both start Python anew, so that the sums of the one can be compared with the events of the other.
    for (const options of [
      ["app.trace", "--no-cache"],
      ["start.trace", "--trace-start"],
    ]) {
      expect(await pyheap("run", "--quiet", "--trace", ...options, "app.py", "x")).toEqual({
        status: 0,
        stdout: "",
        stderr: "",
      });
    }
  }, PATIENCE);

  it("shows a summary of the peak", async () => {
    const { status, stdout, stderr } = await pyheap("report", "summary", "app.trace");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^app\.py x {2}at the peak, after/);
    expect(stdout).toMatch(/21\.9 MiB .* load \(app\.py:2\)/);
    expect(stdout).not.toContain("\u001b[");
  });

  it("shows tables by any group, at any moment", async () => {
    const table = async (...args: string[]) => (await pyheap("report", "table", ...args, "app.trace")).stdout;
    expect(await table("--by", "line")).toMatch(/21\.9 MiB +\d+ % .* 2 {2}app\.py:3 load {2}return bytes\(n\)\n/);
    expect(await table("--by", "line", "--at", "end")).toMatch(/3\.8 MiB +\d+ % .* 11 {2}app\.py:3 load {2}return /);
    expect(await table("--by", "line", "--at", "allocated", "--no-source")).toMatch(
      /22\.9 MiB +\d+ % .* 12 {2}app\.py:3 load\n/,
    );
    expect(await table("--sort", "total", "--at", "end")).toMatch(/ {2}work \(app\.py:4\)\n/);
    for (const by of ["function", "file", "module", "domain", "size"]) expect(await table("--by", by)).toContain(by);
  });

  it("says which span its figures are for", async () => {
    const first = async (...args: string[]) => (await pyheap("report", ...args, "app.trace")).stdout.split("\n")[0];
    expect(await first("table", "--from", "0.1")).toMatch(/ at the peak from 0\.10 s on, after [\d.]+ s: /);
    const { seconds: end } = await stats();
    expect(await first("table", "--at", "allocated", "--from", "0.1", "--to", end.toFixed(6))).toMatch(
      / allocated from 0\.10 s to [\d.]+ s: /,
    );
    expect(await first("leaks", "--from", "0.1")).toMatch(/ allocated from 0\.10 s on and not freed until /);
  });

  it("refuses moments that the recording, or its program, doesn't have, and says which it has", async () => {
    const { startSeconds, seconds: end } = await stats();
    const span = "app\\.trace has the program from 0\\.000 s to [\\d.]+ m?s";
    const moments = { "at 1000 s": "--at", "until 1000 s": "--to", "from 1000 s on": "--from" };
    for (const [words, option] of Object.entries(moments)) {
      const { status, stderr } = await pyheap("report", "table", option, "1000", "app.trace");
      expect(status).toBe(2);
      expect(stderr).toMatch(new RegExp(`^pyheap: Cannot report ${words}: ${span}\n$`));
    }
    const inStart = async (file: string) => String(((await statsOf(file)).startSeconds ?? 0) / 2);
    const before = String((startSeconds ?? 0) / 2);
    writeFileSync(join(folder, "small.trace"), smallTrace());
    expect(Number(before)).toBeLessThan(0);
    for (const [option, file] of [
      ["--at", "start.trace"],
      ["--at", "small.trace"],
      ["--to", "small.trace"],
      ["--from", "small.trace"],
    ] as const) {
      for (const how of [[], ["--with-start"]]) {
        const { status, stderr } = await pyheap("report", "table", option, before, ...how, "app.trace");
        expect(status).toBe(2);
        expect(stderr).toMatch(/run --trace-start records what was before\n$/);
      }
      const ofStart = await inStart(file);
      expect(Number(ofStart)).toBeLessThan(0);
      const { status, stderr } = await pyheap("report", "table", option, ofStart, file);
      expect({ status, says: /--with-start shows what was before\n$/.test(stderr) }).toEqual({ status: 2, says: true });
      const { status: found, stdout } = await pyheap("report", "table", option, ofStart, "--with-start", file);
      expect(found).toBe(0);
      if (option === "--at") expect(stdout).toMatch(/ live [\d.]+ m?s before the program: /);
    }
    expect((await pyheap("report", "table", "--at", String(end), "app.trace")).status).toBe(0);
    expect((await pyheap("report", "table", "--at", "Infinity", "app.trace")).status).toBe(2);
    expect((await pyheap("report", "table", "--at", "1", "--to", "2", "app.trace")).stderr).toBe(
      "pyheap: Cannot report at 1 s with the beginning or the end of a span: a moment has no span\n",
    );
  });

  it("shows the program, beside the interpreter's start as one figure", async () => {
    for (const [file, how, shown] of [
      ["app.trace", "run --trace-start records them by stack", / {2}interpreter start\n/],
      ["start.trace", "--with-start shows them by stack", / {2}<frozen zipimport>:\d+ /],
    ] as const) {
      const table = async (...args: string[]) =>
        (await pyheap("report", "table", "--rows", "5000", ...args, file)).stdout;
      const own = await table("--by", "file");
      expect(own.split("\n")[1]).toMatch(
        new RegExp(`^Not counted: \\d\\.\\d MiB in [\\d,]+ blocks of the interpreter's start: ${how}\\.$`),
      );
      expect(own).toMatch(/ {2}app\.py\n/);
      expect(own).not.toContain("zipimport");
      expect(own).not.toContain("pyheap>");
      const all = await table("--by", "line", "--with-start");
      expect(all).toMatch(shown);
      expect(all).not.toContain("Not counted");
      const [program, together] = [await statsOf(file), await statsOf(file, "--with-start")];
      expect(program.peakBytes).toBeLessThan(together.peakBytes - 5_000_000);
      expect(program.endBytes + program.start.endBytes).toBe(together.endBytes);
      expect(program.start.allocatedBytes + program.allocatedBytes).toBe(together.allocatedBytes);
      expect(program.start.allocations).toBeGreaterThan(1_000_000);
      expect(together.start).toMatchObject({ allocations: 0, endBytes: 0 });
    }
  });

  it("finds nearly the same figures of the interpreter's start in its sums as in its events, and the sums in a small file", async () => {
    const [sums, events] = [await statsOf("app.trace"), await statsOf("start.trace")];
    expect(sums.fileBytes).toBeLessThan(400_000);
    expect(events.fileBytes).toBeGreaterThan(10_000_000);
    for (const key of ["allocatedBytes", "allocations", "endBytes", "endBlocks"] as const) {
      expect(Math.abs(sums.start[key] / events.start[key] - 1)).toBeLessThan(0.002);
    }
    expect(sums.foreignFrees).toBe(0);
    expect(Math.abs(sums.peakBytes - events.peakBytes)).toBeLessThan(5_000);
    expect((await pyheap("report", "flamegraph", "-o", "app.html", "app.trace")).status).toBe(0);
  });

  it("does not count what CPython allocates to find a program in an archive", async () => {
    writeFileSync(join(folder, "app.pyz"), ARCHIVE);
    expect(await pyheap("run", "--quiet", "--trace", "archive.trace", "app.pyz")).toMatchObject({ stdout: "here\n" });
    const { stdout } = await pyheap("report", "table", "--by", "line", "--rows", "1000", "archive.trace");
    expect(stdout).not.toMatch(/_read_directory|<frozen runpy>:\d+ <module>/);
    expect(stdout).toContain("app.pyz/__main__.py:1 <module>");
  });

  it("shows what was live while the program slept", async () => {
    const code = "import time\nx = bytes(20_000_000)\ntime.sleep(0.5)\ndel x\ntime.sleep(0.1)";
    const begun = performance.now();
    await pyheap("run", "--quiet", "--trace", "idle.trace", "-c", code);
    const took = (performance.now() - begun) / 1000;
    const report = async (...args: string[]) => (await pyheap("report", ...args, "idle.trace")).stdout;
    const { peakSeconds } = JSON.parse(await report("stats", "--json")) as TraceStats;
    const at = (distance: number) => String(peakSeconds + distance);
    // A user counts from where the program began.
    expect(peakSeconds).toBeGreaterThanOrEqual(0);
    expect(peakSeconds + 0.6).toBeLessThan(took);
    expect(await report("table", "--at", at(0.25))).toMatch(/ live after [\d.]+ s: 19\.1 MiB in /);
    expect(await report("table", "--at", "end")).not.toContain("19.1 MiB");
    const span = JSON.parse(await report("stats", "--json", "--from", at(0.2), "--to", at(0.3))) as TraceStats;
    expect(span.peakBytes).toBeGreaterThan(20_000_000);
    // Moments are whole microseconds; sums of seconds are not.
    const inMicroseconds = (seconds: number) => Math.round(seconds * 1e6);
    expect(inMicroseconds(span.peakSeconds)).toBeGreaterThanOrEqual(inMicroseconds(peakSeconds + 0.2));
    expect(inMicroseconds(span.peakSeconds)).toBeLessThanOrEqual(inMicroseconds(peakSeconds + 0.3));
  });

  it("shows a command in one line, and a recursion as one frame", async () => {
    const code = "def f(n):\n    return f(n - 1) if n else bytes(4_000_000)\nkept = f(50)";
    await pyheap("run", "--quiet", "--trace", "deep.trace", "-c", code);
    const { stdout } = await pyheap("report", "leaks", "--rows", "1", "deep.trace");
    expect(stdout).toMatch(
      /^-c def f\(n\): return f\(n - 1\) if n else bytes\(4_000_000\) kept = f\(50\) {2}allocated/,
    );
    expect(stdout).toMatch(
      / {4}f <string>:2, 51 times {2}return f\(n - 1\) if n else bytes\(4_000_000\)\n {4}from <module> <string>:3 {2}kept = f\(50\)\n/,
    );
  });

  it("shows the tree of calls", async () => {
    const { stdout } = await pyheap("report", "tree", "--min-share", "5%", "app.trace");
    expect(stdout).toMatch(
      /<module> app\.py:8 {2}kept = work\(\)\n.* work app\.py:6 {2}load\(20.*\n.*load app\.py:3 {2}return/,
    );
  });

  it("shows who calls a function, its lines, and whom it calls", async () => {
    const { stdout } = await pyheap("report", "callers", "^work$", "--at", "allocated", "app.trace");
    expect(stdout).toMatch(/\nwork \(app\.py:4\) {2}total 21\.9 MiB \d+ %, own 0 B 0 %, 0 blocks\n {2}called from\n/);
    expect(stdout).toMatch(/called from\n {2}21\.9 MiB {2}100 % +\d+ {2}<module> app\.py:8 {2}kept = work\(\)\n/);
    expect(stdout).toMatch(/in its lines\n +19\.1 MiB +87 % +\d+ {2}work app\.py:6 {2}load\(20_000_000\)\n/);
    expect(stdout).toMatch(/calls\n +21\.9 MiB +100 % +2 {2}load app\.py:2 {2}def load\(n\):\n/);
  });

  it("shows only what the options ask for", async () => {
    const filtered = (await pyheap("report", "table", "--filter", "^WORK", "--sort", "name", "app.trace")).stdout;
    expect(filtered).toMatch(/\nWith \^WORK on the stack: 21\.9 MiB, \d+ %, in 2 blocks\n/);
    expect(filtered).toMatch(/ <module> \(app\.py:1\)\n.* load \(app\.py:2\)\n.* work \(app\.py:4\)\n$/);
    const byBlocks = await pyheap("report", "table", "--sort", "blocks", "app.trace");
    expect(byBlocks.stdout).toBe((await pyheap("report", "table", "--sort", "count", "app.trace")).stdout);
    expect((await pyheap("report", "table", "--sort", "sise", "app.trace")).stderr).toContain(
      "Allowed choices are own, total, count, name",
    );
    expect((await pyheap("report", "table", "--min-share", "1%", "app.trace")).stdout).toMatch(
      / load .*\n.* <module> .*\n.* work .*\n.* more\n/,
    );
    const imports = async (...args: string[]) =>
      (await pyheap("report", "table", "--with-start", "--by", "module", ...args, "start.trace")).stdout;
    expect(await imports()).toMatch(/ zipimport\n/);
    expect(await imports("--hide-imports")).not.toMatch(/ zipimport\n| importlib\./);
  });

  it("gives figures as JSON, over a span of time", async () => {
    const all = await stats();
    expect(all).toMatchObject({ version: 4, command: ["app.py", "x"], problem: null, sampleBytes: 0 });
    expect(all.allocatedBytes).toBeGreaterThan(24_000_000);
    expect(all.peakBytes).toBeGreaterThan(23_000_000);
    const { fileBytes, events } = await statsOf("start.trace");
    expect(fileBytes / events).toBeLessThan(5);
    const late = await stats("--from", String(all.peakSeconds + 0.1));
    expect(late.allocatedBytes).toBeGreaterThan(1_000_000);
    expect(late.allocatedBytes).toBeLessThan(3_000_000);
  });

  it("shows what there is of a file that was cut, and says so", async () => {
    const whole = readFileSync(join(folder, "app.trace"));
    writeFileSync(join(folder, "cut.trace"), whole);
    truncateSync(join(folder, "cut.trace"), whole.length >> 1);
    const { status, stdout } = await pyheap("report", "summary", "cut.trace");
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /The recording was not ended in order: .*\. The file ends in the middle of block \d+, at byte \d+\. Everything before that is shown\./,
    );
  });

  it("writes a page to standard output, if it is asked to", async () => {
    const { status, stdout, stderr } = await pyheap("report", "flamegraph", "-o", "-", "app.trace");
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/^<!doctype html>/);
    expect(stdout).toMatch(/<\/html>\s*$/);
  });

  it("does not record over its program, whatever is said", async () => {
    const before = readFileSync(join(folder, "app.py"), "utf8");
    expect(await pyheap("run", "--force", "--trace", "app.py", "app.py")).toEqual({
      status: 2,
      stdout: "",
      stderr: "pyheap: Cannot write app.py: this command reads it\n",
    });
    expect(readFileSync(join(folder, "app.py"), "utf8")).toBe(before);
    expect((await pyheap("run", "--quiet", "--trace", "deep.trace", "-c", "1")).status).toBe(0);
  });

  it.each([
    [["report", "summary", "nope.trace"], "pyheap: Cannot read nope.trace: no such file\n"],
    [["report", "table", "app.py"], "pyheap: Cannot read app.py: it is not a trace of pyheap\n"],
    [["report", "table", "--at", "noon", "app.trace"], /^pyheap: Cannot report at noon/],
    [
      ["report", "stats", "--from", "5", "--to", "1", "app.trace"],
      "pyheap: Cannot report from 5 s to 1 s: the end is before the beginning\n",
    ],
    [
      ["report", "table", "--by", "colour", "app.trace"],
      /Allowed choices are function, line, file, module, type, domain, size/,
    ],
    [["report", "table", "--filter", "(", "app.trace"], /Invalid regular expression: .*Unterminated group\.\n$/],
    [["report", "tree", "--min-share", "few", "app.trace"], /It must be a percentage, such as 1%\.\n$/],
    [["report", "callers", "app.trace"], /missing required argument 'file'/],
    [["run", "--trace", "no/such/folder.trace", "-c", "1"], /^pyheap: Cannot write no\/such\/folder.trace/],
    [
      ["run", "--trace", "a.trace", "--allocator", "malloc", "-c", "1"],
      /^pyheap: Cannot use --trace with --allocator malloc/,
    ],
  ])("says in a line what is wrong with %j", async (args, message) => {
    const { status, stdout, stderr } = await pyheap(...args);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toMatch(message);
  });
});
