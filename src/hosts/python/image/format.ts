// The bytes of an image of an interpreter: what the host knows, the contents of the interpreter's memory, and files.
//
//   0   "PYHEAPPY"                        8   SHA-256 of everything from byte 40 on
//   40  version of this format            44  flags: 1, the content is compressed (deflate)
//   48  bytes of the metadata             52  bytes of the content          56  bytes that the content takes in the image
//   60  bytes of the start's base, at the end of the content
//   64  metadata, JSON in UTF-8, then the content: the number of runs; of each run the first page and the number of pages; the pages of all runs;
//       files; and what was allocated until the image was made, as the base of a trace (src/trace/base.ts)
//
// All numbers are little-endian words. A page has 4096 bytes. A page that is not in any run has only zeros.

import { ImageError } from "../../../ground/errors.js";
import { parseMetadata } from "../../../image/metadata.js";
import { compress, decompress } from "../../../image/stream.js";
import { type ImageFile, isLinkRecord, type LinkRecord } from "./link-record.js";

export const PYTHON_IMAGE_VERSION = 5;
/** The first bytes of an image. */
export const PYTHON_IMAGE_MAGIC = "PYHEAPPY";
const DIGEST = 8;
/** The checksum is that of everything from here on. */
export const CHECKED = 40;
export const HEADER = 64;
const COMPRESSED = 1;
const PAGE = 4096;
/** The number of pages of the largest memory. */
const MOST_PAGES = 2 ** 32 / PAGE;

/** What an image says about itself. */
export interface PythonImageInfo {
  /** The version of pyheap that made it: "0.1.0". */
  readonly pyheap: string;
  /** Pyodide's version: "314.0.7". */
  readonly pyodide: string;
  /** CPython's version: "3.14.2". */
  readonly python: string;
  /** The time at which it was made: ISO 8601. */
  readonly made: string;
  /** The number of modules that had been imported. */
  readonly modules: number;
  /** Bytes of live blocks. */
  readonly live: number;
  /** Bytes of the interpreter's memory. */
  readonly memory: number;
  /** The heap's footprint in bytes. */
  readonly footprint: number;
  /** Folders of the machine that interpreters from this image need: modules were imported from packages there. */
  readonly needs: readonly string[];
}

export interface PythonImageMetadata {
  readonly info: PythonImageInfo;
  /** Checksum of pyheap's own module, which determines the structures of the control block. */
  readonly core: number;
  /** A value that is the same in every instance of one build of Pyodide, and different in other builds. */
  readonly build: string;
  /**
   * Where the heap is: the address of the control block, the table index of its first function, and the bytes that were
   * in use before the heap came.
   */
  readonly control: number;
  readonly firstEntry: number;
  readonly inherited: number;
  /** Where the interpreter's configuration says what its main function runs: run_command, and argv. 0: it is not known. */
  readonly command: number;
  readonly words: number;
  /** What Pyodide has to know about its JavaScript side: the head of one of its own snapshots, in base64. */
  readonly head: string;
  /** The libraries that were loaded: modules in C, and what they need. Each has its file in the image. */
  readonly link?: LinkRecord | undefined;
  /** The packages that Pyodide had loaded, and where they came from. */
  readonly packages?: Readonly<Record<string, string>> | undefined;
}

/** What the metadata say of a file: its path, its size, and whether it is outside of the interpreter's memory. */
export type ListedFile = readonly [path: string, size: number, isOutside: boolean];

/** The metadata as they are stored. */
export interface Stored extends PythonImageMetadata {
  readonly files: readonly ListedFile[];
}

export interface PythonImageParts {
  readonly metadata: PythonImageMetadata;
  /** The runs of pages. */
  readonly runs: readonly Run[];
  /** Files of packages and of libraries. */
  readonly files: readonly ImageFile[];
  /** What was allocated until the image was made, encoded as the base of a trace. */
  readonly base: Uint8Array;
}

/** A run of adjacent pages. */
export interface Run {
  readonly address: number;
  readonly bytes: Uint8Array;
}

/** The runs of pages of a memory that have other bytes than zeros. */
export function runsOf(memory: Uint8Array): Run[] {
  const words = new Uint32Array(memory.buffer, memory.byteOffset, memory.byteLength >>> 2);
  const perPage = PAGE / 4;
  const isEmpty = (page: number) => {
    for (let k = page * perPage, end = k + perPage; k < end; k++) if (words[k] !== 0) return false;
    return true;
  };
  const runs: Run[] = [];
  const pages = memory.length / PAGE;
  for (let page = 0; page < pages; page++) {
    if (isEmpty(page)) continue;
    const first = page;
    while (page < pages && !isEmpty(page)) page++;
    runs.push({ address: first * PAGE, bytes: memory.subarray(first * PAGE, page * PAGE) });
  }
  return runs;
}

