// How programs end: each ends as under `python`, with the report and the recording that were asked for.

import { type ChildProcess, spawnSync } from "node:child_process";
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { MAIN } from "../../test/command.js";
import { sharedCommand } from "../../test/shared-command.js";
import { Tape } from "../../test/trace-data.js";
import type { JsonReport } from "../report/json.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-ends-"));

const pyheap = (...args: string[]) => sharedCommand(["run", ...args], { cwd: folder });

const reportIn = (file: string) => JSON.parse(readFileSync(join(folder, file), "utf8")) as JsonReport;
function readFile(file: string) {
  const tape = new Tape();
  tape.write(readFileSync(join(folder, file)));
  return tape.read({});
}

/** Starts a program, and waits until it says that it is running. */
async function start(code: string, ...options: string[]): Promise<{ process: ChildProcess; ended: Promise<Ended> }> {
  const env = { ...process.env, PYTHONUNBUFFERED: "" };
  const child = launch(["run", ...options, "-c", code], { cwd: folder, env });
  let [stdout, stderr] = ["", ""];
  child.stderr.on("data", (text) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((done) => child.on("close", (status) => done({ status, stdout, stderr })));
  await new Promise<void>((up) => {
    child.stdout.on("data", (text) => {
      stdout += text;
      up();
    });
  });
  return { process: child, ended };
}

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

describe("a program that ends", () => {
  it("of MemoryError, with all of its memory still in use, shows its traceback", async () => {
    writeFileSync(
      join(folder, "fill.py"),
      'rows = []\ndef fill():\n    while True:\n        rows.append({"id": len(rows), "name": "x" * 100})\nfill()\n',
    );
    const { status, stderr } = await pyheap("--limit", "16MiB", "--json", "fill.json", "fill.py");
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Traceback \(most recent call last\):\n {2}File ".*\/fill\.py", line 5, in <module>\n {4}fill\(\)\n.*\n {2}File ".*\/fill\.py", line 4, in fill\n(.*\n)*MemoryError\n\nMemory/,
    );
    const { peakBytes, exitCode } = reportIn("fill.json");
    expect(exitCode).toBe(1);
    expect(peakBytes).toBeGreaterThan(14 * 2 ** 20);
    expect(peakBytes).toBeLessThanOrEqual(16 * 2 ** 20);
  });

  it.runIf(existsSync("/dev/full"))("whose standard error is full has its own exit code", () => {
    const full = openSync("/dev/full", "w");
    const { status, stdout } = spawnSync(process.execPath, [MAIN, "run", "-c", "print(1); raise SystemExit(3)"], {
      stdio: ["ignore", "pipe", full],
      encoding: "utf8",
    });
    closeSync(full);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "1\n" });
  });

  it("whose standard error nobody reads any more has its own exit code", async () => {
    const child = launch(["run", "-c", "print(1); raise SystemExit(3)"]);
    child.stderr.destroy();
    expect(await new Promise((done) => child.on("close", done))).toBe(3);
  });

  it("by SystemExit of any kind calls what is to be called at its end, in Python's order", async () => {
    const code = [
      "import atexit, sys",
      "class Last:",
      "    def __del__(self, exit=sys.exit): print('freed', flush=True); exit(4)",
      "last = Last()",
      "atexit.register(print, 'at exit', flush=True)",
      "atexit.register(lambda: 1 / 0)",
      "sys.exit(2**70 + 5)",
    ].join("\n");
    const { status, stdout, stderr } = await pyheap("--quiet", "-c", code);
    expect({ status, stdout }).toEqual({ status: 255, stdout: "at exit\nfreed\n" });
    expect(stderr).toMatch(/^Exception ignored in atexit callback <function <lambda> .*\n(.*\n)+ZeroDivisionError/);
    expect(stderr).toMatch(/Exception ignored .*Last\.__del__.*\n(.*\n)+SystemExit: 4\n$/);
  });

  it("finalizes its globals, also one in a cycle and a generator that has not ended, while its functions can still print", async () => {
    const code = [
      "import gc, weakref",
      "class Ring:",
      "    def __del__(self): print('ring', flush=True)",
      "def lines():",
      "    try: yield 1",
      "    finally: print('generator', flush=True)",
      "ring = Ring(); ring.me = ring",
      "started = lines(); next(started)",
      "weakref.finalize(ring, print, 'at exit', flush=True)",
      "gc.disable()",
    ].join("\n");
    const { status, stdout, stderr } = await pyheap("--quiet", "-c", code);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout.split("\n").sort()).toEqual(["", "at exit", "generator", "ring"]);
  });

  it("is measured even if an object that equals everything removes pyheap's function from atexit again and again", async () => {
    const code = [
      "import atexit",
      "class Equal:",
      "    def __eq__(self, other):",
      "        for _ in range(200): str(_)",
      "        return True",
      "for _ in range(3): atexit.unregister(Equal())",
      "list(map(atexit.unregister, [Equal(), Equal()]))",
      "atexit._clear(); atexit._clear()",
      "atexit.register(print, 'at exit', flush=True)",
      "kept = bytearray(5_000_000)",
      "raise SystemExit(4)",
    ].join("\n");
    const { status, stdout, stderr } = await pyheap("--quiet", "--json", "equal.json", "-c", code);
    expect({ status, stdout, stderr }).toEqual({ status: 4, stdout: "at exit\n", stderr: "" });
    expect(reportIn("equal.json").account.live.mem).toBeGreaterThan(5_000_000);
  });

  it("whose traceback can't be shown gets the reason first, and then the traceback from CPython", async () => {
    const { status, stderr } = await pyheap(
      "--quiet",
      "-c",
      "import sys\nsys.excepthook = lambda *a: 1 / 0\nraise ValueError",
    );
    expect(status).toBe(1);
    expect(stderr).toMatch(
      /^Error in sys\.excepthook:\n(.*\n)+ZeroDivisionError.*\n\nOriginal exception was:\n(.*\n)+ValueError\n$/,
    );
  });

  it("by os._exit is reported, and its recording is whole", async () => {
    const code = "import atexit, os\natexit.register(print, 'never')\nkept = bytearray(5_000_000)\nos._exit(3)";
    const { status, stdout, stderr } = await pyheap("--trace", "exit.trace", "--json", "exit.json", "-c", code);
    expect({ status, stdout }).toEqual({ status: 3, stdout: "" });
    expect(stderr).toMatch(/^\nMemory {2}Python on pyheap\n/);
    expect(reportIn("exit.json").account.live.mem).toBeGreaterThan(5_000_000);
    expect((await readFile("exit.trace")).problem).toBeUndefined();
  });

  it("by os.abort has the exit code of abort(), 134, and a report", async () => {
    const { status, stderr } = await pyheap("-c", "import os; os.abort()");
    expect(status).toBe(134);
    expect(stderr).toMatch(/^Aborted\(\)\n\nMemory/);
  });

  it("with output that can't be written has the exit code 120", () => {
    const command = `"${process.execPath}" "${MAIN}" run --quiet -c "print(1)" >/dev/full; echo "status $?" >&2`;
    const env = { ...process.env, PYTHONUNBUFFERED: "" };
    const { stderr } = spawnSync("sh", ["-c", command], { cwd: folder, env, encoding: "utf8" });
    expect(stderr).toMatch(/^Exception ignored .*\nOSError: \[Errno \d+\] No space left on device\nstatus 120\n$/);
  });

  it("of a report that can't be written has the exit code 2 and one line", async () => {
    await pyheap("--quiet", "--trace", "said.trace", "-c", "pass");
    const said = "pyheap: Cannot write to standard output: no space is left on the device\nstatus 2\n";
    for (const words of [
      ...["report table said.trace", "report export json -o - said.trace"],
      ...["report stats --json said.trace", "--help"],
    ]) {
      const command = `"${process.execPath}" "${MAIN}" ${words} >/dev/full; echo "status $?" >&2`;
      const { stderr } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
      expect(stderr, words).toBe(said);
    }
  });

  it("that has taken every file descriptor is checked and reported too", () => {
    const code = "import os\ntry:\n    while True: os.open('.', 0)\nexcept OSError as error: print(error.strerror)";
    const options = "--json taken.json --fail-over-peak 100MiB --trace taken.trace";
    const command = `ulimit -n 100; exec "${process.execPath}" "${MAIN}" run --quiet ${options} -c "${code}"`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
    expect({ status, stdout, stderr }).toEqual({ status: 0, stdout: "No file descriptors available\n", stderr: "" });
    expect(reportIn("taken.json").exitCode).toBe(0);
  });
});

