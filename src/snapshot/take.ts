// Takes a snapshot: writes a graph to a file, or to a function that takes bytes.

import { Replacement, type ReplacingFiles } from "../ground/replacement.js";
import { NODE, type ObjectGraph } from "./graph.js";
import { type SnapshotSink, writeHeapSnapshot } from "./writer.js";

/** Where a snapshot is written to. Exactly one of the two is given. */
export interface SnapshotOptions {
  /** Takes the bytes, in order. They are only valid during the call. */
  readonly write?: SnapshotSink | undefined;
  /** A path, where the host has files: in Node, Bun and Deno. A file that exists stays until the new one is whole. */
  readonly file?: string | undefined;
}

/** The size of a snapshot's graph. */
export interface SnapshotSummary {
  readonly objects: number;
  readonly references: number;
  /** Bytes of the whole heap. */
  readonly bytes: number;
}

interface Files extends Omit<ReplacingFiles, "dirname"> {
  openSync(path: string, flags: string): number;
  writeSync(fd: number, bytes: Uint8Array): number;
  closeSync(fd: number): void;
}

interface Process {
  readonly pid: number;
  getBuiltinModule?(name: "node:fs"): Files;
  getBuiltinModule?(name: "node:path"): Pick<ReplacingFiles, "dirname">;
}

/** Writes a file, which takes the place of an existing one when it is whole. Browsers have no files. */
function writeFile(graph: ObjectGraph, file: string): void {
  const { process } = globalThis as { process?: Process };
  const files = process?.getBuiltinModule?.("node:fs");
  const paths = process?.getBuiltinModule?.("node:path");
  if (!process || !files || !paths) {
    throw new Error(`Cannot write ${file}: there are no files here; give snapshot a function as \`write\``);
  }
  const made = new Replacement({ ...files, dirname: paths.dirname }, file, process.pid);
  try {
    const fd = files.openSync(made.path, "w");
    try {
      writeHeapSnapshot(graph, (bytes) => {
        for (let at = 0; at < bytes.length; ) at += files.writeSync(fd, bytes.subarray(at));
      });
    } finally {
      files.closeSync(fd);
    }
    made.keep();
  } catch (error) {
    made.drop();
    throw error;
  }
}

/** Writes a graph. Throws TypeError unless the options say where. */
export function takeSnapshot(graph: ObjectGraph, options: SnapshotOptions | undefined): SnapshotSummary {
  const { write, file } = options ?? {};
  const isNamed = typeof file === "string";
  const isFunction = typeof write === "function";
  if (isNamed === isFunction || (isNamed ? write : file) !== undefined) {
    throw new TypeError("Cannot take a snapshot: say where it goes, with either `file` or `write`");
  }
  if (isNamed) writeFile(graph, file);
  else if (isFunction) writeHeapSnapshot(graph, write);
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
