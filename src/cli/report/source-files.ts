// The files of a recorded program, if they are still here and what they were.

import { readFileSync, statSync } from "node:fs";

const MOST_BYTES = 2 * 2 ** 20;

/** The lines of a file; undefined if it can't be read, is no source, or was changed after the recording began (ISO 8601). */
export function linesOf(file: string, started: string): readonly string[] | undefined {
  if (!file.endsWith(".py")) return undefined;
  try {
    const { size, mtimeMs } = statSync(file);
    if (size > MOST_BYTES || mtimeMs > Date.parse(started)) return undefined;
    return readFileSync(file, "utf8").split(/\r?\n/);
  } catch {
    return undefined;
  }
}
