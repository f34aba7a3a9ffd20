// Memory snapshots of Pyodide's own, which a heap can be neither in nor under: its allocators are entries of a table that a snapshot does
// not have, so an interpreter that was restored would call whatever stands there.

import type { PyodideAPI } from "pyodide";

/** A heap and a memory snapshot of Pyodide's were asked for together. Nothing was attached. */
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

/** Throws SnapshotError if an interpreter that runs was made for a snapshot. One that was made from a snapshot is like any other. */
export function refuseSnapshotsOf(pyodide: PyodideAPI): void {
  const { _api: api } = pyodide as unknown as { readonly _api?: { readonly config?: SnapshotOptions } };
  refuseSnapshots({ _makeSnapshot: api?.config?._makeSnapshot === true });
}
