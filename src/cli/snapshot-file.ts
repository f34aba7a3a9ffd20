// The files to which a run writes heap snapshots.

import { closeSync, openSync, statSync } from "node:fs";
import type { Colors } from "picocolors/types.js";
import { SNAPSHOT_BEGIN } from "../snapshot/heapsnapshot.js";
import { bytes } from "../text/bytes.js";
import { forTerminal } from "../text/visible.js";
import type { SnapshotRequest } from "./protocol.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { checkFile, type FileKind, type Overwriting, textBegins } from "./system/files.js";
import { Replacement } from "./system/replacement.js";

const SNAPSHOT: FileKind = { name: "a heap snapshot", begins: textBegins(SNAPSHOT_BEGIN) };

/**
 * Throws UsageError if the file must not be written: if it is a folder, if it is `source`, from which the program is read, if content
 * would be lost, or if its name promises compression, which a snapshot does not have.
 */
export function checkSnapshotFile(file: string, how: Pick<Overwriting, "force" | "source">): void {
  if (/\.gz$/i.test(file)) {
    throw new UsageError(
      `Cannot write ${file}: a snapshot is written as it is. Name a file without .gz, and compress that; reports read both`,
    );
  }
  checkFile(file, SNAPSHOT, { isNamed: true, ...how });
}

/** How many numbered snapshots stay unless the user says so. */
const KEPT = 10;

/** What the options of a run say about its snapshots. */
export interface SnapshotOptions {
  readonly snapshot?: string;
  readonly snapshotOn?: "memory-error";
  readonly snapshotEvery?: number;
  readonly snapshotKeep?: number;
  readonly force?: boolean;
}

/** The snapshots of a run, and the file of the one at its end. */
export interface ChosenSnapshots {
  readonly request: SnapshotRequest;
  /** undefined if none is taken at the end. */
  readonly made: Replacement | undefined;
}

/**
 * The snapshots that a run takes; undefined if there are none. Opens the file of the snapshot at the end, if there is one. `source` is the
 * program's file, which is never overwritten. `otherwise` is the name of the snapshots if the user named none, but can ask for snapshots
 * while the program runs. Throws UsageError if the file can't or must not be written: so the user learns it before the program runs.
 */
export function chooseSnapshots(
  { snapshot, snapshotOn, snapshotEvery, snapshotKeep = KEPT, force = false }: SnapshotOptions,
  source: string | undefined,
  otherwise: string | undefined,
): ChosenSnapshots | undefined {
  const file = snapshot ?? otherwise;
  if (file === undefined) return undefined;
  const onMemoryError = snapshotOn !== undefined;
  const isAtEnd = snapshot !== undefined && !onMemoryError;
  if (isAtEnd || onMemoryError) checkSnapshotFile(file, { force, source });
  const opened = isAtEnd ? openSnapshotFile(file) : undefined;
  return {
    request: { file, onMemoryError, every: snapshotEvery, keep: snapshotKeep, force, fd: opened?.fd },
    made: opened?.made,
  };
}

/** Opens the file that will take the place of `file`. Throws UsageError if that is not possible. */
function openSnapshotFile(file: string): { made: Replacement; fd: number } {
  try {
    const made = new Replacement(file);
    return { made, fd: openSync(made.path, "w") };
  } catch (error) {
    throw new UsageError(`Cannot write ${file}: ${reasonOf(error)}`);
  }
}

/**
 * Closes the file of the snapshot at the end, if there is one. If the snapshot is whole, its file takes the place of an older one; else the
 * new file is removed. Throws UsageError if the file can't get its name; then it is removed as well.
 */
export function closeSnapshotFile({ request, made }: ChosenSnapshots, isWhole: boolean): void {
  if (request.fd !== undefined) closeSync(request.fd);
  try {
    if (isWhole) made?.keep();
    else made?.drop();
  } catch (error) {
    made?.drop();
    throw new UsageError(`Cannot write ${request.file}: ${reasonOf(error)}`);
  }
}

/** What a run prints about its snapshot, which is in `file`. Throws the system's error if the file is gone. */
export function snapshotWords(file: string, colors: Colors): string {
  const { size } = statSync(file);
  return [
    "",
    `${colors.bold("Snapshot")}  ${colors.dim(`${bytes(size)} in ${forTerminal(file)}`)}`,
    `  pyheap report objects ${forTerminal(file)}`,
    "",
  ].join("\n");
}
