// The file of an aggregated recording. The program's thread sums up what it allocates (core/sums/sums.ts). Once a second
// the main thread gets the sums, and writes the whole file. So the program does not wait for it, and a process that is
// killed loses at most a second. The events of a sampled recording are few, and are summed up here.
//
//   program's thread: sums, or sampled events -> messages -> totals -> FILE.part, which takes the place of FILE
//
// If FILE is not a regular file, or if no second file can be made beside it, FILE is written only when the recording
// ends.

import { closeSync, fstatSync, openSync, realpathSync, renameSync, rmSync } from "node:fs";
import { Analysis } from "../trace/analysis.js";
import { TraceFeed } from "../trace/feed.js";
import type { TraceEnd } from "../trace/format.js";
import { readSums } from "../trace/sums-content.js";
import { totalsWriter, writeTotals } from "../trace/totals-writer.js";
import type { TraceRequest } from "./protocol.js";
import { writeAll } from "./stdio.js";
import { reasonOf } from "./system/errors.js";

/** Milliseconds between two writes of the file. */
const SAVE_EVERY = 1000;
/** After a write that took long, the pause is this many times the duration of the write. */
const PAUSE = 20;

export class AggregatedFile {
  readonly #request: TraceRequest;
  readonly #analysis = new Analysis();
  readonly #feed = new TraceFeed(this.#analysis);
  /** The path of the file; undefined if another file can't take its place. */
  readonly #path: string | undefined;
  readonly #timer: NodeJS.Timeout;
  #hasMore = false;
  #next = 0;

  constructor(request: TraceRequest) {
    this.#request = request;
    this.#path = fstatSync(request.fd).isFile() ? realpathSync(request.file) : undefined;
    this.#timer = setInterval(() => this.#save(), SAVE_EVERY);
  }

  /** Takes bytes that the program's thread has recorded: a header, or the content of a block. */
  take(bytes: Uint8Array): void {
    this.#feed.push(bytes);
    this.#hasMore = true;
  }

  #save(): void {
    const begun = performance.now();
    if (!this.#hasMore || begun < this.#next) return;
    this.#hasMore = false;
    try {
      this.#replace(undefined);
    } catch {
      // end() tries again, and reports what is wrong.
    }
    this.#next = performance.now() + PAUSE * (performance.now() - begun);
  }

  /** Ends the file after the recording has ended. Throws if it can't be written. */
  end(): void {
    clearInterval(this.#timer);
    const { end } = this.#feed;
    try {
      if (!this.#replace(end)) this.#write(this.#request.fd, end);
    } catch (error) {
      throw new Error(`Cannot write ${this.#request.file}: ${reasonOf(error)}`);
    }
  }

  /** Writes what was recorded until now to another file, as if the recording had ended. */
  dump(file: string, end: TraceEnd): void {
    const fd = openSync(file, "w");
    try {
      this.#write(fd, end);
    } finally {
      closeSync(fd);
    }
  }

  /** Writes a new file, and puts it in the place of the old one. False if that is not possible here. */
  #replace(end: TraceEnd | undefined): boolean {
    if (this.#path === undefined || this.#feed.metadata === undefined) return false;
    const part = `${this.#path}.part`;
    let fd: number;
    try {
      fd = openSync(part, "w", fstatSync(this.#request.fd).mode);
    } catch {
      return false;
    }
    try {
      this.#write(fd, end);
      closeSync(fd);
      renameSync(part, this.#path);
    } catch (error) {
      rmSync(part, { force: true });
      throw error;
    }
    return true;
  }

  #write(fd: number, end: TraceEnd | undefined): void {
    const { metadata, sums, events } = this.#feed;
    if (!metadata) return;
    const write = (bytes: Uint8Array) => writeAll(fd, bytes, (code) => Object.assign(new Error(code), { code }));
    const writer = totalsWriter(write, metadata);
    const summed = sums && readSums(sums, this.#analysis);
    writeTotals(writer, summed ?? this.#analysis);
    if (end) writer.end({ ...end, events: summed?.events ?? events });
  }
}