/** Makes an image of these parts. */
export async function encodePythonImage(
  { metadata, runs, files, base }: PythonImageParts,
  isCompressed: boolean,
): Promise<Uint8Array<ArrayBuffer>> {
  const content = contentOf(runs, [...files.map(({ bytes }) => bytes), base]);
  const listed = files.map(({ path, bytes, isOutside }): ListedFile => [path, bytes.length, isOutside]);
  const text = new TextEncoder().encode(JSON.stringify({ ...metadata, files: listed } satisfies Stored));
  const stored = isCompressed ? await compress(content) : content;
  const image = new Uint8Array(HEADER + text.length + stored.length);
  const view = new DataView(image.buffer);
  new TextEncoder().encodeInto(PYTHON_IMAGE_MAGIC, image);
  const flags = isCompressed ? COMPRESSED : 0;
  const words = [PYTHON_IMAGE_VERSION, flags, text.length, content.length, stored.length, base.length];
  words.forEach((word, k) => {
    view.setUint32(CHECKED + 4 * k, word, true);
  });
  image.set(text, HEADER);
  image.set(stored, HEADER + text.length);
  image.set(await digestOf(image), DIGEST);
  return image;
}

function contentOf(runs: readonly Run[], rest: readonly Uint8Array[]): Uint8Array {
  const head = 4 + 8 * runs.length;
  const parts = [...runs.map(({ bytes }) => bytes), ...rest];
  const content = new Uint8Array(parts.reduce((sum, { length }) => sum + length, head));
  const view = new DataView(content.buffer);
  view.setUint32(0, runs.length, true);
  let at = head;
  for (const [k, { address, bytes }] of runs.entries()) {
    view.setUint32(4 + 8 * k, address / PAGE, true);
    view.setUint32(8 + 8 * k, bytes.length / PAGE, true);
  }
  for (const part of parts) {
    content.set(part, at);
    at += part.length;
  }
  return content;
}

async function digestOf(image: Uint8Array): Promise<Uint8Array> {
  const { subtle } = globalThis.crypto;
  if (!subtle) throw new ImageError("there is no SHA-256 here: a page must come from https or localhost");
  return new Uint8Array(await subtle.digest("SHA-256", image.subarray(CHECKED) as Uint8Array<ArrayBuffer>));
}

/** What the header says. Lengths are in bytes. */
export interface Header {
  readonly isCompressed: boolean;
  readonly digest: Uint8Array;
  readonly metadata: number;
  readonly content: number;
  readonly base: number;
  /** Where the content begins. */
  readonly at: number;
}

/** The header of an image that begins with `head` and has `length` bytes. Throws ImageError if it is not valid. */
export function readHeader(head: Uint8Array, length: number): Header {
  const magic = new TextDecoder("latin1").decode(head.subarray(0, PYTHON_IMAGE_MAGIC.length));
  if (magic !== PYTHON_IMAGE_MAGIC.slice(0, length)) throw new ImageError("it does not begin like an image of Python");
  if (length < HEADER) throw new ImageError(`it ends after ${length} bytes, in the header`);
  const view = new DataView(head.buffer, head.byteOffset, HEADER);
  const words = Array.from({ length: 6 }, (_, k) => view.getUint32(CHECKED + 4 * k, true));
  const [version = 0, flags = 0, metadata = 0, content = 0, stored = 0, base = 0] = words;
  if (version !== PYTHON_IMAGE_VERSION) {
    throw new ImageError(
      `it has version ${version} of the format, and this pyheap knows version ${PYTHON_IMAGE_VERSION}; or it is broken`,
    );
  }
  const whole = HEADER + metadata + stored;
  if (length !== whole) {
    const cut = length < whole ? "it is cut off" : "there is data after its end";
    throw new ImageError(`${cut}: ${length} bytes instead of ${whole}`);
  }
  if ((flags & ~COMPRESSED) !== 0) throw new ImageError(`it has flags that are not known (${flags})`);
  const isCompressed = flags === COMPRESSED;
  if (!isCompressed && stored !== content)
    throw new ImageError(`it has ${stored} bytes of content instead of ${content}`);
  return { isCompressed, digest: head.slice(DIGEST, CHECKED), metadata, content, base, at: HEADER + metadata };
}

/** Throws ImageError unless this is the SHA-256 that the header names. */
export function checkDigest({ digest }: Header, found: Uint8Array): void {
  if (found.some((byte, k) => byte !== digest[k])) throw new ImageError("it is broken (its checksum does not match)");
}

/** The parts of an image. Throws ImageError. */
export async function decodePythonImage(image: Uint8Array): Promise<PythonImageParts> {
  const header = readHeader(image, image.length);
  checkDigest(header, await digestOf(image));
  const stored = readMetadata(image.subarray(HEADER, header.at));
  const packed = image.subarray(header.at);
  const content = header.isCompressed ? await decompress(packed, header.content) : packed;
  const { metadata, files, filesAt, baseAt } = divide(header, stored);
  const view = new DataView(content.buffer, content.byteOffset, filesAt);
  const places = readPlaces(view, metadata.info.memory, filesAt);
  const runs = places.map(({ address, size, at }): Run => ({ address, bytes: content.subarray(at, at + size) }));
  return {
    metadata,
    runs,
    files: readFiles(files, content.subarray(filesAt, baseAt)),
    base: content.subarray(baseAt),
  };
}

