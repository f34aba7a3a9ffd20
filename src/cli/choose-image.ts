// The image from which a run starts Python: the one that the user names, or the one that the command keeps of the bare
// interpreter; or none.

import type { PythonImage } from "../hosts/python/pyodide.js";
import { keptImage } from "./kept-image.js";
import { openImage } from "./open-image.js";
import type { RunRequest } from "./protocol.js";
import type { LoadPyodide } from "./pyodide-folder.js";
import { reasonOf } from "./system/errors.js";

/** What is said when Python starts without the image that the user named. */
export const withoutImage = (why: string): string => `Python starts without the image: ${why}`;

/**
 * The image to start from; undefined if this run begins without one. Throws an error if the image that the user named can't be used.
 */
export async function chooseImage(
  request: RunRequest,
  loadPyodide: LoadPyodide,
  complain: (what: string) => void,
): Promise<PythonImage | undefined> {
  const { image } = request;
  if (image === undefined) return keptImage(request, loadPyodide, complain);
  try {
    const named = await openImage(image.file, { isProven: true, sha256: image.trusted });
    if (named.program) return named;
    throw new Error(`${image.file}: its interpreter can't be given a program to run`);
  } catch (error) {
    if (!image.isOptional) throw error;
    complain(withoutImage(reasonOf(error)));
    return undefined;
  }
}
