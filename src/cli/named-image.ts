// The image that the user names for a run.

import type { PythonImage } from "../hosts/python/pyodide.js";
import { openImage } from "./open-image.js";
import type { ImageRequest } from "./protocol.js";
import { reasonOf } from "./system/errors.js";

/** What is said when Python starts without the image that the user named. */
export const withoutImage = (why: string): string => `Python starts without the image: ${why}`;

/**
 * The image that the user named. If it can't be used, throws an error; but if it is optional, says why, and returns undefined: Python
 * then starts without it.
 */
export async function namedImage(
  { file, trusted, isOptional }: ImageRequest,
  complain: (what: string) => void,
): Promise<PythonImage | undefined> {
  try {
    const named = await openImage(file, { isProven: true, sha256: trusted });
    if (named.program) return named;
    throw new Error(`${file}: its interpreter can't be given a program to run`);
  } catch (error) {
    if (!isOptional) throw error;
    complain(withoutImage(reasonOf(error)));
    return undefined;
  }
}
