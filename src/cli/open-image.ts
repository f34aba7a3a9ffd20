// Images of Python in files that the user names.

import { readFileSync } from "node:fs";
import { ImageError } from "../ground/errors.js";
import { PythonImage } from "../hosts/python/pyodide.js";
import { reasonOf, UsageError } from "./system/errors.js";

/** Reads the image in a file. Throws UsageError. */
export async function openImage(file: string): Promise<PythonImage> {
  try {
    return await PythonImage.from(readFileSync(file));
  } catch (error) {
    const why = error instanceof ImageError ? error.message : `Cannot read the image: ${reasonOf(error)}`;
    throw new UsageError(`${file}: ${why}`);
  }
}
