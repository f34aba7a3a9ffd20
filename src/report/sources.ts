// Source lines of the program for its frames. They are read on demand, from the folder where the program was.
//
// A file that was changed after the recording began is not used, because its lines might not be those that ran.

import { readFileSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { fileURLToPath } from "node:url";
import type { TraceMetadata } from "../trace/format.js";

/** Longer lines are cut. */
const MOST_CHARACTERS = 80;
/** A larger file is not source code that anybody reads. */
const MOST_BYTES = 16 * 2 ** 20;
/** Only files with these endings are read: a trace from a stranger may name any file, and reports may be passed on. */
const SOURCE = /\.(py[ix]?|[cm]?[jt]sx?|c|h|cc|cpp|hpp)$/i;
/** The file name that Python gives to the code after -c. */
const CODE_FILE = "<string>";

export class Sources {
  /** Files that were changed after the recording. */
  readonly changed = new Set<string>();
  readonly #folders: readonly string[];
  readonly #started: number;
  readonly #files = new Map<string, readonly string[]>();

  /** Relative paths are looked up in `folders`, in turn. */
  constructor({ command, started }: Pick<TraceMetadata, "command" | "started">, folders: readonly string[] = ["."]) {
    this.#folders = folders;
    this.#started = Date.parse(started);
    const [option, code] = command;
    if (option === "-c" && code !== undefined) this.#files.set(CODE_FILE, code.split(/\r\n|\r|\n/));
  }

  /** The lines of a file; none if it can't be read. */
  lines(file: string): readonly string[] {
    let lines = this.#files.get(file);
    if (!lines) {
      lines = this.#read(file);
      this.#files.set(file, lines);
    }
    return lines;
  }

  /** The text of a line, without its indentation; undefined if it is empty or can't be read. */
  line(file: string, line: number): string | undefined {
    const text = this.lines(file)[line - 1]?.trim().replace(/\s+/g, " ") ?? "";
    if (text === "") return undefined;
    return text.length <= MOST_CHARACTERS ? text : `${text.slice(0, MOST_CHARACTERS - 1)}…`;
  }

  #read(file: string): readonly string[] {
    if (!SOURCE.test(file)) return [];
    for (const folder of this.#folders) {
      const found = readIfThere(folder, file);
      if (!found) continue;
      if (found.modified <= this.#started) return found.text.split(/\r\n|\r|\n/);
      this.changed.add(file);
      return [];
    }
    return [];
  }
}

/**
 * The text of a file, and when it was modified; undefined if it can't be read: it may be in an archive, or access may
 * be denied.
 */
function readIfThere(folder: string, file: string): { readonly modified: number; readonly text: string } | undefined {
  try {
    const path = file.startsWith("file:") ? fileURLToPath(file) : resolve(folder, file);
    const found = statSync(path);
    if (!found.isFile() || found.size > MOST_BYTES) return undefined;
    return { modified: found.mtimeMs, text: readFileSync(path, "utf8") };
  } catch (error) {
    if (error instanceof Error && "code" in error) return undefined;
    throw error;
  }
}
