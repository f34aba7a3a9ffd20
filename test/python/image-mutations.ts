// Randomly broken images of Python, for tests of the reader and for npm run fuzz. Every second one has a checksum that fits.

import { createHash } from "node:crypto";
import {
  decodePythonImage,
  encodePythonImage,
  type PythonImageMetadata,
  runsOf,
} from "../../src/hosts/python/image/format.js";
import { type ImageInFile, openInFile } from "../../src/hosts/python/image/in-file.js";
import { ImageError } from "../../src/index.js";
import { encodeBase } from "../../src/trace/base.js";
import { mutate } from "../mutations.js";
import { randomIntegers } from "../random.js";

/** The offset of the checksum, and of the first byte that it covers. */
const DIGEST = 8;
const CHECKED = 40;
const PAGE = 4096;
const MEMORY = 16 * PAGE;
const COMPRESSED = new ImageError("it is compressed").message;

const METADATA: PythonImageMetadata = {
  info: {
    pyheap: "0.1.0",
    pyodide: "314.0.7",
    python: "3.14.2",
    made: "2026-01-01",
    modules: 1,
    live: 2,
    memory: MEMORY,
    footprint: 3,
    needs: ["/a"],
  },
  ...{ core: 1, build: "a", control: 4096, firstEntry: 5, inherited: 0, command: 0, words: 0, head: "" },
  packages: { a: "default" },
  link: {
    libraries: [
      { name: "/a/b.so", memoryBase: 64, tableBase: 7, isGlobal: false, turn: 0, references: 1, handles: [8] },
    ],
    ...{ table: 12, free: [], entries: [[11, 0, "f"]], places: [["g", 128]] },
  },
};

/** Two small images, one of them compressed. */
export async function smallImages(): Promise<Uint8Array[]> {
  const memory = new Uint8Array(MEMORY);
  const random = randomIntegers(7);
  for (let k = 0; k < 8; k++) memory[random(MEMORY)] = 1 + random(255);
  const blocks = [
    { address: 64, size: 10, tag: 2 },
    { address: 128, size: 700, tag: 4 },
  ];
  const base = encodeBase({ gone: [{ domain: 1, count: 3, bytes: 100 }], blocks });
  const files = [
    { path: "/a/b.so", bytes: memory.slice(0, 20), isOutside: true },
    { path: "/a/c.py", bytes: memory.slice(0, 9), isOutside: false },
  ];
  const parts = { metadata: METADATA, runs: runsOf(memory), files, base };
  return [await encodePythonImage(parts, false), await encodePythonImage(parts, true)];
}

export interface ImageSurvival {
  images: number;
  refused: number;
}

/**
 * Reads a broken image, from bytes and as a file. Throws unless both refuse it with an ImageError, or its runs are whole
 * pages, in order and within its memory, and each library has its file. As a file, a compressed image is always refused.
 */
export async function surviveImage(whole: readonly Uint8Array[], seed: number, survival: ImageSurvival): Promise<void> {
  // Two of three mutants are broken in the first bytes: the header and the metadata are checked most.
  const image = whole[seed % whole.length] as Uint8Array;
  const part = seed % 3 === 0 ? image.length : Math.min(1000, image.length);
  const mutant = new Uint8Array([...mutate(image.subarray(0, part), seed * 2 + 1), ...image.subarray(part)]);
  if (seed % 2 === 0 && mutant.length > CHECKED) {
    mutant.set(new Uint8Array(await crypto.subtle.digest("SHA-256", mutant.subarray(CHECKED))), DIGEST);
  }
  survival.images++;
  try {
    const { metadata, runs, files } = await decodePythonImage(mutant);
    const isMissing = metadata.link?.libraries.some(({ name }) => !files.some(({ path }) => path === name));
    if (isMissing) throw new Error(`seed ${seed}: a library without its file`);
    let next = 0;
    for (const { address, bytes } of runs) {
      if (address < next || address % PAGE !== 0 || bytes.length % PAGE !== 0)
        throw new Error(`seed ${seed}: a run at ${address}`);
      next = address + bytes.length;
    }
    if (next > metadata.info.memory) throw new Error(`seed ${seed}: a run to ${next}`);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    survival.refused++;
    surviveInFile(mutant, false, seed);
    return;
  }
  surviveInFile(mutant, true, seed);
}

/** A file with these bytes. */
export function inFile(bytes: Uint8Array): ImageInFile {
  return {
    size: bytes.length,
    read(at, into) {
      if (at + into.length > bytes.length) throw new Error("read beyond the end");
      into.set(bytes.subarray(at, at + into.length));
    },
    sha256(parts) {
      const hash = createHash("sha256");
      for (const part of parts) hash.update(part);
      return hash.digest();
    },
  };
}

/**
 * Reads an image as a file, and puts its pages into a memory. Throws unless that succeeds if the bytes were whole
 * (a compressed image is refused with an ImageError), and is refused with an ImageError if they were not.
 */
function surviveInFile(image: Uint8Array, isWhole: boolean, seed: number): void {
  try {
    const { metadata, pages } = openInFile(inFile(image));
    // An image that says it has more than 1 MiB of memory is not read further.
    if (metadata.info.memory > 2 ** 20) return;
    const memory = new Uint8Array(metadata.info.memory);
    for (const place of pages.places.keys()) pages.put(place, memory);
    pages.check(memory);
  } catch (error) {
    if (!(error instanceof ImageError)) throw error;
    if (isWhole && error.message !== COMPRESSED) throw error;
    return;
  }
  if (!isWhole) throw new Error(`seed ${seed}: a broken image was read from a file`);
}
