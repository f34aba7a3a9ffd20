// A recording whose process is killed lacks at most the last second, whatever the program was doing: once a second, all that was
// recorded is asked for, and is then written while the program goes on.

import { closeSync, existsSync, mkdtempSync, openSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, vi } from "vitest";
import { launch } from "../../test/child.js";
import { Tape } from "../../test/trace-data.js";
import { keepSafe } from "./run-in-thread.js";
import { DUE, makeShared, viewShared, WORD } from "./shared.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-killed-"));

/** Milliseconds: how long a test waits at most. A busy machine may take ten times as long as an idle one. */
const PATIENCE = 100_000;
/** The sizes of blocks that mark the program's steps. No other block of the program has such a size. */
const FIRST_SIZE = 4000;
const STEP_BYTES = 64;

/** The last step in a recording, and the recording's problem. */
async function lastStep(file: string): Promise<{ last: number; problem: string | undefined }> {
  const tape = new Tape();
  tape.write(readFileSync(file));
  let isProgram = false;
  let last = -1;
  const { problem } = await tape.read({
    program: () => {
      isProgram = true;
    },
    allocate: (_address, size) => {
      const step = Math.floor((size - FIRST_SIZE) / STEP_BYTES);
      if (isProgram && step < 1000) last = Math.max(last, step);
    },
  });
  return { last, problem };
}

const PROGRAM = `
import time
kept = []
def step(k):
    kept.append(bytes(${FIRST_SIZE} + ${STEP_BYTES} * k))
    print(k, flush=True)
for k in range(20): step(k)
`;

it("a recording is asked for once a second", () => {
  vi.useFakeTimers();
  const shared = viewShared(makeShared());
  const file = join(folder, "asked.trace");
  const fd = openSync(file, "w");
  const trace = { file, fd, sample: undefined, aggregate: false, withStart: false, types: false, dump: undefined };
  const end = keepSafe(shared, { trace, live: false, served: undefined }, undefined);
  const isDue = () => (Atomics.exchange(shared.words, WORD.due, 0) & DUE.flush) !== 0;
  expect(isDue()).toBe(false);
  for (let second = 1; second <= 3; second++) {
    vi.advanceTimersByTime(1000);
    expect(isDue()).toBe(true);
  }
  end();
  vi.advanceTimersByTime(3000);
  expect(isDue()).toBe(false);
  closeSync(fd);
});

it("a program that is killed has the sums of what it did before", async () => {
  const file = join(folder, "sums.trace");
  const child = launch(["run", "--aggregate", "--trace", file, "-c", `${PROGRAM}time.sleep(600)`]);
  let told = "";
  child.stdout.on("data", (text: Buffer) => {
    told += text;
  });
  const ended = new Promise((done) => child.on("close", done));
  await expect.poll(() => told.split("\n").length, { timeout: PATIENCE }).toBeGreaterThan(20);
  const analyse = () => {
    const tape = new Tape();
    tape.write(readFileSync(file));
    return tape.analyse();
  };
  const liveBytes = async () => (await analyse()).analysis.figures.liveBytes;
  await expect.poll(liveBytes, { timeout: PATIENCE, interval: 300 }).toBeGreaterThan(20 * FIRST_SIZE);
  child.kill("SIGKILL");
  await ended;
  const { analysis, summary } = await analyse();
  const sizes = new Set([...analysis.sizes].map(([size]) => size));
  for (let k = 0; k < 20; k++)
    expect([...sizes].some((size) => Math.abs(size - FIRST_SIZE - STEP_BYTES * k) < STEP_BYTES)).toBe(true);
  expect(analysis.figures.liveBytes).toBeGreaterThan(20 * FIRST_SIZE);
  expect(summary.problem).toMatch(/^The recording was not ended in order: the program was killed, or is still running/);
  expect(existsSync(`${file}.part`)).toBe(false);
});

it.each([
  ["allocates", "while True: k += 1; step(k); time.sleep(0.02)"],
  ["is busy, and allocates nothing", "while True: pass"],
  ["sleeps", "time.sleep(600)"],
  ["waits for input", "input()"],
])("a program that is killed while it %s has a recording of what it did before", async (_what, then) => {
  const file = join(folder, "killed.trace");
  const child = launch(["run", "--trace", file, "-c", PROGRAM + then]);
  let told = "";
  child.stdout.on("data", (text: Buffer) => {
    told += text;
  });
  const ended = new Promise((done) => child.on("close", done));
  const steps = () => told.split("\n").length - 1;
  await expect.poll(steps, { timeout: PATIENCE }).toBeGreaterThan(19);
  // The file has the last step that was told, while the program goes on.
  const due = steps() - 1;
  const recorded = async () => (await lastStep(file)).last;
  await expect.poll(recorded, { timeout: PATIENCE, interval: 300 }).toBeGreaterThanOrEqual(due);
  child.kill("SIGKILL");
  await ended;
  const { last, problem } = await lastStep(file);
  expect(last).toBeGreaterThanOrEqual(due);
  expect(problem).toMatch(/^The recording was not ended in order: the program was killed, or is still running/);
});
