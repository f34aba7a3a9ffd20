// The file to which a recording is written.

import { closeSync, fstatSync, ftruncateSync, openSync, readSync, statSync } from "node:fs";
import { MAGIC } from "../trace/format.js";
import type { TraceRequest } from "./protocol.js";
import { descriptorHere, writeAll } from "./stdio.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, type Overwriting } from "./system/files.js";

export const TRACE: FileKind = { name: "a trace", begins: (bytes) => MAGIC.every((byte, k) => bytes[k] === byte) };

/**
 * Opens the file, and empties it. Throws UsageError if that is not possible, or if content would be lost. So the user
 * learns it before the program runs.
 */
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

/** Cuts the file to a length, if possible. */
function cutTo(fd: number, length: number): void {
  try {
    ftruncateSync(fd, length);
  } catch {
    // A reader also stops at the last complete block.
  }
}

/**
 * A sink to an open file. If a block can't be written completely, for lack of space, it is removed again: the file ends
 * with its last complete block.
 */
export function fileSink({ file, fd: opened }: TraceRequest): Sink {
  const fd = descriptorHere(opened, file);
  const isRegular = fstatSync(fd).isFile();
  let written = 0;
  let whole = 0;
  let isHeader = false;
  return {
    write: (bytes) => {
      writeAll(fd, bytes, (code) => {
        if (isRegular) cutTo(fd, whole);
        const kept = whole > 0 ? "The file ends with what was recorded before" : "Nothing was recorded";
        return new Error(`Cannot write ${file}: ${reasonOf(code)}. ${kept}`);
      });
      written += bytes.length;
      // The file's header comes first; then for each block its header, then its content.
      if (!isHeader) whole = written;
      isHeader = !isHeader;
    },
    close: () => undefined,
  };
}

/** Bytes that are read at a time. */
const PIECE = 2 ** 18;

/** A function that reads what was written to the file so far; undefined if the file is not a regular one, or has only sums. */
export function readBack({ file, aggregate }: TraceRequest): (() => Iterable<Uint8Array>) | undefined {
  return aggregate || !statSync(file, { throwIfNoEntry: false })?.isFile() ? undefined : () => piecesOf(file);
}

function* piecesOf(file: string): Generator<Uint8Array> {
  const fd = openSync(file, "r");
  try {
    for (;;) {
      const piece = new Uint8Array(PIECE);
      const length = readSync(fd, piece);
      if (length === 0) return;
      yield piece.subarray(0, length);
    }
  } finally {
    closeSync(fd);
  }
}
