// Source lines of the program for its frames. They are read on demand.
//
// A file that was changed after the recording began is not used, because its lines might not be those that ran.

import type { TraceMetadata } from "../trace/format.js";

/** Longer lines are cut. */
const MOST_CHARACTERS = 80;
/** The file name that Python gives to the code after -c. */
const CODE_FILE = "<string>";

/** The text of a source file; undefined if it can't be read. */
export type ReadSource = (
  file: string,
) => { readonly text: string /** In milliseconds since 1970. */; readonly modified?: number } | undefined;

export class Sources {
  /** Files that were changed after the recording began. */
  readonly changed = new Set<string>();
  readonly #read: ReadSource;
  readonly #started: number;
  readonly #files = new Map<string, readonly string[]>();

  constructor({ command, started }: Pick<TraceMetadata, "command" | "started">, read: ReadSource) {
    this.#read = read;
    this.#started = Date.parse(started);
    const [option, code] = command;
    if (option === "-c" && code !== undefined) this.#files.set(CODE_FILE, linesOf(code));
  }

  /** The lines of a file; none if it can't be read. */
  lines(file: string): readonly string[] {
    let lines = this.#files.get(file);
    if (!lines) {
      lines = this.#linesOf(file);
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

  #linesOf(file: string): readonly string[] {
    const found = this.#read(file);
    if (!found) return [];
    if ((found.modified ?? 0) <= this.#started) return linesOf(found.text);
    this.changed.add(file);
    return [];
  }
}

const linesOf = (text: string) => text.split(/\r\n|\r|\n/);
