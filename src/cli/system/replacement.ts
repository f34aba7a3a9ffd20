// Files of the command that take the place of older ones only when they are whole.

import * as fs from "node:fs";
import { dirname } from "node:path";
import { Replacement as AnyReplacement } from "../../ground/replacement.js";

export class Replacement extends AnyReplacement {
  /** Makes no file yet. Throws the system's error if the path can't be looked up. */
  constructor(file: string) {
    super({ ...fs, dirname }, file, process.pid);
  }
}

/** Writes a file, which takes the place of an existing one when it is whole. */
export function replaceFile(file: string, content: string | Uint8Array): void {
  const made = new Replacement(file);
  try {
    fs.writeFileSync(made.path, content);
    made.keep();
  } catch (error) {
    made.drop();
    throw error;
  }
}
