// A recording whose process is killed lacks at most the last second, whatever the program was doing.

import { existsSync, mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { launch } from "../../test/child.js";
import { Tape } from "../../test/trace-data.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-killed-"));

/** How many milliseconds at its end a recording may lose, plus the delay of a busy machine. */
const MOST_LOST = 1000 + 1500;
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

it("a program that is killed loses at most the last second of its sums", async () => {
  const file = join(folder, "sums.trace");
  const child = launch(["run", "--aggregate", "--trace", file, "-c", `${PROGRAM}time.sleep(600)`]);
  let told = "";
  child.stdout.on("data", (text: Buffer) => {
    told += text;
  });
  const ended = new Promise((done) => child.on("close", done));
  await expect.poll(() => told.split("\n").length, { timeout: 100_000 }).toBeGreaterThan(20);
  await new Promise((done) => setTimeout(done, MOST_LOST + 1000));
  child.kill("SIGKILL");
  await ended;
  const tape = new Tape();
  tape.write(readFileSync(file));
  const { analysis, summary } = await tape.analyse();
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
])("a program that is killed while it %s loses at most the last second of its recording", async (_what, then) => {
  const file = join(folder, "killed.trace");
  const child = launch(["run", "--trace", file, "-c", PROGRAM + then]);
  const told: { step: number; at: number }[] = [];
  let rest = "";
  child.stdout.on("data", (text: Buffer) => {
    const lines = (rest + text).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) told.push({ step: Number(line), at: performance.now() });
  });
  const ended = new Promise((done) => child.on("close", done));
  await expect.poll(() => told.length, { timeout: 100_000 }).toBeGreaterThan(19);
  await new Promise((done) => setTimeout(done, MOST_LOST + Math.random() * 2000));
  const killed = performance.now();
  child.kill("SIGKILL");
  await ended;
  const { last, problem } = await lastStep(file);
  const due = told.filter(({ at }) => at < killed - MOST_LOST).at(-1);
  expect(due?.step).toBeGreaterThanOrEqual(19);
  expect(last).toBeGreaterThanOrEqual(due?.step ?? 0);
  expect(problem).toMatch(/^The recording was not ended in order: the program was killed, or is still running/);
});
