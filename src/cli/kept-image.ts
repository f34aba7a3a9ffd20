// The image of the bare interpreter, as a run finds it or makes it.

import { createImage, PythonImage } from "../hosts/python/pyodide.js";
import type { RunRequest } from "./protocol.js";
import type { LoadPyodide } from "./pyodide-folder.js";
import { holdDefinitions, RUN_SOURCES, startOptions } from "./run-definitions.js";
import { imageFile, keepImage, openKept, startEnvironment } from "./start-image.js";
import { reasonOf } from "./system/errors.js";

/** The place of the image of the bare interpreter. */
export class KeptImage {
  readonly #file: string;
  readonly #env: Record<string, string>;
  readonly #loadPyodide: LoadPyodide;
  readonly #complain: (what: string) => void;
  #close: () => void = () => undefined;

  private constructor(
    file: string,
    env: Record<string, string>,
    loadPyodide: LoadPyodide,
    complain: (what: string) => void,
  ) {
    this.#file = file;
    this.#env = env;
    this.#loadPyodide = loadPyodide;
    this.#complain = complain;
  }

  /** Undefined if this run can't start from it. `complain` is told of an image that is broken. */
  static of(
    { images, debugHooks, trace, environment, pyodide }: RunRequest,
    loadPyodide: LoadPyodide,
    complain: (what: string) => void,
  ): KeptImage | undefined {
    const env = startEnvironment(environment);
    // Debug hooks check the blocks of the interpreter's start too, and some recordings show its events.
    if (images === undefined || env === undefined || debugHooks || trace?.withStart) return undefined;
    return new KeptImage(imageFile(images, pyodide, env, RUN_SOURCES), env, loadPyodide, complain);
  }

  /** The image, which is made if there is none yet. Undefined if a program can't be started from it. */
  async open(): Promise<PythonImage | undefined> {
    const kept = openKept(this.#file);
    if (!kept) return this.#make();
    this.#close = kept.close;
    try {
      return PythonImage.inFile(kept);
    } catch (error) {
      return this.replace(error);
    }
  }

  /** Makes the image anew, because it is broken for this reason. */
  replace(why: unknown): Promise<PythonImage | undefined> {
    this.close();
    this.#complain(`the image of Python that was kept is made anew: ${this.#file}: ${reasonOf(why)}`);
    return this.#make();
  }

  /** To be called when an interpreter has the image's memory. */
  close(): void {
    this.#close();
    this.#close = () => undefined;
  }

  async #make(): Promise<PythonImage | undefined> {
    // The run that starts from the image gives the warnings.
    const onWarning = () => undefined;
    const options = { pyodide: startOptions(this.#env), loadPyodide: this.#loadPyodide, onWarning };
    const made = await createImage({ ...options, prepare: holdDefinitions });
    try {
      keepImage(this.#file, made);
    } catch {
      // The next run makes it again.
    }
    const image = await PythonImage.from(made);
    return image.program && image;
  }
}
