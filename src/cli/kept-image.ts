// The image of the bare interpreter, as a run finds it or makes it.

import { createImage, PythonImage } from "../hosts/python/pyodide.js";
import type { RunRequest } from "./protocol.js";
import type { LoadPyodide } from "./pyodide-folder.js";
import { holdDefinitions, RUN_SOURCES, startOptions } from "./run-definitions.js";
import { imageFile, keepImage, readImage, startEnvironment } from "./start-image.js";
import { reasonOf } from "./system/errors.js";

/**
 * The image of the bare interpreter, which is made if there is none yet. Undefined if this run can't start from it. `complain`
 * is told of an image that is broken.
 */
export async function keptImage(
  { images, debugHooks, trace, environment, pyodide }: RunRequest,
  loadPyodide: LoadPyodide,
  complain: (what: string) => void,
): Promise<PythonImage | undefined> {
  const env = startEnvironment(environment);
  // Debug hooks check the blocks of the interpreter's start too, and some recordings show its events.
  if (images === undefined || env === undefined || debugHooks || trace?.withStart) return undefined;
  const file = await imageFile(images, pyodide, env, RUN_SOURCES);
  const kept = readImage(file);
  if (kept) {
    try {
      return await PythonImage.from(kept);
    } catch (error) {
      complain(`the image of Python that was kept is made anew: ${file}: ${reasonOf(error)}`);
    }
  }
  // The run that starts from the image gives the warnings.
  const onWarning = () => undefined;
  const made = await createImage({ pyodide: startOptions(env), loadPyodide, prepare: holdDefinitions, onWarning });
  try {
    keepImage(file, made);
  } catch {
    // The next run makes it again.
  }
  const image = await PythonImage.from(made);
  return image.program && image;
}
