// Reads a heap snapshot for a report.

import { closeSync, openSync, readFileSync, readSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { type Dominators, findDominators } from "../../snapshot/dominators.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import { BrokenSnapshot, readHeapSnapshot } from "../../snapshot/reader.js";
import { reasonOf, UsageError } from "../system/errors.js";

const CHUNK_BYTES = 2 ** 20;

/** The first two bytes of a file that gzip compressed (RFC 1952, section 2.3.1). */
const isCompressed = (bytes: Uint8Array) => bytes[0] === 0x1f && bytes[1] === 0x8b;

/** The bytes of a file in pieces. What gzip compressed is one piece, because Node can't decompress piece by piece without waiting. */
function* piecesOf(file: string): Generator<Uint8Array> {
  const fd = openSync(file, "r");
  try {
    const bytes = new Uint8Array(CHUNK_BYTES);
    for (let length = readSync(fd, bytes), first = true; length > 0; length = readSync(fd, bytes), first = false) {
      const piece = bytes.subarray(0, length);
      if (first && isCompressed(piece)) return yield gunzipSync(readFileSync(file));
      yield piece;
    }
  } finally {
    closeSync(fd);
  }
}

/** Reads a snapshot. Throws UsageError if that is not possible. */
export function loadSnapshot(file: string): ObjectGraph {
  try {
    return readHeapSnapshot(piecesOf(file));
  } catch (error) {
    if (error instanceof BrokenSnapshot) throw new UsageError(error.about(file));
    if (error instanceof Error && "code" in error) throw new UsageError(`Cannot read ${file}: ${reasonOf(error)}`);
    throw error;
  }
}

export interface Loaded {
  readonly graph: ObjectGraph;
  readonly dominators: Dominators;
}

export function loadDominators(file: string): Loaded {
  const graph = loadSnapshot(file);
  return { graph, dominators: findDominators(graph) };
}
