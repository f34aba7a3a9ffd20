// Opens files, and recordings, for a page.

import { Arrivals } from "../../src/ground/arrivals.js";
import type { PageData } from "../../src/page/model.js";
import type { NamedGraph } from "../../src/page/snapshot-wire.js";
import type { ProgramState } from "../head.js";
import type { Update } from "../source.js";
import type { StartReader } from "./link.js";
import type { Told } from "./messages.js";

/** What was in the files that were opened. */
export type Opened =
  /** A trace, as a source: first with what was read so far, at the end with everything. */
  | { readonly kind: "trace"; readonly source: AsyncIterable<Update> }
  | { readonly kind: "image"; readonly data: PageData }
  | { readonly kind: "snapshots"; readonly snapshots: readonly NamedGraph[] };

export interface Opening {
  /** Resolves when there is something to show. Rejects, with the file's name, if a file is broken or can't be shown. */
  readonly opened: Promise<Opened>;
  /** Ends the reading. */
  close(): void;
}

/** A reader's answers about a trace, as updates of a page. */
class Updates {
  readonly arrivals = new Arrivals<Update>();
  readonly #meanwhile: ProgramState;
  readonly #after: ProgramState;

  /** `meanwhile` is the state of each update before the last one, and `after` that of the last one. */
  constructor(meanwhile: ProgramState, after: ProgramState) {
    this.#meanwhile = meanwhile;
    this.#after = after;
  }

  take(told: Told): void {
    if (told.kind === "problem") this.arrivals.fail(new Error(told.text));
    if (told.kind !== "trace") return;
    const { data, isWhole } = told;
    this.arrivals.push({ data, state: isWhole ? this.#after : this.#meanwhile });
    if (isWhole) this.arrivals.end();
  }
}

/** Opens files with a reader of their own: one trace, one image, or snapshots. `progress` gets the share that was read. */
export function openFiles(start: StartReader, files: readonly File[], progress: (share: number) => void): Opening {
  const updates = new Updates("reading", "whole");
  let close: () => void = () => undefined;
  const opened = new Promise<Opened>((resolve, reject) => {
    const reader = start((told) => {
      updates.take(told);
      if (told.kind === "progress") progress(told.share);
      else if (told.kind === "trace") resolve({ kind: "trace", source: updates.arrivals });
      else if (told.kind === "problem") reject(new Error(told.text));
      else resolve(told);
      const goesOn = told.kind === "progress" || (told.kind === "trace" && !told.isWhole);
      if (goesOn) return;
      progress(1);
      reader.close();
    });
    close = () => reader.close();
    reader.ask({ kind: "files", files });
  });
  return { opened, close };
}

/** A recording under way: its bytes go in, and what a page shows of it comes out. */
export interface Following {
  readonly source: AsyncIterable<Update>;
  push(bytes: Uint8Array<ArrayBuffer>): void;
  end(): void;
  /** Ends the reading, whatever is still to come. */
  close(): void;
}

/** Follows a recording with a reader of its own. `name` is the recording's name in messages. */
export function followRecording(start: StartReader, name: string): Following {
  const updates = new Updates("recording", "ended");
  const reader = start((told) => {
    updates.take(told);
    if (told.kind === "problem" || (told.kind === "trace" && told.isWhole)) reader.close();
  });
  reader.ask({ kind: "begin", name });
  return {
    source: updates.arrivals,
    push: (bytes) => reader.ask({ kind: "bytes", bytes }),
    end: () => reader.ask({ kind: "end" }),
    close: () => {
      reader.close();
      updates.arrivals.end();
    },
  };
}
