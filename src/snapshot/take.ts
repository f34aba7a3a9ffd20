// Takes a snapshot: writes a graph to a file, or to a function that takes bytes.

import { NODE, type ObjectGraph } from "./graph.js";
import { type SnapshotSink, writeHeapSnapshot } from "./writer.js";

/** Where a snapshot is written to. Exactly one of the two is given. */
export interface SnapshotOptions {
  /** Takes the bytes, in order. They are only valid during the call. */
  readonly write?: SnapshotSink | undefined;
  /** A path, where the host has files: in Node, Bun and Deno. A file that exists is overwritten. */
  readonly file?: string | undefined;
}

/** The size of a snapshot's graph. */
export interface SnapshotSummary {
  readonly objects: number;
  readonly references: number;
  /** Bytes of the whole heap. */
  readonly bytes: number;
}

interface Files {
  openSync(path: string, flags: string): number;
  writeSync(fd: number, bytes: Uint8Array): number;
  closeSync(fd: number): void;
}

/** The host's files; undefined in a browser. */
function hostFiles(): Files | undefined {
  const { process } = globalThis as { process?: { getBuiltinModule?: (name: string) => unknown } };
  return process?.getBuiltinModule?.("node:fs") as Files | undefined;
}

function writeFile(graph: ObjectGraph, file: string): void {
  const files = hostFiles();
  if (!files) throw new Error(`Cannot write ${file}: there are no files here; give snapshot a function as \`write\``);
  const fd = files.openSync(file, "w");
  try {
    writeHeapSnapshot(graph, (bytes) => {
      for (let at = 0; at < bytes.length; ) at += files.writeSync(fd, bytes.subarray(at));
    });
  } finally {
    files.closeSync(fd);
  }
}

/** Writes a graph. Throws TypeError unless the options say where. */
export function takeSnapshot(graph: ObjectGraph, { write, file }: SnapshotOptions): SnapshotSummary {
  if ((write === undefined) === (file === undefined)) {
    throw new TypeError("Cannot take a snapshot: say where it goes, with either `file` or `write`");
  }
  if (file !== undefined) writeFile(graph, file);
  else if (write !== undefined) writeHeapSnapshot(graph, write);
  return summaryOf(graph);
}

/** The size of a graph. */
export function summaryOf({ kinds, sizes, edgeCount }: ObjectGraph): SnapshotSummary {
  let objects = 0;
  let bytes = 0;
  kinds.forEach((kind, k) => {
    if (kind === NODE.object || kind === NODE.string) objects++;
    bytes += sizes[k] as number;
  });
  return { objects, references: edgeCount, bytes };
}
