// Reads images of Python from files that the user names. An image is code, so a run starts only from an image that this user
// made, or whose SHA-256 the user names.
//
//   made-images/HASH   in the cache folder: an empty file for each image that this user made

import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ImageError } from "../ground/errors.js";
import { PythonImage } from "../hosts/python/pyodide.js";
import { cacheFolder } from "./system/cache-folder.js";
import { reasonOf, UsageError } from "./system/errors.js";

/** The SHA-256 of an image, by which it is trusted. */
export const hashOf = (image: Uint8Array): string => createHash("sha256").update(image).digest("hex");

const noteOf = (hash: string): string => join(cacheFolder("made-images"), hash);

/** Notes that this user made an image. If that can't be noted, the image counts as a stranger's. */
export function noteMade(image: Uint8Array): void {
  try {
    mkdirSync(cacheFolder("made-images"), { recursive: true, mode: 0o700 });
    writeFileSync(noteOf(hashOf(image)), "", { mode: 0o600 });
  } catch {
    // The note can't be written.
  }
}

export interface Proof {
  /** Whether the image must be one that this user made, or have the SHA-256 that the user names. */
  readonly isProven: boolean;
  /** The SHA-256 of an image that the user trusts. */
  readonly sha256?: string | undefined;
}

/** Reads the image in a file. Throws UsageError if it can't be read, or must not be used. */
export async function openImage(file: string, { isProven, sha256 }: Proof): Promise<PythonImage> {
  const problem = (why: string) => new UsageError(`${file}: ${why}`);
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    throw problem(`Cannot read the image: ${reasonOf(error)}`);
  }
  const image = await PythonImage.from(bytes).catch((error: unknown) => {
    throw error instanceof ImageError ? problem(error.message) : error;
  });
  if (!isProven) return image;
  const gone = image.info.needs.find((folder) => !existsSync(folder));
  if (gone !== undefined)
    throw problem(`Cannot load the heap image: it needs the package in ${gone}, which is not there; make it again`);
  const hash = hashOf(bytes);
  if (sha256 !== undefined && sha256.toLowerCase() !== hash)
    throw problem(`Cannot load the heap image: its SHA-256 is ${hash}, and --trust names another one`);
  if (sha256 === undefined && !existsSync(noteOf(hash))) {
    throw problem(
      `Cannot load the heap image: you did not make it, and an image is code. If you trust who made it: --trust ${hash}`,
    );
  }
  return image;
}
