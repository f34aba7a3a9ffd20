// `pyheap run` keeps an image of the interpreter: what a program sees is the same with it and without, and no file in the cache can do harm.

import { execFile } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MAIN, type Said } from "../../test/command.js";
import { sharedCommand } from "../../test/shared-command.js";
import { PythonImage } from "../hosts/python/pyodide.js";
import { groupBy } from "../report/trace-groups.js";
import { type Analysis, analyse } from "../trace/analysis.js";
import { keepImage, startEnvironment } from "./start-image.js";

/** Everything of the interpreter's start that a program can look at. */
const LOOK = `
names = sorted(globals())
import os, sys, time, gc, site, __main__
print(sys.argv, sys.orig_argv, sys.path, sys.executable, sys.flags)
print(names, __name__, globals().get("__file__"), __spec__ and __spec__.name)
print(sorted(os.environ.items()), os.getcwd(), time.tzname, time.timezone, time.daylight)
print(sys.stdin.isatty(), sys.stdout.line_buffering, sys.stdout.encoding, sys.warnoptions, sys.gettrace(), sys.getrecursionlimit())
print(gc.get_threshold(), gc.isenabled(), sys.excepthook.__name__, sys.getswitchinterval(), sys.getrefcount(sys) < 300)
`;

// Each test starts interpreters, on a machine that may be busy.
describe("the image that is kept", { timeout: 600_000 }, () => {
  let folder: string;
  let cache: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), "pyheap-image-"));
    cache = join(folder, "cache");
    writeFileSync(join(folder, "look.py"), LOOK);
  });
  afterAll(() => rmSync(folder, { recursive: true }));

  const commandOf = (words: readonly string[]) =>
    words[0] === "image" ? words : ["run", "--quiet", "--no-packages", ...words];

  /** The environment without what would change Python's start. */
  function environment(): NodeJS.ProcessEnv {
    const names = Object.keys(process.env).filter((name) => name.startsWith("PYTHON"));
    return { ...Object.fromEntries(names.map((name) => [name, undefined])), PYHEAP_CACHE: cache };
  }

  const run = (words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Said> =>
    sharedCommand(commandOf(words), { cwd: folder, env: { ...environment(), ...more } });

  /** Runs the command in a process of its own, beside others. */
  function runAlone(words: readonly string[], more: NodeJS.ProcessEnv = {}): Promise<Said> {
    const env = { ...process.env, ...environment(), ...more };
    return new Promise((resolve) => {
      const args = [MAIN, ...commandOf(words)];
      const { stdin } = execFile(process.execPath, args, { cwd: folder, env }, (error, stdout, stderr) =>
        resolve({ stdout, stderr, status: error ? Number(error.code) : 0 }),
      );
      stdin?.end();
    });
  }

  const images = () => readdirSync(join(cache, "images"));
  const path = () => join(cache, "images", images()[0] as string);

  it("is made once, by two processes at once, for this user alone", async () => {
    const ended = await Promise.all([1, 2].map((n) => runAlone(["-c", `print(${n})`])));
    expect(ended).toEqual([1, 2].map((n) => ({ stdout: `${n}\n`, stderr: "", status: 0 })));
    expect(images()).toEqual([expect.stringMatching(/^python-[0-9a-f]{32}\.pyimage$/)]);
    expect(statSync(path()).mode & 0o077).toBe(0);
    const { ino } = statSync(path());
    expect(await run(["-c", "print(3)"])).toMatchObject({ stdout: "3\n", stderr: "" });
    expect(statSync(path()).ino).toBe(ino);
  });

  it.each([
    ["code", ["-c", LOOK, "a", "é"]],
    ["a file", ["./look.py", "--x"]],
    ["a module", ["-m", "look", "b c"]],
  ])("shows %s the same as a cold start", async (_, words) => {
    const given = { TZ: "Asia/Kolkata", SECRET: "in no file" };
    const [warm, cold] = [await runAlone(words, given), await runAlone(["--no-cache", ...words], given)];
    expect(warm).toEqual(cold);
    expect(cold.stdout).toContain("Asia");
    for (const name of images()) expect(readFileSync(join(cache, "images", name)).includes("in no file")).toBe(false);
  });

  it("runs a program as a cold start does, to its end", async () => {
    const code = `
import asyncio, atexit, pyheap, sys, tracemalloc
tracemalloc.start()
tracemalloc.stop()
async def later():
    await asyncio.sleep(0.01)
    return pyheap.limit
pyheap.check()
atexit.register(print, "bye")
print(asyncio.run(later()), sys.stdin.read(), pyheap.stats()["account"]["live"]["raw"] > 0)
def fail():
    return 1 / 0
fail()`;
    const words = ["--limit", "64MiB", "-c", code];
    const [warm, cold] = [await run(words), await run(["--no-cache", ...words])];
    expect(warm).toEqual(cold);
    expect(cold.stdout).toBe(`${64 * 2 ** 20}  True\nbye\n`);
    expect(cold.stderr).toContain("ZeroDivisionError");
  });

  it("is what recordings begin from: the program's part is as after a cold start, but for blocks that CPython reuses", async () => {
    // Garbage of the start is collected first: a cold start leaves some, and the image was made after a collection.
    const code = `
import gc, json
gc.collect()
def load(n):
    return bytes(n)
def work(n):
    load(2_000_000)
    return [load(10_000 + k) for k in range(n)], {k: (k, float(k)) for k in range(n)}
kept = work(500)
text = json.dumps([{"n": k} for k in range(500)])`;
    const [warm, cold] = [await recorded("warm", code), await recorded("cold", code, "--no-cache")];
    const figures = ({ figures: f, start }: Analysis) => ({
      ...{ allocations: f.allocations, frees: f.frees, allocated: f.allocatedBytes },
      ...{ peak: f.peakBytes, end: f.liveBytes, blocks: f.liveBlocks },
      ...{ startBytes: start.end.bytes, startBlocks: start.end.count },
    });
    const [mine, theirs] = [figures(warm), figures(cold)];
    // CPython keeps at most 100 floats and 80 lists and dicts for reuse.
    for (const name of ["allocations", "frees", "blocks"] as const)
      expect(Math.abs(mine[name] - theirs[name]), name).toBeLessThan(400);
    for (const name of ["allocated", "peak", "end"] as const)
      expect(Math.abs(mine[name] - theirs[name]), name).toBeLessThan(40_000);
    for (const name of ["startBytes", "startBlocks"] as const)
      expect(Math.abs(mine[name] / theirs[name] - 1), name).toBeLessThan(0.002);
    // By line: the same lines allocate. The line that makes bytes objects, for which there is no list for reuse, has equal figures.
    const lines = (analysis: Analysis) =>
      groupBy(analysis, "allocated", "line").filter(({ label }) => label.includes("<string>"));
    expect(lines(warm).map(({ label }) => label)).toEqual(lines(cold).map(({ label }) => label));
    const [first] = lines(warm);
    expect(first?.own).toEqual(lines(cold)[0]?.own);
    expect(first?.own.count).toBeGreaterThanOrEqual(501);
  });

  async function recorded(name: string, code: string, ...options: string[]): Promise<Analysis> {
    const file = join(folder, `${name}.trace`);
    const ended = await run([...options, "--trace", file, "-c", code]);
    expect(ended).toEqual({ stdout: "", stderr: "", status: 0 });
    const { analysis, summary } = await analyse([readFileSync(file)], file);
    expect(summary.problem).toBeUndefined();
    return analysis;
  }

  it("is made anew if its file is broken, with one line about it", async () => {
    const file = path();
    const broken = changed(readFileSync(file), 5_000_000);
    for (const bytes of [new Uint8Array(0), broken])
      await expect(PythonImage.from(bytes)).rejects.toThrow("Cannot load");
    writeFileSync(file, broken);
    const first = await run(["-c", "print(4)"]);
    expect(first.stdout).toBe("4\n");
    expect(first.stderr).toMatch(
      /^pyheap: the image of Python that was kept is made anew: \S+\.pyimage: Cannot load [^\n]+\n$/,
    );
    expect(await run(["-c", "print(5)"])).toEqual({ stdout: "5\n", stderr: "", status: 0 });
  });

  it("gives different random numbers each time", async () => {
    const code = "import random, tempfile; print(random.random(), next(tempfile._get_candidate_names()))";
    const [one, other] = [await run(["-c", code]), await run(["-c", code])];
    expect(one.stdout).not.toBe(other.stdout);
  });

  it("can be made by the user, shown, and started from; what it defines is the program's", async () => {
    writeFileSync(join(folder, "before.py"), "import json, look as looked\nnumbers = [n for n in range(1000)]\n");
    const made = await run(["image", "create", "app.pyimage", "--import", "csv, re", "before.py"]);
    expect(made).toMatchObject({ status: 0, stderr: expect.stringMatching(/^pyheap: app\.pyimage: [\d.]+ MiB\n$/) });
    const info = await run(["image", "info", "--json", "app.pyimage"]);
    expect(JSON.parse(info.stdout)).toMatchObject({
      python: expect.stringMatching(/^3\.14/),
      live: expect.any(Number),
    });
    const code =
      "import sys; print(len(numbers), json.dumps([1]), {'csv', 're', 'look'} <= set(sys.modules), sys.argv)";
    expect(await run(["--image", "app.pyimage", "-c", code, "x"])).toEqual({
      stdout: "1000 [1] True ['-c', 'x']\n",
      stderr: "",
      status: 0,
    });
  });

  it("can be made of code that calls asyncio.run, and programs from it have a loop of their own", async () => {
    const source = `
import asyncio
async def later(n):
    await asyncio.sleep(0.001)
    return n
async def both():
    async with asyncio.TaskGroup() as group:
        tasks = [group.create_task(later(n)) for n in (1, 2)]
    return sum(task.result() for task in tasks)
total = asyncio.run(both())
with asyncio.Runner() as runner:
    again = runner.run(both())`;
    const made = await run(["image", "create", "loop.pyimage", "-c", source]);
    expect(made).toMatchObject({ status: 0 });
    const program = "print(total, again, asyncio.run(both()))";
    const ended = await run(["--image", "loop.pyimage", "-c", program]);
    expect(ended).toEqual({ stdout: "3 3 3\n", stderr: "", status: 0 });
  });

  it("is checked by debug hooks: faults in what the program allocates are found", async () => {
    const code = "import _testcapi\nx = [[n] for n in range(1000)]\ndel x\n_testcapi.pymem_buffer_overflow()";
    const ended = await run(["--image", "app.pyimage", "--debug-hooks", "-c", code]);
    expect(ended).toMatchObject({ stdout: "", status: 134 });
    expect(ended.stderr).toMatch(/^pyheap: Buffer overflow: .*\n.*domain mem.*\n {2}allocated at <string>:4/);
  });

  it("can't be made of code that fails, or started from if it is broken, unless a cold start will do", async () => {
    const failed = await run(["image", "create", "none.pyimage", "-c", "1/0"]);
    expect(failed).toMatchObject({ status: 1, stderr: expect.stringContaining("ZeroDivisionError") });
    const missing = await run(["image", "create", "none.pyimage", "--import", "json,nothing_of_this_name"]);
    const lacks = "pyheap: Cannot import nothing_of_this_name: No module named 'nothing_of_this_name'\n";
    expect(missing).toMatchObject({ status: 1, stderr: lacks });
    writeFileSync(join(folder, "broken.pyimage"), "PYHEAPPY and no more");
    const words = ["--image", "broken.pyimage", "-c", "print(8)"];
    const why = /^pyheap: .*broken\.pyimage: Cannot load the heap image: it ends after 20 bytes, in the header\n$/;
    expect(await run(words)).toEqual({ stdout: "", stderr: expect.stringMatching(why), status: 2 });
    expect(await run(["--or-cold", ...words])).toMatchObject({ stdout: "8\n", status: 0 });
  });

  it("is not started from if somebody else made it, unless its SHA-256 is named", async () => {
    const words = ["--image", "app.pyimage", "-c", "print(len(numbers))"];
    const elsewhere = { PYHEAP_CACHE: join(folder, "of-another-user") };
    const { sha256 } = JSON.parse((await run(["image", "info", "--json", "app.pyimage"])).stdout) as { sha256: string };
    const why = `app.pyimage: Cannot load the heap image: you did not make it, and an image is code. If you trust who made it: --trust ${sha256}\n`;
    expect(await run(words, elsewhere)).toEqual({ stdout: "", stderr: `pyheap: ${why}`, status: 2 });
    expect(await run(["--trust", sha256, ...words], elsewhere)).toEqual({ stdout: "1000\n", stderr: "", status: 0 });
    const other = await run(["--trust", "0".repeat(64), ...words]);
    expect(other).toMatchObject({
      stdout: "",
      status: 2,
      stderr: expect.stringContaining("--trust names another one"),
    });
  });

  it("can be made of another Pyodide, and is refused by this one, unless a cold start will do", async () => {
    const pyodide = dirname(fileURLToPath(import.meta.resolve("pyodide-0.29/package.json")));
    const made = await run(["image", "create", "--pyodide", pyodide, "older.pyimage", "-c", "table = [7]"]);
    expect(made).toMatchObject({ status: 0 });
    const code = "import sys; print(sys.version_info[1], globals().get('table'))";
    const words = ["--image", "older.pyimage", "-c", code];
    expect(await run(["--pyodide", pyodide, ...words])).toEqual({ stdout: "13 [7]\n", stderr: "", status: 0 });
    const why =
      /older\.pyimage: Cannot load the heap image: it is of Pyodide 0\.29\.\d+ \(CPython 3\.13\.\d+\), and this is CPython 3\.14\.\d+\n$/;
    expect(await run(words)).toEqual({ stdout: "", stderr: expect.stringMatching(why), status: 2 });
    const cold = await run(["--or-cold", ...words]);
    expect(cold).toEqual({ stdout: "14 None\n", stderr: expect.stringMatching(why), status: 0 });
    expect(cold.stderr).toMatch(/^pyheap: Python starts without the image: /);
  });

  it("is not kept where nothing can be written, and the program runs", async () => {
    const file = join(folder, "a-file");
    writeFileSync(file, "");
    expect(await run(["-c", "print(6)"], { PYHEAP_CACHE: file })).toEqual({ stdout: "6\n", stderr: "", status: 0 });
  });

  it("is one of a few: the image that was not used for the longest time is removed", () => {
    const few = join(folder, "few");
    mkdirSync(few);
    for (const [k, name] of ["a", "b", "c", "d", "e", "f", "g"].entries()) {
      const old = join(few, `python-${name}.pyimage`);
      writeFileSync(old, "");
      utimesSync(old, 1000 + k, 1000 + k);
    }
    keepImage(join(few, "python-new.pyimage"), new Uint8Array(1));
    expect(readdirSync(few).sort()).toEqual(["c", "d", "e", "f", "g", "new"].map((name) => `python-${name}.pyimage`));
  });
});

function changed(bytes: Uint8Array, at: number): Uint8Array {
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  return bytes;
}

describe("an environment", () => {
  it("is what an image is made with, unless it asks for more than an image can show", () => {
    expect(startEnvironment({ HOME: "/x", LANG: "C", PYTHONUTF8: "1", PYTHONSTARTUP: "s" })).toEqual({
      LANG: "C",
      PYTHONUTF8: "1",
    });
    for (const name of ["PYTHONHASHSEED", "PYTHONPATH", "PYTHONTRACEMALLOC", "PYTHONDEVMODE"]) {
      expect(startEnvironment({ [name]: "1" })).toBeUndefined();
      expect(startEnvironment({ [name]: "" })).toEqual({});
    }
  });
});
