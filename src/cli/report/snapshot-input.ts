// Reads a heap snapshot for a report.

import { closeSync, openSync, readSync } from "node:fs";
import { type Dominators, findDominators } from "../../snapshot/dominators.js";
import type { ObjectGraph } from "../../snapshot/graph.js";
import { BrokenSnapshot, readHeapSnapshot } from "../../snapshot/reader.js";
import { reasonOf, UsageError } from "../system/errors.js";

const CHUNK_BYTES = 2 ** 20;

function* piecesOf(file: string): Generator<Uint8Array> {
  const fd = openSync(file, "r");
  try {
    const bytes = new Uint8Array(CHUNK_BYTES);
    for (let length = readSync(fd, bytes); length > 0; length = readSync(fd, bytes)) yield bytes.subarray(0, length);
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
