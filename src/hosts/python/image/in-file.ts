// An image whose pages stay in its file until a memory gets them: each byte is read once, to where it belongs. A copy in
// between would take as long as all the rest, because the system would have to provide new memory for it.

import { ImageError } from "../../../ground/errors.js";
import {
  CHECKED,
  checkDigest,
  divide,
  HEADER,
  type Place,
  type PythonImageParts,
  placesBytes,
  readFiles,
  readHeader,
  readMetadata,
  readPlaces,
} from "./format.js";

/** A file that is open. */
export interface ImageInFile {
  readonly size: number;
  /** Fills `into` with the bytes from an offset on. Throws if there are not so many. */
  read(at: number, into: Uint8Array): void;
  /** The SHA-256 of these bytes, one after the other. */
  sha256(parts: Iterable<Uint8Array>): Uint8Array;
}

/** The pages of an image, on their way into a memory. */
export interface Pages {
  /** Where they belong, in order. */
  readonly places: readonly Pick<Place, "address" | "size">[];
  /** Puts the pages of one place into the memory. */
  put(place: number, memory: Uint8Array): void;
  /** To be called when all pages are in the memory. Throws ImageError if what was put there is broken. */
  check(memory: Uint8Array): void;
}

export interface OpenedImage extends Omit<PythonImageParts, "runs"> {
  readonly pages: Pages;
}

/** An image that was read whole, and checked. */
export function withPages({ runs, ...rest }: PythonImageParts): OpenedImage {
  const pages = {
    places: runs.map(({ address, bytes }) => ({ address, size: bytes.length })),
    put(place: number, memory: Uint8Array) {
      const run = runs[place];
      if (run) memory.set(run.bytes, run.address);
    },
    check: () => undefined,
  };
  return { ...rest, pages };
}

/** Opens an image that is not compressed. Throws ImageError if it is not valid, except in its pages. */
export function openInFile(file: ImageInFile): OpenedImage {
  const read = (at: number, size: number) => {
    const bytes = new Uint8Array(size);
    file.read(at, bytes);
    return bytes;
  };
  const header = readHeader(read(0, Math.min(HEADER, file.size)), file.size);
  if (header.isCompressed) throw new ImageError("it is compressed");
  const { at } = header;
  const { metadata, files, filesAt, baseAt } = divide(header, readMetadata(read(HEADER, header.metadata)));
  const listed = placesBytes(new DataView(read(at, Math.min(4, filesAt)).buffer), filesAt);
  const head = read(0, at + listed);
  const places = readPlaces(new DataView(head.buffer, at), metadata.info.memory, filesAt);
  const rest = read(at + filesAt, header.content - filesAt);
  const pages = {
    places,
    put(place: number, memory: Uint8Array) {
      const { address, size, at: from } = places[place] as Place;
      file.read(at + from, memory.subarray(address, address + size));
    },
    check(memory: Uint8Array) {
      const stored = places.map(({ address, size }) => memory.subarray(address, address + size));
      checkDigest(header, file.sha256([head.subarray(CHECKED), ...stored, rest]));
    },
  };
  const filesBytes = baseAt - filesAt;
  return { metadata, pages, files: readFiles(files, rest.subarray(0, filesBytes)), base: rest.subarray(filesBytes) };
}
