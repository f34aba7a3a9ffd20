// The file that a recording goes to, before there is one.

import { closeSync, openSync, readSync, statSync, writeFileSync } from "node:fs";
import { MAGIC } from "../trace/format.js";
import { UsageError } from "./errors.js";

/** Whether a file begins as a trace does. */
function isTrace(file: string): boolean {
  const head = new Uint8Array(MAGIC.length);
  const fd = openSync(file, "r");
  try {
    readSync(fd, head);
  } finally {
    closeSync(fd);
  }
  return MAGIC.every((byte, k) => head[k] === byte);
}

/**
 * The file is there, is empty, and can be written. Throws UsageError if it can't: better to know before the program runs. What is
 * not a trace is not overwritten: with `--trace app.py app.py` it would be the program.
 */
export function claimTraceFile(file: string): void {
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isFile() && found.size > 0 && !isTrace(file)) {
      throw new UsageError(`Cannot write ${file}: it is there already, and is not a trace`);
    }
    writeFileSync(file, "");
  } catch (error) {
    if (error instanceof UsageError) throw error;
    throw new UsageError(`Cannot write ${file}: ${error instanceof Error ? error.message : error}`);
  }
}
