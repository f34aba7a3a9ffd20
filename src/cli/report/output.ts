// The output of a report that is a file. The name - means standard output.

import { createWriteStream } from "node:fs";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { forTerminal } from "../../text/visible.js";
import { reasonOf, UsageError } from "../system/errors.js";
import { checkFile, type FileKind, type Overwriting, textBegins } from "../system/files.js";
import { Replacement } from "../system/replacement.js";

/** What a report writes with --json. */
export const jsonText = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;

export const OUTPUT_HELP = "- for standard output";
const CHUNK_BYTES = 1 << 16;

export const PAGE: FileKind = {
  name: "a page that pyheap made",
  begins: textBegins(/<meta name="generator" content="pyheap">/),
};

/** Throws UsageError if the report must not be written there. */
export function checkOutput(file: string, kind: FileKind, how: Overwriting): void {
  if (file !== "-") checkFile(file, kind, how);
}

/** Joins small pieces, because each piece that a stream gets costs time. */
function* gathered(pieces: Iterable<string | Uint8Array>): Generator<Uint8Array> {
  let waiting: Buffer[] = [];
  let length = 0;
  for (const piece of pieces) {
    const bytes = Buffer.from(piece as Uint8Array);
    waiting.push(bytes);
    length += bytes.length;
    if (length < CHUNK_BYTES) continue;
    yield Buffer.concat(waiting);
    waiting = [];
    length = 0;
  }
  if (length > 0) yield Buffer.concat(waiting);
}

export interface OutputOptions {
  readonly isCompressed?: boolean | undefined;
  /** What else to say about the file. */
  readonly more?: string;
}

/**
 * Writes a report piece by piece, and says where. An existing file stays until the new one is whole. Throws
 * UsageError if the report can't be written.
 */
export async function writeOutput(
  file: string,
  pieces: Iterable<string | Uint8Array>,
  { isCompressed = false, more = "" }: OutputOptions = {},
): Promise<void> {
  const source = Readable.from(gathered(pieces), { objectMode: false });
  const packed = isCompressed ? [source, createGzip()] : [source];
  let made: Replacement | undefined;
  try {
    if (file === "-") {
      await pipeline([...packed, process.stdout], { end: false });
    } else {
      made = new Replacement(file);
      await pipeline([...packed, createWriteStream(made.path)]);
      made.keep();
    }
  } catch (error) {
    made?.drop();
    if (!(error instanceof Error && "syscall" in error)) throw error;
    // The reader of standard output has read enough, and has closed the pipe.
    if (file === "-" && (error as NodeJS.ErrnoException).code === "EPIPE") return;
    throw new UsageError(`Cannot write ${file === "-" ? "to standard output" : file}: ${reasonOf(error)}`);
  }
  if (file !== "-") process.stderr.write(`${forTerminal(file)}${more}\n`);
}
