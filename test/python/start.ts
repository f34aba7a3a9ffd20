// Starts Python for tests that are not about its start: from an image that the first of them makes, because a cold start
// takes four times as much processor time.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { imageFile, keepImage } from "../../src/cli/start-image.js";
import { createImage, type LoadPythonOptions, loadPython, type Python } from "../../src/hosts/python/pyodide.js";
import { ROOT } from "../needs.js";

/** The file's name has a hash of all that the image depends on. */
const FILE = imageFile(join(process.env.PYHEAP_CACHE ?? join(ROOT, "build"), "tests"), undefined, {}, []);

async function makeImage(): Promise<Uint8Array> {
  const image = await createImage();
  keepImage(FILE, image);
  return image;
}

/** A bare interpreter on a heap. */
export async function startPython(options: Omit<LoadPythonOptions, "image" | "loadPyodide"> = {}): Promise<Python> {
  return loadPython({ ...options, image: existsSync(FILE) ? readFileSync(FILE) : await makeImage() });
}
