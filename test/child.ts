// Programs that a test starts and does not wait for. Whatever becomes of the test, none of them outlives its file.

import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { afterAll } from "vitest";
import { MAIN } from "./command.js";

const children: ChildProcessWithoutNullStreams[] = [];

afterAll(() => {
  // To kill a process that has ended is not an error.
  for (const child of children) child.kill("SIGKILL");
});

/** Starts `pyheap` with these arguments. */
export function launch(
  args: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...args], options);
  children.push(child);
  return child;
}
