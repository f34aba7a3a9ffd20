// The heap snapshots of a run, in the thread in which Python runs:
//
//   at the end          --snapshot FILE: when the program has ended, while all its objects exist
//   on a memory error   --snapshot-on memory-error: FILE is written when an allocation first finds no memory, before the
//                       program sees that, and not at the end
//   numbered            --snapshot-every, a key of the terminal, a button of the page: FILE with a number before its ending
//
// A numbered snapshot is taken between two bytecodes. If that is in the middle of a collection (in a finalizer), it is put
// off until the collection has ended. A file appears under its name when it is complete. Of the numbered files, the newest
// `keep` stay: each new one replaces the oldest that this run has written.

import { closeSync, openSync, rmSync } from "node:fs";
import { format, parse, resolve } from "node:path";
import { messageOf } from "../ground/errors.js";
import type { PythonHeap } from "../hosts/python/python-heap.js";
import { bytes as inBytes } from "../text/bytes.js";
import { forTerminal } from "../text/visible.js";
import type { SnapshotRequest, WorkerMessage } from "./protocol.js";
import { checkSnapshotFile } from "./snapshot-file.js";
import { descriptorHere, writeAll } from "./stdio.js";
import { reasonOf, UsageError } from "./system/errors.js";
import { Replacement } from "./system/replacement.js";

/** The numbered file of a snapshot's file: `app.3.heapsnapshot`. */
export function numberedFile(file: string, number: number): string {
  const { root, dir, name, ext } = parse(file);
  return format({ root, dir, name: `${name}.${number}`, ext });
}

export class RunSnapshots {
  readonly #request: SnapshotRequest;
  readonly #heap: PythonHeap;
  readonly #say: (message: WorkerMessage) => void;
  readonly #complain: (what: string) => void;
  #number = 0;
  /** The numbered files that this run has written and not removed, the oldest first. */
  readonly #written: string[] = [];
  #isTaking = false;
  /** Whether the file without a number was written. */
  isWritten = false;

  /** `mayBeAsked`: whether the user can ask for snapshots while the program runs. */
  constructor(
    heap: PythonHeap,
    request: SnapshotRequest,
    say: (message: WorkerMessage) => void,
    complain: (what: string) => void,
    mayBeAsked: boolean,
  ) {
    this.#heap = heap;
    this.#request = request;
    this.#say = say;
    this.#complain = complain;
    // From now on the heap knows when a collection is under way.
    if (mayBeAsked || request.every !== undefined) heap.on("collect", () => undefined);
  }

  /** Writes the snapshot of the program's end, if the options ask for one. Throws if it can't be written. */
  end(): void {
    const { file, fd } = this.#request;
    if (fd === undefined) return;
    try {
      this.#heap.snapshot({ write: writer(file, descriptorHere(fd, new Replacement(file).path)) });
    } catch (error) {
      throw new Error(problemOf(file, error));
    }
    this.isWritten = true;
  }

  /** Writes the snapshot of the moment at which an allocation of `wanted` bytes failed. */
  noMemory(wanted: number): void {
    const { file } = this.#request;
    const place = this.#heap.stack.place();
    const what = `no memory was left for ${inBytes(wanted)}${place === undefined ? "" : `, at ${place}`}`;
    try {
      this.#write(file);
      this.isWritten = true;
      this.#complain(
        `${what}; ${forTerminal(file)} has what was there then (pyheap report objects ${forTerminal(file)})`,
      );
    } catch (error) {
      this.#complain(`${what}. ${problemOf(file, error)}`);
    }
  }

  /** Takes a numbered snapshot. False if it has to be put off, because a collection or another snapshot is under way. */
  take(): boolean {
    if (this.#isTaking || this.#heap.isCollecting) return false;
    this.#isTaking = true;
    const file = numberedFile(this.#request.file, this.#number + 1);
    try {
      checkSnapshotFile(file, { force: this.#request.force });
      this.#write(file);
      this.#number++;
      this.#written.push(file);
      if (this.#written.length > this.#request.keep) rmSync(this.#written.shift() as string, { force: true });
      this.#say({ kind: "snapshot", file });
    } catch (error) {
      const problem = problemOf(file, error);
      this.#complain(problem);
      this.#say({ kind: "snapshot", file, problem });
    } finally {
      this.#isTaking = false;
    }
    return true;
  }

  /** Writes a file, which gets its name when it is complete. */
  #write(file: string): void {
    const made = new Replacement(resolve(file));
    try {
      const fd = openSync(made.path, "w");
      try {
        this.#heap.snapshot({ write: writer(file, fd) });
      } finally {
        closeSync(fd);
      }
      made.keep();
    } catch (error) {
      made.drop();
      throw error;
    }
  }
}

const writer =
  (file: string, fd: number) =>
  (bytes: Uint8Array): void =>
    writeAll(fd, bytes, (code) => new UsageError(`Cannot write ${file}: ${reasonOf(code)}`));

/** Why there is no snapshot, in words. An error of the system has a code; every other one names the file, or says what could not be done. */
function problemOf(file: string, error: unknown): string {
  return error instanceof Error && "code" in error ? `Cannot write ${file}: ${reasonOf(error)}` : messageOf(error);
}
