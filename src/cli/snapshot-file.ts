// The file to which a heap snapshot is written when a program has ended.

import { openSync, statSync } from "node:fs";
import type { Colors } from "picocolors/types.js";
import { bytes } from "../text/bytes.js";
import { forTerminal } from "../text/visible.js";
import type { SnapshotRequest } from "./protocol.js";
import { writeAll } from "./stdio.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, type Overwriting, textBegins } from "./system/files.js";

const SNAPSHOT: FileKind = { name: "a heap snapshot", begins: textBegins(/^\{"snapshot":\s*\{"meta":/) };

/**
 * Opens the file, and empties it. Throws UsageError if that is not possible, or if content would be lost. So the user
 * learns it before the program runs.
 */
export function openSnapshotFile(file: string, how: Pick<Overwriting, "force" | "source">): SnapshotRequest {
  checkFile(file, SNAPSHOT, { isNamed: true, ...how });
  try {
    return { file, fd: openSync(file, "w") };
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** What a run prints about its snapshot. */
export function snapshotWords(file: string, colors: Colors): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  return [
    "",
    `${colors.bold("Snapshot")}  ${colors.dim(`${bytes(size)} in ${forTerminal(file)}`)}`,
    `  pyheap report objects ${forTerminal(file)}`,
    "",
  ].join("\n");
}

/** Writes the bytes of a snapshot, in order. */
export const snapshotSink =
  ({ file, fd }: SnapshotRequest) =>
  (bytes: Uint8Array): void =>
    writeAll(fd, bytes, (code) => new Error(`Cannot write ${file}: ${reasonOf(code)}`));
