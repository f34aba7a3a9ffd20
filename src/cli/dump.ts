// What --dump-on-memory-error writes: the recording up to the moment when an allocation found no memory, as a trace
// that ends there. At that moment, the program's stack is still whole, and everything that it holds is live.
//
//   a trace        the program's thread copies it, and gives the copy an end
//   only sums      the main thread has them, and writes them (aggregated-file.ts)

import { appendFileSync, closeSync, constants, copyFileSync, existsSync, fstatSync, openSync, rmSync } from "node:fs";
import { resolve } from "node:path";
import { bytes as inBytes } from "../text/bytes.js";
import { forTerminal } from "../text/visible.js";
import type { TraceEnd } from "../trace/format.js";
import { endBlock } from "../trace/writer.js";
import type { TraceRequest } from "./protocol.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type Overwriting } from "./system/files.js";
import { TRACE } from "./trace-file.js";

/** An allocation that found no memory. */
export interface NoMemory {
  readonly bytes: number;
  /** Where the program was: "app.py:12 in load". */
  readonly place: string | undefined;
  /** The end that a recording would have at that moment. */
  readonly end: TraceEnd;
}

/**
 * Throws UsageError if no dump can be made of this trace, if the file can't be written, or if content would be lost. So the
 * user learns it before the program runs.
 */
export function checkDump(
  { file, fd, aggregate, dump }: TraceRequest,
  how: Pick<Overwriting, "force" | "source"> = {},
): void {
  if (dump === undefined) return;
  if (resolve(dump) === resolve(file)) throw new UsageError(`Cannot write both the trace and the dump to ${dump}`);
  if (!aggregate && !fstatSync(fd).isFile()) {
    throw new UsageError(
      `Cannot dump a trace that goes to ${file}: a dump is a copy of the trace, so the trace must be a file`,
    );
  }
  checkFile(dump, TRACE, { isNamed: true, ...how });
  const isThere = existsSync(dump);
  try {
    closeSync(openSync(dump, "a"));
  } catch (error) {
    throw new UsageError(`Cannot write ${dump}: ${reasonOf(error)}`);
  }
  if (!isThere) rmSync(dump);
}

/** Copies what was recorded until now, and ends the copy. */
export function copyTrace(file: string, dump: string, end: TraceEnd): void {
  // A file system that can do it lets both files share the blocks of the disk.
  copyFileSync(file, dump, constants.COPYFILE_FICLONE);
  appendFileSync(dump, endBlock(end));
}

/** Writes the dump, and returns what the command prints about it. */
export function dumpWords({ bytes, place }: NoMemory, dump: string, write: () => void): string {
  const what = `no memory was left for ${inBytes(bytes)}${place === undefined ? "" : `, at ${place}`}`;
  try {
    write();
  } catch (error) {
    return `${what}; cannot write ${dump}: ${reasonOf(error)}`;
  }
  return `${what}; ${forTerminal(dump)} has what was live then (pyheap report tree --at end ${forTerminal(dump)})`;
}
