// Pyodide's own memory snapshots. They can't contain a heap, and an interpreter can't get a heap while it is restored
// from one: a heap's allocators are entries of a table that the snapshot does not contain, so the restored interpreter
// would call whatever functions are in these entries.

import type { PyodideAPI } from "pyodide";

/** A heap and a memory snapshot of Pyodide were asked for together. The heap was not attached. */
export class SnapshotError extends Error {
  override readonly name = "SnapshotError";
}

interface SnapshotOptions {
  readonly _makeSnapshot?: boolean;
  readonly _loadSnapshot?: unknown;
}

const WHY = "the heap's allocators are not in a snapshot";

/** Throws SnapshotError if an interpreter is to be made from a snapshot, or for one. */
export function refuseSnapshots({ _makeSnapshot, _loadSnapshot }: SnapshotOptions): void {
  if (_loadSnapshot !== undefined) {
    throw new SnapshotError(
      `Cannot put a heap under a snapshot while it is loaded: ${WHY}. Load it with Pyodide's loadPyodide, then call attach(pyodide); or load without _loadSnapshot`,
    );
  }
  if (_makeSnapshot) {
    throw new SnapshotError(
      `Cannot make a snapshot of an interpreter on a heap: ${WHY}. Make it with Pyodide's loadPyodide, without a heap`,
    );
  }
}

/**
 * Throws SnapshotError if a running interpreter was started to make a snapshot. An interpreter that was made from a
 * snapshot is accepted.
 */
export function refuseSnapshotsOf(pyodide: PyodideAPI): void {
  const { _api: api } = pyodide as unknown as { readonly _api?: { readonly config?: SnapshotOptions } };
  refuseSnapshots({ _makeSnapshot: api?.config?._makeSnapshot === true });
}
