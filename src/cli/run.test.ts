// The command, as users run it.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { command, MAIN } from "../../test/command.js";
import { inProcess } from "../../test/in-process.js";
import { PYHEAP_VERSION } from "../hosts/python/python-files.gen.js";
import type { JsonReport } from "../report/json.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-"));

const pyheap = (args: readonly string[], input = "") => command(args, { cwd: folder, input });

function program(name: string, text: string): string {
  writeFileSync(join(folder, name), text);
  return name;
}

describe("pyheap run", () => {
  it("runs a script as python does: argv, stdin, files, exit code, report on stderr", () => {
    const script = program(
      "app.py",
      `import os, sys
print(sys.argv, __name__, os.path.basename(os.getcwd()))
print(input(), sys.stdin.read().count("\\n"))
open("made.txt", "w").write("by Python")
sys.stdout.buffer.write(b"\\xff\\n")
sys.exit(7)
`,
    );
    const { status, stdout, stderr } = pyheap(["run", script, "--limit", "x"], "first\na\nb\n");
    expect(status).toBe(7);
    expect(stdout).toContain("['app.py', '--limit', 'x'] __main__ pyheap-");
    expect(stdout).toContain("first 2");
    expect(readFileSync(join(folder, "made.txt"), "utf8")).toBe("by Python");
    expect(stderr).toMatch(/^ {2}peak footprint +[\d.]+ MiB +[\d.]+ MiB of it when the program began$/m);
    expect(stderr).not.toContain("\u001b[");
    for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
  });

  it("shows a traceback with frames of the program only, and exits with code 1", () => {
    const script = program("broken.py", "def f():\n    raise ValueError('no')\nf()\n");
    const { status, stderr } = pyheap(["run", "--quiet", script]);
    expect(status).toBe(1);
    expect(stderr).toBe(
      `Traceback (most recent call last):\n  File "${join(folder, script)}", line 3, in <module>\n    f()\n    ~^^\n` +
        `  File "${join(folder, script)}", line 2, in f\n    raise ValueError('no')\nValueError: no\n`,
    );
  });

  it("runs -c and -m", () => {
    expect(pyheap(["run", "--quiet", "-c", "import sys; print(sys.argv); sys.exit('bye')", "a"])).toEqual({
      status: 1,
      stdout: "['-c', 'a']\n",
      stderr: "bye\n",
    });
    expect(pyheap(["run", "--quiet", "-m", "json.tool"], '{"a":1}')).toEqual({
      status: 0,
      stdout: '{\n    "a": 1\n}\n',
      stderr: "",
    });
  });

  it.each(["pyheap", "malloc", "mimalloc"])("writes JSON whose parts add up, on %s", (allocator) => {
    const { status, stdout } = pyheap([
      "run",
      "--quiet",
      "--json",
      "-",
      "--allocator",
      allocator,
      "-c",
      "x = list(range(4 * 10**5))",
    ]);
    const report = JSON.parse(stdout) as JsonReport;
    const { live, platform, ...rest } = report.account;
    const sum = [...Object.values(live), ...Object.values(rest)].reduce((a, b) => a + b, 0);
    expect(status).toBe(0);
    expect(report).toMatchObject({ version: 1, allocator, exitCode: 0 });
    expect(sum).toBe(report.platformBytes);
    expect(platform).toBe(report.platformBytes);
    expect(report.startBytes).toBeGreaterThan(8_000_000);
    // The list and its numbers. mimalloc takes tens of megabytes at a time.
    const grown = allocator === "mimalloc" ? 0 : 1_000_000;
    expect(report.peakBytes).toBeGreaterThanOrEqual(report.startBytes + grown);
    expect(report.memoryBytes).toBeGreaterThan(report.peakBytes);
  });

  it("gives a program MemoryError at the limit, which it can catch", () => {
    const code =
      "try:\n x = [bytes(1000) for _ in range(10**6)]\nexcept MemoryError:\n print('caught')\nprint(sum(range(1000)))";
    const { status, stdout } = pyheap(["run", "--quiet", "--limit", "40MiB", "-c", code]);
    expect(stdout).toBe("caught\n499500\n");
    expect(status).toBe(0);
  });

  // Below the middle between soft and hard limit, which is 27 MiB here, a collection waits until the program has run
  // long enough for the collection's price (src/pressure/account.ts). Above the middle, a collection that gains as much
  // as here does not wait.
  it("collects past the soft limit, and reports what that gained", () => {
    const code = [
      "class Node:",
      "    def __init__(self): self.me, self.payload = self, bytearray(200_000)",
      "for _ in range(4000): Node()",
    ].join("\n");
    const args = ["--limit", "40MiB", "--soft-limit", "14MiB", "--json", "pressure.json", "-c", code];
    const { status, stderr } = pyheap(["run", ...args]);
    expect(status).toBe(0);
    expect(stderr).toMatch(/Against pressure.*\n(.*\n)*.*soft limit: collect +\d+ x +gained [\d.]+ MiB/);
    for (const line of stderr.split("\n")) expect(line.length).toBeLessThanOrEqual(80);
    const { measures, peakBytes } = JSON.parse(readFileSync(join(folder, "pressure.json"), "utf8")) as JsonReport;
    expect(new Set(measures.map(({ measure }) => measure))).toContain("collect");
    expect(peakBytes).toBeLessThan(34 * 2 ** 20);
  });

  it.each([
    ["4MiB", "pyheap: Python can't start within the limit of 4.0 MiB\n"],
    ["64", "pyheap: Python can't start within the limit of 64 B. A size without a unit is in bytes: --limit 64MiB\n"],
  ])("says so in one line if Python can't start within the limit: %s", (limit, line) => {
    const { status, stderr } = pyheap(["run", "--limit", limit, "-c", "1"]);
    expect([status, stderr]).toEqual([2, line]);
  });

  it.each(["while True: pass", "import time; time.sleep(600)", "input()"])(
    "makes Ctrl-C a KeyboardInterrupt, in %s",
    async (code) => {
      const child = launch(["run", "--quiet", "-c", `print('up', flush=True)\n${code}`], { cwd: folder });
      let stderr = "";
      child.stderr.on("data", (text) => {
        stderr += text;
      });
      // Presses again after a while, as a user would if Python could not handle the first press.
      const presses = [200, 5000].map((after) => () => setTimeout(() => child.kill("SIGINT"), after).unref());
      child.stdout.once("data", () => {
        for (const press of presses) press();
      });
      const status = await new Promise((done) => child.on("exit", done));
      expect(status).toBe(130);
      expect(stderr).toContain("KeyboardInterrupt");
    },
  );

  it("finds a script by its whole path, also from the root folder", () => {
    const script = join(folder, program("where.py", "import os; print(__file__, len(os.listdir('.')) > 0)"));
    const { stdout, stderr } = spawnSync(process.execPath, [MAIN, "run", "--quiet", script], {
      cwd: "/",
      encoding: "utf8",
    });
    expect(stderr).toBe("");
    expect(stdout).toBe(`${script} True\n`);
  });

  it.each([
    [["run", "nope.py"], "pyheap: Cannot run nope.py: no such file\n"],
    [["run"], /^pyheap: Cannot run: name a script/],
    [["run", "--limit", "much", "-c", "1"], /^pyheap: option '--limit <size>' argument 'much' is invalid/],
    [["run", "--allocator", "best", "-c", "1"], /Allowed choices are pyheap, malloc, mimalloc/],
    [
      ["run", "--allocator", "malloc", "--limit", "1M", "-c", "1"],
      /^pyheap: Cannot use --limit with --allocator malloc/,
    ],
    [["run", "--limit", "9M", "--soft-limit", "9M", "-c", "1"], /^pyheap: Cannot use a --soft-limit that is not below/],
    [["run", "--what", "-c", "1"], /^pyheap: unknown option '--what'/],
  ])("says in a line what is wrong with %j", async (args, message) => {
    const { status, stderr, stdout } = await inProcess(args, { cwd: folder });
    expect(status).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toMatch(message);
    expect(stderr.trim().split("\n").length).toBeLessThanOrEqual(2);
  });

  it("has help with examples", async () => {
    expect((await inProcess(["run", "--help"])).stdout).toContain("pyheap run --limit 64MiB app.py");
    expect(pyheap(["--help"])).toMatchObject({ status: 0, stdout: expect.stringContaining("run") });
  });

  it("says its version", async () => {
    for (const option of ["--version", "-V"]) {
      expect(await inProcess([option])).toEqual({ status: 0, stdout: `${PYHEAP_VERSION}\n`, stderr: "" });
    }
  });
});
