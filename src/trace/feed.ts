// Reads a trace in the program that records it: the recorder's bytes go in, and the consumer has got the events when
// `push` returns. To read a file, use reader.ts.

import { readBase } from "./base.js";
import { EventDecoder } from "./decoder.js";
import { BLOCK, BLOCK_HEADER, FILE_HEADER, type TraceEnd, type TraceMetadata } from "./format.js";
import { readCollections, readFunctions, readTypes, type TraceConsumer } from "./reader.js";
import { asWanted } from "./without-types.js";

/** Takes what a recorder writes: the file's header, then for each block its header and its content, one per call. */
export class TraceFeed {
  #to: TraceConsumer;
  readonly #decoder = new EventDecoder();
  /** The kind of the block whose content comes next; undefined if a block's header comes next. */
  #kind: number | undefined;
  #begun = false;
  /** The content of the recording's first block, and of its last; undefined until they have come. */
  metadata: TraceMetadata | undefined;
  end: TraceEnd | undefined;

  constructor(to: TraceConsumer) {
    this.#to = to;
  }

  /** Events so far. */
  get events(): number {
    return this.#decoder.events;
  }

  push(bytes: Uint8Array): void {
    if (!this.#begun) {
      if (bytes.length !== FILE_HEADER) throw new Error("Cannot follow a recording: it does not begin with its header");
      this.#begun = true;
    } else if (this.#kind === undefined) {
      if (bytes.length !== BLOCK_HEADER) throw new Error("Cannot follow a recording: a block has no header");
      this.#kind = bytes[0];
    } else {
      const kind = this.#kind;
      this.#kind = undefined;
      this.#block(kind, bytes);
    }
  }

  #block(kind: number, content: Uint8Array): void {
    if (kind === BLOCK.events) this.#decoder.decode(content, this.#to);
    else if (kind === BLOCK.base) readBase(content, this.#to);
    else if (kind === BLOCK.collections) readCollections(content, this.#to);
    else if (kind === BLOCK.metadata) {
      this.metadata = JSON.parse(new TextDecoder().decode(content)) as TraceMetadata;
      this.#to = asWanted(this.#to, this.metadata.types);
      this.#to.metadata(this.metadata);
    } else if (kind === BLOCK.end) {
      this.end = JSON.parse(new TextDecoder().decode(content)) as TraceEnd;
    } else if (kind === BLOCK.functions) readFunctions(content, this.#to);
    else if (kind === BLOCK.types) readTypes(content, this.#to);
  }
}