describe("a recording that finds no space", () => {
  it("on a full device ends with one line, and the program does not begin", async () => {
    const { status, stdout, stderr } = await pyheap("--trace", "/dev/full", "-c", "print(1)");
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
    expect(stderr).toBe("pyheap: Cannot write /dev/full: no space is left on the device. Nothing was recorded\n");
  });

  it("in the middle ends there, with what was recorded; the program goes on", async () => {
    // The shell's limit for the size of a file takes the place of a full disk.
    const program = "kept = [str(k) * 3 for k in range(200_000)]; print(len(kept))";
    const command = `trap "" XFSZ; ulimit -f 96; exec "${process.execPath}" "${MAIN}" run --quiet --trace full.trace -c "${program}"`;
    const { status, stdout, stderr } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 0, stdout: "200000\n" });
    expect(stderr).toBe(
      "pyheap: Cannot write full.trace: files of this size are not allowed. The file ends with what was recorded before\n",
    );
    expect((await readFile("full.trace")).problem).toMatch(/not ended in order/);
  });
});

describe("a program without standard error", () => {
  it("ends as a program with standard error does", () => {
    const command = `"${process.execPath}" "${MAIN}" run -c "import sys; print(1); sys.exit(5)" 2>&-`;
    const { status, stdout } = spawnSync("sh", ["-c", command], { cwd: folder, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 5, stdout: "1\n" });
  });
});

