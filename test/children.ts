// The processes that the tests of a file have started. Whatever becomes of a test, none of them outlives its file.

import type { ChildProcess } from "node:child_process";

const children: ChildProcess[] = [];

/** To be called for a process that a test does not wait for. */
export function note(child: ChildProcess): void {
  children.push(child);
}

/** Kills the processes that were noted. */
export function endChildren(): void {
  // To kill a process that has ended is not an error.
  for (const child of children.splice(0)) child.kill("SIGKILL");
}
