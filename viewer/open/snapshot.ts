// Reads heap snapshots for a page.

import type { NamedGraph } from "../../src/page/snapshot-wire.js";
import { BrokenSnapshot, readHeapSnapshot, SNAPSHOT_ENDING } from "../../src/snapshot/reader.js";

const PIECE = 2 ** 22;

/** The bytes of a file, in pieces, because a buffer has a limited length. */
async function loadPieces(file: File): Promise<Uint8Array[]> {
  const pieces: Uint8Array[] = [];
  for (let at = 0; at < file.size; at += PIECE) {
    pieces.push(new Uint8Array(await file.slice(at, at + PIECE).arrayBuffer()));
  }
  return pieces;
}

/** `progress` gets the share that was read. Throws an error with the file's name if one is broken. */
export async function readSnapshots(files: readonly File[], progress: (share: number) => void): Promise<NamedGraph[]> {
  const all = files.reduce((sum, { size }) => sum + size, 0);
  let read = 0;
  const snapshots: NamedGraph[] = [];
  for (const file of files) {
    const pieces = await loadPieces(file);
    function* counted(): Generator<Uint8Array> {
      for (const piece of pieces) {
        yield piece;
        read += piece.length;
        progress(read / all);
      }
    }
    try {
      snapshots.push({ name: file.name.replace(SNAPSHOT_ENDING, ""), graph: readHeapSnapshot(counted()) });
    } catch (error) {
      throw error instanceof BrokenSnapshot ? new Error(error.about(file.name)) : error;
    }
  }
  return snapshots;
}
