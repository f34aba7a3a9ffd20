// Recordings of modules in C that are killed, or ended by a signal, while they compute and ask the heap for nothing.

import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { MAIN } from "../../test/command.js";
import { canCompile } from "../../test/needs.js";
import { Tape } from "../../test/trace-data.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-killed-c-"));

/** How many milliseconds at its end a recording may lose, plus the delay of a busy machine. */
const MOST_LOST = 1000 + 2500;

/** Allocates 20 blocks of 5,000 bytes. Then computes, or allocates and frees, without end. */
const PROGRAM = `
#include <Python.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
volatile unsigned long sink;
void *volatile kept[20];
int main(int argc, char **argv) {
  for (int k = 0; k < 20; k++) kept[k] = malloc(5000);
  printf("up\\n");
  fflush(stdout);
  if (!strcmp(argv[1], "end")) return 3;
  if (!strcmp(argv[1], "search")) {
    PyObject *list = PyList_New(2000);
    for (int k = 0; k < 2000; k++) PyList_SET_ITEM(list, k, PyLong_FromLong(k));
    PyObject *lacking = PyLong_FromLong(-7);
    kept[0] = malloc(5000);
    for (;;) sink += PySequence_Contains(list, lacking);
  }
  if (!strcmp(argv[1], "lack")) for (;;) if (!(kept[1] = malloc(10000))) return 4;
  if (!strcmp(argv[1], "allocate")) for (;;) { kept[0] = realloc(kept[0], 5000 + sink++ % 10); }
  for (;;) sink++;
}
`;

interface Ended {
  readonly status: number | null;
  readonly stderr: string;
}

/** Runs the program, and sends it a signal `after` milliseconds after its first output. */
async function run(signal: NodeJS.Signals, after: number, ...words: string[]): Promise<Ended> {
  const child = launch(["run", ...words], { cwd: folder });
  let stderr = "";
  child.stderr.on("data", (text: Buffer) => {
    stderr += text;
  });
  const ended = new Promise<number | null>((done) => child.on("close", done));
  await new Promise((up) => child.stdout.once("data", up));
  await new Promise((done) => setTimeout(done, after));
  child.kill(signal);
  return { status: await ended, stderr };
}

async function readFile(file: string) {
  const tape = new Tape();
  tape.write(readFileSync(join(folder, file)));
  const { analysis, summary } = await tape.analyse();
  return { live: analysis.figures.liveBytes, problem: summary.problem };
}

describe.runIf(canCompile)("a module in C", () => {
  beforeAll(() => {
    writeFileSync(join(folder, "busy.c"), PROGRAM);
    const { status, stderr } = spawnSync(process.execPath, [MAIN, "cc", "busy.c"], { cwd: folder, encoding: "utf8" });
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
  });

  it.each([
    ["computes", "compute", 100_000],
    ["only calls functions of the heap that do not allocate", "search", 135_000],
  ])("that is killed while it %s loses at most the last second of its recording", async (_, what, bytes) => {
    await run("SIGKILL", MOST_LOST, "--trace", "killed.trace", "busy.wasm", what);
    const { live, problem } = await readFile("killed.trace");
    expect(live).toBeGreaterThanOrEqual(bytes);
    expect(problem).toMatch(/^The recording was not ended in order: the program was killed, or is still running/);
  });

  it.each([
    ["SIGTERM", 143, "compute", []],
    ["SIGHUP", 129, "allocate", []],
    ["SIGINT", 130, "allocate", ["--aggregate"]],
  ] as const)(
    "that is ended by %s has the code %i, a report and a whole recording",
    async (signal, code, what, options) => {
      const { status, stderr } = await run(signal, 0, "--trace", "ended.trace", ...options, "busy.wasm", what);
      expect(status).toBe(code);
      expect(stderr).toMatch(/^\nMemory {2}busy\.wasm on pyheap\n/);
      const { live, problem } = await readFile("ended.trace");
      expect(problem).toBeUndefined();
      expect(live).toBeGreaterThanOrEqual(100_000);
    },
  );

  it("that is ended while nothing is recorded is reported", async () => {
    const { status, stderr } = await run("SIGTERM", 0, "busy.wasm", "allocate");
    expect(status).toBe(143);
    expect(stderr).toMatch(/^\nMemory {2}busy\.wasm on pyheap\n/);
  });

  it("that finds no memory leaves the dump that was asked for", async () => {
    const words = ["run", "--quiet", "--limit", "2MiB", "--dump-on-memory-error", "lack.trace", "busy.wasm", "lack"];
    const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...words], { cwd: folder, encoding: "utf8" });
    expect({ status, stdout }).toEqual({ status: 4, stdout: "up\n" });
    expect(stderr).toMatch(
      /^pyheap: no memory was left for 9\.8 KiB, at main \(busy\.wasm\); lack\.trace has what was live/,
    );
    expect((await readFile("lack.trace")).live).toBeGreaterThan(2 ** 20);
  });
});
