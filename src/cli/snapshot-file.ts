// The file to which a heap snapshot is written when a program has ended.

import { openSync, statSync } from "node:fs";
import type { Colors } from "picocolors/types.js";
import { bytes } from "../text/bytes.js";
import { forTerminal } from "../text/visible.js";
import type { SnapshotRequest } from "./protocol.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, type Overwriting, textBegins } from "./system/files.js";

const SNAPSHOT: FileKind = { name: "a heap snapshot", begins: textBegins(/^\{"snapshot":\s*\{"meta":/) };

/** Throws UsageError if the file can't be written, or if content would be lost. */
export function checkSnapshotFile(file: string, how: Pick<Overwriting, "force" | "source">): void {
  checkFile(file, SNAPSHOT, { isNamed: true, ...how });
}

/** What the options of a run say about its snapshots. */
export interface SnapshotOptions {
  readonly snapshot?: string;
  readonly snapshotOn?: "memory-error";
  readonly snapshotEvery?: number;
  readonly snapshotKeep: number;
  readonly force?: boolean;
}

/**
 * The snapshots that a run takes; undefined if there are none. `otherwise` is the file's name if the user named none, and
 * can ask for snapshots while the program runs.
 */
export function chooseSnapshots(
  { snapshot, snapshotOn, snapshotEvery, snapshotKeep, force = false }: SnapshotOptions,
  source: string | undefined,
  otherwise: string | undefined,
): SnapshotRequest | undefined {
  const file = snapshot ?? otherwise;
  if (file === undefined) return undefined;
  const onMemoryError = snapshotOn !== undefined;
  const isAtEnd = snapshot !== undefined && !onMemoryError;
  if (onMemoryError) checkSnapshotFile(file, { force, source });
  return {
    ...{ file, onMemoryError, every: snapshotEvery, keep: snapshotKeep, force },
    fd: isAtEnd ? openSnapshotFile(file, { force, source }) : undefined,
  };
}

/**
 * Opens the file, and empties it. Throws UsageError if that is not possible, or if content would be lost. So the user
 * learns it before the program runs.
 */
function openSnapshotFile(file: string, how: Pick<Overwriting, "force" | "source">): number {
  checkSnapshotFile(file, how);
  try {
    return openSync(file, "w");
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}

/** What a run prints about its snapshot; nothing if it has not written one. */
export function snapshotWords(file: string, colors: Colors): string {
  const size = statSync(file, { throwIfNoEntry: false })?.size ?? 0;
  if (size === 0) return "";
  return [
    "",
    `${colors.bold("Snapshot")}  ${colors.dim(`${bytes(size)} in ${forTerminal(file)}`)}`,
    `  pyheap report objects ${forTerminal(file)}`,
    "",
  ].join("\n");
}
