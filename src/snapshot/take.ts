// Takes a snapshot: writes a graph to a file, or to a function that takes bytes.

import { Replacement, type ReplacingFiles } from "../ground/replacement.js";
import { NODE, type ObjectGraph } from "./graph.js";
import { SNAPSHOT_BEGIN } from "./heapsnapshot.js";
import { type SnapshotSink, writeHeapSnapshot } from "./writer.js";

/** Where a snapshot is written to. Exactly one of the two is given. */
export interface SnapshotOptions {
  /** Takes the bytes, in order. They are only valid during the call. */
  readonly write?: SnapshotSink | undefined;
  /**
   * A path, where the host has files: in Node, Bun and Deno. An older snapshot of this name stays until the new one is whole. Another file
   * is not overwritten.
   */
  readonly file?: string | undefined;
  /** Overwrites `file` whatever it is. */
  readonly force?: boolean | undefined;
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
  readSync(fd: number, bytes: Uint8Array): number;
  closeSync(fd: number): void;
}

interface Process {
  readonly pid: number;
  getBuiltinModule?(name: "node:fs"): Files;
  getBuiltinModule?(name: "node:path"): Pick<ReplacingFiles, "dirname">;
}

/** How many bytes of a file are read to recognize a snapshot. */
const LOOK_BYTES = 64;

/** Throws if there is a file that is no snapshot. */
function refuseOthers(files: Files, file: string): void {
  if (files.statSync(file, { throwIfNoEntry: false })?.isFile() !== true) return;
  const begin = new Uint8Array(LOOK_BYTES);
  const fd = files.openSync(file, "r");
  try {
    const length = files.readSync(fd, begin);
    if (length === 0 || SNAPSHOT_BEGIN.test(new TextDecoder().decode(begin.subarray(0, length)))) return;
  } finally {
    files.closeSync(fd);
  }
  throw new Error(`Cannot write ${file}: it is there already, and is not a heap snapshot; force: true overwrites it`);
}

/** Where files are. Throws in a browser, which has none. */
function fileSystem(file: string): ReplacingFiles & Files & { readonly pid: number } {
  const { process } = globalThis as { process?: Process };
  const files = process?.getBuiltinModule?.("node:fs");
  const paths = process?.getBuiltinModule?.("node:path");
  if (!process || !files || !paths) {
    throw new Error(`Cannot write ${file}: there are no files here; give snapshot a function as \`write\``);
  }
  return { ...files, dirname: paths.dirname, pid: process.pid };
}

/** Writes a file, which takes the place of an existing one when it is whole. */
function writeFile(files: ReturnType<typeof fileSystem>, graph: ObjectGraph, file: string): void {
  const made = new Replacement(files, file, files.pid);
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
    // Only the system's errors have codes: they don't name the file, or name the one beside it.
    const isOfSystem = error instanceof Error && "code" in error;
    throw isOfSystem ? new Error(`Cannot write ${file}: ${error.message}`, { cause: error }) : error;
  }
}

/**
 * Writes the graph that `makeGraph` returns. Throws TypeError unless the options say where, and an error if something would be lost there;
 * then no graph is made.
 */
export function takeSnapshot(makeGraph: () => ObjectGraph, options: SnapshotOptions | undefined): SnapshotSummary {
  const { write, file, force = false } = options ?? {};
  const isNamed = typeof file === "string" && file !== "";
  const isFunction = typeof write === "function";
  if (isNamed === isFunction || (isNamed ? write : file) !== undefined) {
    throw new TypeError("Cannot take a snapshot: say where it goes, with either `file` or `write`");
  }
  const files = isNamed ? fileSystem(file) : undefined;
  if (files && isNamed && !force) refuseOthers(files, file);
  const graph = makeGraph();
  if (files && isNamed) writeFile(files, graph, file);
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
