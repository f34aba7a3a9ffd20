// The file that a recording goes to.

import { fstatSync, ftruncateSync, openSync } from "node:fs";
import { MAGIC } from "../trace/format.js";
import type { TraceRequest } from "./protocol.js";
import { writeAll } from "./stdio.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, type Overwriting } from "./system/files.js";

const TRACE: FileKind = { name: "a trace", begins: (bytes) => MAGIC.every((byte, k) => bytes[k] === byte) };

/** Opens the file, empty. Throws UsageError if it can't, or something is lost by it: better to know before the program runs. */
export function openTraceFile(file: string, how: Pick<Overwriting, "force" | "source"> = {}): number {
  checkFile(file, TRACE, { isNamed: true, ...how });
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** Where the bytes of a trace go. */
export interface Sink {
  write(bytes: Uint8Array): void;
  close(): void;
}

/** As far as it can be. */
function cutTo(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // A reader stops at the last whole block, too.
  }
}

/** An open file. A block that can't be written whole, for lack of space, is removed again: the file ends with its last whole block. */
export function fileSink({ file, fd }: TraceRequest): Sink {
  const isRegular = fstatSync(fd).isFile();
  let written = 0;
  let whole = 0;
  let isHeader = false;
  return {
    write: (bytes) => {
      writeAll(fd, bytes, (code) => {
        if (isRegular) cutTo(fd, whole);
        return new Error(`Cannot write ${file}: ${reasonOf(code)}. It has everything that was recorded until then`);
      });
      written += bytes.length;
      // The header of the file, then header and content of each block, come one by one.
      if (!isHeader) whole = written;
      isHeader = !isHeader;
    },
    close: () => undefined,
  };
}
