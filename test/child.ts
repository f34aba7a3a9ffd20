// Programs that a test starts and does not wait for.

import { type ChildProcessWithoutNullStreams, type SpawnOptionsWithoutStdio, spawn } from "node:child_process";
import { note } from "./children.js";
import { MAIN } from "./command.js";

/** Starts `pyheap` with these arguments. It is killed when the tests of the file are over, if it still runs then. */
export function launch(
  args: readonly string[],
  options: SpawnOptionsWithoutStdio = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(process.execPath, [MAIN, ...args], options);
  note(child);
  return child;
}
