// Writes a trace, block by block, to a sink.

import { crc32 } from "../ground/crc32.js";
import { ByteWriter } from "./bytes.js";
import {
  BLOCK,
  BLOCK_HEADER,
  FILE_HEADER,
  MAGIC,
  TRACE_VERSION_WITH_TYPES,
  TRACE_VERSION_WITHOUT_TYPES,
  type TraceCollection,
  type TraceEnd,
  type TraceFunction,
  type TraceMetadata,
} from "./format.js";
import type { Sums } from "./sums.js";

/** Takes the next bytes of a trace. They are valid only during the call. */
export type TraceSink = (bytes: Uint8Array) => void;

/** The destination of a recording. */
export interface TraceOutput {
  /** Takes events to sum them up, so that they are not recorded. `events` then takes only stacks and times. */
  readonly sums?: Sums | undefined;
  /** Takes functions to which later events refer. */
  functions(list: readonly TraceFunction[]): void;
  /** Takes events, as the core's tracer encodes them. */
  events(encoded: Uint8Array): void;
  /** Takes the sums of the time before the program, as base.ts encodes them. They precede the program's events. */
  base(encoded: Uint8Array): void;
  /** Takes collections that have ended since the last call. */
  collections(list: readonly TraceCollection[]): void;
  /** Passes on everything that was recorded, because the recording may be copied after this call. */
  complete?(): void;
  end(end: TraceEnd): void;
}

function headerOf(kind: number, content: Uint8Array): Uint8Array {
  const header = new Uint8Array(BLOCK_HEADER);
  const view = new DataView(header.buffer);
  header[0] = kind;
  view.setUint32(4, content.length, true);
  view.setUint32(8, crc32(content, crc32(header.subarray(0, 8))), true);
  return header;
}

const jsonOf = (value: object): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

/** The last block of a trace, for a copy of a trace that is still being written. */
export function endBlock(end: TraceEnd): Uint8Array {
  const content = jsonOf(end);
  return Uint8Array.of(...headerOf(BLOCK.end, content), ...content);
}

export class TraceWriter implements TraceOutput {
  readonly #write: TraceSink;
  readonly #content = new ByteWriter();

  /** Writes the header and the metadata. `version` is that of the blocks that will follow. */
  constructor(
    write: TraceSink,
    metadata: TraceMetadata,
    version: number = metadata.types ? TRACE_VERSION_WITH_TYPES : TRACE_VERSION_WITHOUT_TYPES,
  ) {
    this.#write = write;
    const header = new Uint8Array(FILE_HEADER);
    header.set(MAGIC);
    new DataView(header.buffer).setUint32(MAGIC.length, version, true);
    write(header);
    this.#block(BLOCK.metadata, jsonOf(metadata));
  }

  #block(kind: number, content: Uint8Array): void {
    this.#write(headerOf(kind, content));
    this.#write(content);
  }

  /** Functions and types are numbered together, in the order of this list. So each run of functions or of types is a block. */
  functions(list: readonly TraceFunction[]): void {
    const out = this.#content;
    for (let at = 0; at < list.length; ) {
      const { isType = false } = list[at] as TraceFunction;
      out.clear();
      for (let f = list[at]; f !== undefined && (f.isType ?? false) === isType; f = list[++at]) {
        out.text(f.name);
        if (isType) continue;
        out.text(f.file);
        out.number(f.firstLine);
      }
      this.#block(isType ? BLOCK.types : BLOCK.functions, out.written);
    }
  }

  events(encoded: Uint8Array): void {
    this.#block(BLOCK.events, encoded);
  }

  base(encoded: Uint8Array): void {
    this.#block(BLOCK.base, encoded);
  }

  collections(list: readonly TraceCollection[]): void {
    const out = this.#content;
    out.clear();
    for (const { time, generation, duration, collected } of list) {
      for (const value of [time, generation, duration, collected]) out.number(Math.round(value));
    }
    this.#block(BLOCK.collections, out.written);
  }

  /** Takes sums, as sums-content.ts encodes them. */
  writeSums(encoded: Uint8Array): void {
    this.#block(BLOCK.sums, encoded);
  }

  /** Takes totals, as totals.ts encodes them. */
  totals(encoded: Uint8Array): void {
    this.#block(BLOCK.totals, encoded);
  }

  end(end: TraceEnd): void {
    this.#block(BLOCK.end, jsonOf(end));
  }
}