describe("a signal", () => {
  const loop =
    "import atexit, time\natexit.register(print, 'never')\nprint('up', flush=True)\nkept = bytes(4_000_000)\n";

  it.each([
    ["SIGTERM", 143, `${loop}while True: pass`],
    ["SIGHUP", 129, `${loop}time.sleep(600)`],
  ] as const)(
    "%s ends a program that does not handle it: %i, with its report and a recording that is whole",
    async (signal, code, text) => {
      const { process: child, ended } = await start(text, "--trace", "ended.trace");
      setTimeout(() => child.kill(signal), 1500);
      const { status, stdout, stderr } = await ended;
      expect({ status, stdout }).toEqual({ status: code, stdout: "up\n" });
      expect(stderr).toMatch(/^\nMemory {2}Python on pyheap\n/);
      const { problem, end } = await readFile("ended.trace");
      expect(problem).toBeUndefined();
      expect(end?.duration).toBeGreaterThan(1_000_000);
    },
  );

  it("is handled by the program: a sleep goes on after it, or ends by what the handler raises", async () => {
    const code = [
      "import os, signal, sys, time",
      "times = []",
      "def handle(number, frame):",
      "    times.append(number)",
      "    os.write(1, b'%d\\n' % number)",
      "    if len(times) == 2: sys.exit(9)",
      "signal.signal(signal.SIGTERM, handle)",
      // `print` in a signal handler could interrupt another `print`, in `python` as well; so os.write is used.
      "os.write(1, b'up\\n')",
      "time.sleep(600)",
    ].join("\n");
    const { process: child, ended } = await start(code, "--quiet");
    child.stdout?.once("data", () => child.kill("SIGTERM"));
    child.kill("SIGTERM");
    expect(await ended).toEqual({ status: 9, stdout: "up\n15\n15\n", stderr: "" });
  });

  it("that is handled waits for the end of a long call in C, and does not end the program meanwhile", async () => {
    const code = [
      "import signal, sys",
      "def end(*_):",
      // The last of the three signals may come when the exit is under way already.
      "    signal.signal(signal.SIGTERM, signal.SIG_IGN)",
      "    sys.exit(9)",
      "signal.signal(signal.SIGTERM, end)",
      "def times(n):",
      "    for _ in range(n): pass",
      "times(10**5)",
      "print('up', flush=True)",
      "sorted(range(10**6), key=str)",
      "while True: pass",
    ].join("\n");
    const { process: child, ended } = await start(code, "--quiet");
    for (let k = 0; k < 3; k++) child.kill("SIGTERM");
    expect(await ended).toEqual({ status: 9, stdout: "up\n", stderr: "" });
  });
});