/** Where the parts of the content begin. */
export interface Division {
  readonly metadata: PythonImageMetadata;
  readonly files: readonly ListedFile[];
  readonly filesAt: number;
  readonly baseAt: number;
}

/** Separates the list of files from the metadata, and finds where the parts of the content begin. Throws ImageError if a part is cut off. */
export function divide({ content, base }: Header, { files, ...metadata }: Stored): Division {
  const baseAt = content - base;
  if (baseAt < 0) throw new ImageError("the sums of its start are cut off");
  const filesAt = files.reduce((rest, [, bytes]) => rest - bytes, baseAt);
  if (filesAt < 0) throw new ImageError("its files are cut off");
  return { metadata, files, filesAt, baseAt };
}

/** The listed files, one after the other in these bytes. */
export function readFiles(files: readonly ListedFile[], bytes: Uint8Array): ImageFile[] {
  let next = 0;
  return files.map(([path, size, isOutside]) => {
    next += size;
    return { path, bytes: bytes.subarray(next - size, next), isOutside };
  });
}

/** Where a run of pages belongs, and where the content has it. */
export interface Place {
  readonly address: number;
  readonly size: number;
  readonly at: number;
}

/**
 * The number of bytes at the beginning of the content that say where its pages belong. `first` has the content's first four bytes;
 * `end` is where the pages end. Throws ImageError.
 */
export function placesBytes(first: DataView, end: number): number {
  const bytes = end < 4 ? 4 : 4 + 8 * first.getUint32(0, true);
  if (bytes > end) throw new ImageError("its runs of pages are cut off");
  return bytes;
}

/** Where the pages belong. In the content, they end at `end`. Throws ImageError unless all are within the memory, in order. */
export function readPlaces(content: DataView, memory: number, end: number): Place[] {
  let at = placesBytes(content, end);
  const places: Place[] = [];
  let next = 0;
  for (let entry = 4, last = at; entry < last; entry += 8) {
    const [first, pages] = [content.getUint32(entry, true), content.getUint32(entry + 4, true)];
    const size = pages * PAGE;
    if (first < next || first * PAGE + size > memory || at + size > end) {
      throw new ImageError(`its run ${places.length} of pages is not valid (${pages} from ${first} on)`);
    }
    places.push({ address: first * PAGE, size, at });
    next = first + pages;
    at += size;
  }
  if (at !== end) throw new ImageError("it has pages that are in no run");
  return places;
}

/** The metadata in a text. Throws ImageError if they are not valid. */
export function readMetadata(text: Uint8Array): Stored {
  const metadata = parseMetadata<Stored>(new TextDecoder().decode(text));
  const isNumber = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) < 2 ** 32;
  const { info, core, build, control, firstEntry, inherited, command, words, head } = metadata;
  const isInfo =
    typeof info === "object" &&
    info !== null &&
    [info.pyheap, info.pyodide, info.python, info.made].every((value) => typeof value === "string") &&
    [info.modules, info.live, info.footprint].every(isNumber) &&
    Array.isArray(info.needs) &&
    info.needs.every((folder: unknown) => typeof folder === "string") &&
    Number.isInteger(info.memory) &&
    info.memory % (16 * PAGE) === 0 &&
    info.memory > 0 &&
    info.memory <= MOST_PAGES * PAGE;
  // The control block, and the words of the program, are in the memory.
  const places = [control, command, words].every(
    (place) => (place as number) % 4 === 0 && (place as number) < (info?.memory ?? 0),
  );
  const isValid =
    isInfo &&
    places &&
    hasLibraries(metadata, info.memory as number) &&
    [core, control, firstEntry, inherited, command, words].every(isNumber) &&
    [build, head].every((value) => typeof value === "string");
  if (!isValid) throw new ImageError("its metadata is not valid");
  return metadata as Stored;
}

/** Whether files, packages and libraries are valid, and each library has its file. */
function hasLibraries({ files, link, packages }: Partial<Stored>, memory: number): boolean {
  const isFile = (file: unknown) =>
    Array.isArray(file) &&
    typeof file[0] === "string" &&
    file[0].startsWith("/") &&
    Number.isSafeInteger(file[1]) &&
    file[1] >= 0 &&
    typeof file[2] === "boolean";
  if (!Array.isArray(files) || !files.every(isFile)) return false;
  const channels = Object.values(packages ?? {});
  if (typeof (packages ?? {}) !== "object" || channels.some((channel) => typeof channel !== "string")) return false;
  if (link === undefined) return true;
  return isLinkRecord(link, memory) && link.libraries.every(({ name }) => files.some(([path]) => path === name));
}
