// The snapshots of a run: when memory runs out, numbered ones again and again, and never in the middle of a collection.

import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import colors from "picocolors";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { sharedCommand } from "../../test/shared-command.js";
import { findDominators } from "../snapshot/dominators.js";
import { FLAG, type ObjectGraph } from "../snapshot/graph.js";
import { Paths } from "../snapshot/paths.js";
import { readHeapSnapshot } from "../snapshot/reader.js";
import { LiveProgram } from "./live.js";
import { drawLive } from "./live-terminal.js";
import { numberedFile } from "./run-snapshots.js";
import { DUE, makeShared, viewShared, WORD } from "./shared.js";

const PATIENCE = 120_000;
const folder = mkdtempSync(join(tmpdir(), "pyheap-run-snapshots-"));
const pyheap = (...args: string[]) => sharedCommand(["run", "--quiet", ...args], { cwd: folder });
const read = (file: string) => readHeapSnapshot([readFileSync(join(folder, file))]);
const ofType = ({ types, strings, nodeCount }: ObjectGraph, name: string): number[] =>
  Array.from({ length: nodeCount }, (_, node) => node).filter((node) => strings[types[node] as number] === name);
const snapshots = () => readdirSync(folder).filter((name) => name.includes(".heapsnapshot"));

describe("snapshots of a run", { timeout: PATIENCE }, () => {
  it("--snapshot-on memory-error: the moment when memory runs out, with the stack; nothing if it does not", async () => {
    const program = `class Row:
    def __init__(self): self.data = bytearray(20_000)
def load():
    kept = []
    while True: kept.append(Row())
try:
    load()
except MemoryError:
    print("caught")
`;
    writeFileSync(join(folder, "oom.py"), program);
    const options = ["--snapshot", "oom.heapsnapshot", "--snapshot-on", "memory-error"];
    const { status, stdout, stderr } = await pyheap("--limit", "40MiB", "--trace", "oom.trace", ...options, "oom.py");
    expect([status, stdout]).toEqual([0, "caught\n"]);
    expect(stderr).toMatch(
      /^pyheap: no memory was left for [\d.]+ KiB, at .*oom\.py:2 in Row\.__init__; oom\.heapsnapshot has/,
    );
    const graph = read("oom.heapsnapshot");
    const rows = ofType(graph, "__main__.Row");
    expect(rows.length).toBeGreaterThan(500);
    const paths = new Paths(graph);
    expect(paths.text(paths.to(rows[7] as number) ?? [])).toMatch(/^thread 1: load \(.*oom\.py:5\).kept\[\d+\]$/);
    expect(findDominators(graph).retained[0]).toBeGreaterThan(20e6);
    // The snapshot has the stacks of its objects, from the recording. The recording then goes on, and has every event once.
    expect(/"trace_tree":\[1,[\d,]*\[2/.test(readFileSync(join(folder, "oom.heapsnapshot"), "latin1"))).toBe(true);
    const stats = await sharedCommand(["report", "stats", "--json", "oom.trace"], { cwd: folder });
    expect([stats.status, stats.stderr]).toEqual([0, ""]);
    expect(
      (await pyheap("--snapshot", "none.heapsnapshot", "--snapshot-on", "memory-error", "-c", "pass")).stderr,
    ).toBe("");
    expect(snapshots()).toEqual(["oom.heapsnapshot"]);
  });

  it("--snapshot-every: numbered files while the program computes or sleeps, but not in a collection; the newest stay", async () => {
    const program = `import gc, os, time
class Job: pass
jobs = [Job() for _ in range(500)]
def files(): return {name for name in os.listdir(".") if name.startswith("app.") and not name.endswith(".part")}
class Slow:
    def __init__(self): self.me = self
    def __del__(self):
        before = files(); until = time.monotonic() + 0.7
        while time.monotonic() < until: pass
        print("in a collection", "nothing" if files() == before else "something")
def waits(condition):
    until = time.monotonic() + 60
    while not condition() and time.monotonic() < until: time.sleep(0.05)
waits(lambda: "app.1.heapsnapshot" in files())
Slow(); gc.collect()
while "app.3.heapsnapshot" not in files(): pass
waits(lambda: "app.5.heapsnapshot" in files())
print("slept", len(files()) <= 5)
`;
    writeFileSync(join(folder, "every.py"), program);
    const options = ["--snapshot", "app.heapsnapshot", "--snapshot-every", "100ms", "--snapshot-keep", "3"];
    const { status, stdout, stderr } = await pyheap(...options, "every.py");
    expect([status, stdout, stderr]).toEqual([0, "in a collection nothing\nslept True\n", ""]);
    const written = snapshots().filter((name) => name.startsWith("app."));
    const numbers = written.map((name) => Number(/\.(\d+)\./.exec(name)?.[1] ?? 0)).sort((a, b) => a - b);
    expect(numbers.length).toBe(4);
    expect(numbers[0]).toBe(0);
    expect((numbers[3] as number) - (numbers[1] as number)).toBe(2);
    for (const file of written) expect(ofType(read(file), "__main__.Job").length, file).toBe(500);
  });

  it("the file of the end has its name while the live page still waits for its user", async () => {
    const options = ["--live", "--port", "0", "--snapshot", "live.heapsnapshot"];
    const child = launch(["run", "--quiet", ...options, "-c", "kept = [object()]"], { cwd: folder });
    let said = "";
    await new Promise<void>((done) => {
      child.stderr.on("data", (text) => {
        said += text;
        if (said.includes("the program has ended")) done();
      });
      child.on("exit", () => done());
    });
    expect(child.exitCode, said).toBe(null);
    expect(snapshots().filter((name) => name.startsWith("live"))).toEqual(["live.heapsnapshot"]);
    child.kill("SIGINT");
  });

  it("refuses options that do not fit together, and to replace a file of another kind", async () => {
    writeFileSync(join(folder, "notes.txt"), "notes");
    for (const [args, problem] of [
      [["--snapshot-on", "memory-error"], "Cannot use --snapshot-on without --snapshot"],
      [["--snapshot-every", "1s"], "Cannot use --snapshot-every without --snapshot"],
      [["--snapshot", "a.heapsnapshot", "--snapshot-every", "soon"], "A time is like 30s, 500ms, 5m, 1h."],
      [["--snapshot", "a.heapsnapshot", "--snapshot-every", "1ms"], "It must be from 100ms to 24h."],
      [["--snapshot", "a.heapsnapshot", "--snapshot-keep", "3"], "Cannot use --snapshot-keep without --snapshot-every"],
      [["--snapshot", "notes.txt", "--snapshot-on", "memory-error"], "Cannot write notes.txt: it is there already"],
      [["--snapshot="], "Cannot write a file without a name"],
      [["--snapshot", "-"], "Cannot write -: - stands for standard output, which is not for this"],
      [["--trace", "-"], "Cannot write -: - stands for standard output, which is not for this"],
      [["--snapshot", "a.heapsnapshot.gz"], "Cannot write a.heapsnapshot.gz: a snapshot is written as it is"],
    ] as const) {
      const { status, stderr } = await pyheap(...args, "-c", "pass");
      expect([status, stderr], args.join(" ")).toEqual([2, expect.stringContaining(problem)]);
    }
    expect(readdirSync(folder).filter((name) => name.endsWith(".part") || name === "-")).toEqual([]);
  });

  it.runIf(existsSync("/dev/full"))(
    "that can't be written gives the exit code 2, unless the program's own code says more",
    async () => {
      const problem = "pyheap: Cannot write /dev/full: no space is left on the device\n";
      for (const [code, right] of [
        ["print(1)", 2],
        ["raise SystemExit(7)", 7],
      ] as const) {
        const { status, stderr } = await pyheap("--snapshot", "/dev/full", "-c", code);
        expect([status, stderr]).toEqual([right, problem]);
      }
    },
  );

  it("of a program without garbage has none, and of one with garbage only the program's", async () => {
    for (const [code, types] of [
      ["pass", []],
      [
        "import gc; gc.disable(); class Knot: pass; knot = Knot(); knot.itself = knot; del knot".replaceAll("; ", "\n"),
        ["__main__.Knot"],
      ],
    ] as const) {
      expect((await pyheap("--snapshot", "garbage.heapsnapshot", "-c", code)).status).toBe(0);
      const { flags, types: numbers, strings } = read("garbage.heapsnapshot");
      const garbage = [...flags.keys()].filter((node) => ((flags[node] as number) & FLAG.garbage) !== 0);
      expect(garbage.map((node) => strings[numbers[node] as number])).toEqual(types);
    }
  });

  it("whose folder is gone at the end is an error", async () => {
    const code = "import os; os.makedirs('gone', exist_ok=True); os.rename('gone', 'moved')";
    mkdirSync(join(folder, "gone"));
    const { status, stderr } = await pyheap("--snapshot", "gone/app.heapsnapshot", "-c", code);
    expect([status, stderr]).toEqual([2, expect.stringMatching(/^pyheap: Cannot write gone\/app\.heapsnapshot: /)]);
  });
});

it("a snapshot's numbered file has its number before the ending", () => {
  expect(numberedFile("app.heapsnapshot", 3)).toBe("app.3.heapsnapshot");
  expect(numberedFile("/out/my.app.heapsnapshot", 12)).toBe("/out/my.app.12.heapsnapshot");
  expect(numberedFile("out/plain", 1)).toBe("out/plain.1");
});

it("Ctrl-\\ in the terminal view asks for a snapshot, and the view names the file", () => {
  const shared = viewShared(makeShared());
  const program = new LiveProgram(["app.py"]);
  const terminal = { isTTY: true, columns: 80, rows: 24 } as unknown as NodeJS.WriteStream;
  const drawing = drawLive(program, colors.createColors(false), shared, terminal);
  process.emit("SIGQUIT");
  expect(Atomics.load(shared.words, WORD.due)).toBe(DUE.snapshot);
  drawing.end();
});
