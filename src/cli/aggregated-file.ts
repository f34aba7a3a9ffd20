// The file of an aggregated recording. The program's thread sums up what it allocates (core/sums/sums.ts). Once a second
// the main thread gets the sums, and writes them to the file as they are, with the stacks. So the program does not wait for
// the file. A process that is killed loses about the last second, or more if the file takes long to write (PAUSE). The events
// of a sampled recording are few, and the main thread sums them up (sampled-totals.ts).
//
//   program's thread: sums, or sampled events -> messages -> FILE.part, which takes the place of FILE
//
// If FILE is not a regular file, or if no second file can be made beside it, FILE is written only when the recording
// ends.

import { closeSync, fstatSync, openSync, realpathSync, renameSync, rmSync } from "node:fs";
import { BLOCK, type TraceEnd } from "../trace/format.js";
import { endBlock, type TraceSink } from "../trace/writer.js";
import type { TraceRequest } from "./protocol.js";
import { writeAll } from "./stdio.js";
import { reasonOf } from "./system/errors.js";

/** Milliseconds between two writes of the file. */
const SAVE_EVERY = 1000;
/** After a write that took long, the pause is this many times the duration of the write. */
const PAUSE = 20;

/** What the program's thread has recorded. */
export interface Recorded {
  /** Takes more bytes: a header, or the content of a block. */
  take(bytes: Uint8Array): void;
  /** Writes what was recorded until now. With `end`, the recording counts as ended. */
  write(to: TraceSink, end?: TraceEnd): void;
}

/** The pieces of a recording's file. Of its blocks of sums, only the newest is kept. */
export class Pieces implements Recorded {
  readonly #kept: Uint8Array[] = [];
  #sums: Uint8Array[] = [];
  #end: Uint8Array[] = [];
  /** The header of the block whose content comes next. */
  #header: Uint8Array | undefined;

  take(bytes: Uint8Array): void {
    const header = this.#header;
    this.#header = undefined;
    if (this.#kept.length === 0) this.#kept.push(bytes);
    else if (!header) this.#header = bytes;
    else if (header[0] === BLOCK.sums) this.#sums = [header, bytes];
    else if (header[0] === BLOCK.end) this.#end = [header, bytes];
    else this.#kept.push(header, bytes);
  }

  write(to: TraceSink, end?: TraceEnd): void {
    for (const piece of [...this.#kept, ...this.#sums]) to(piece);
    if (end) to(endBlock(end));
    else this.#end.forEach(to);
  }
}

const writing = (fd: number) => (bytes: Uint8Array) =>
  writeAll(fd, bytes, (code) => Object.assign(new Error(code), { code }));

export class AggregatedFile {
  readonly #request: TraceRequest;
  readonly #recorded: Recorded;
  /** The path of the file; undefined if it is not a regular file, whose place another file can take. */
  readonly #path: string | undefined;
  readonly #timer: NodeJS.Timeout;
  #hasMore = false;
  #next = 0;

  constructor(request: TraceRequest, recorded: Recorded) {
    this.#request = request;
    this.#recorded = recorded;
    this.#path = fstatSync(request.fd).isFile() ? realpathSync(request.file) : undefined;
    this.#timer = setInterval(() => this.#save(), SAVE_EVERY);
  }

  /** Takes bytes that the program's thread has recorded: a header, or the content of a block. */
  take(bytes: Uint8Array): void {
    this.#recorded.take(bytes);
    this.#hasMore = true;
  }

  #save(): void {
    const begun = performance.now();
    if (!this.#hasMore || begun < this.#next) return;
    this.#hasMore = false;
    try {
      this.#replace();
    } catch {
      // end() tries again, and reports what is wrong.
    }
    this.#next = performance.now() + PAUSE * (performance.now() - begun);
  }

  /** Ends the file after the recording has ended. Throws if it can't be written. */
  end(): void {
    clearInterval(this.#timer);
    try {
      if (!this.#replace()) this.#recorded.write(writing(this.#request.fd));
    } catch (error) {
      throw new Error(`Cannot write ${this.#request.file}: ${reasonOf(error)}`);
    }
  }

  /** Writes what was recorded until now to another file, as if the recording had ended. */
  dump(file: string, end: TraceEnd): void {
    const fd = openSync(file, "w");
    try {
      this.#recorded.write(writing(fd), end);
    } finally {
      closeSync(fd);
    }
  }

  /** Writes a new file, and puts it in the place of the old one. False if no second file can be made. Throws if it can't be written. */
  #replace(): boolean {
    if (this.#path === undefined) return false;
    const part = `${this.#path}.part`;
    let fd: number;
    try {
      fd = openSync(part, "w", fstatSync(this.#request.fd).mode);
    } catch {
      return false;
    }
    try {
      this.#recorded.write(writing(fd));
      closeSync(fd);
      renameSync(part, this.#path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
    return true;
  }
}
