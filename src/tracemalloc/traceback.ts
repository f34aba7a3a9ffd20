// Where a block was allocated, as Python's tracemalloc has it: places from the oldest call to the most recent.

/** A place on a stack. Two with the same file and line are the same, whatever the function. */
export interface Frame {
  readonly filename: string;
  /** From 1; 0 if it is not known, or if lines don't count: in statistics by file. */
  readonly lineno: number;
  /** Qualified name of the function; "" in statistics by file or line. */
  readonly name: string;
}

/** In place of a stack without a frame, as in Python. */
export const UNKNOWN: Frame = { filename: "<unknown>", lineno: 0, name: "" };

export class Traceback {
  /** At least one; the last is where the block was allocated. */
  readonly frames: readonly Frame[];
  /** How many frames the stack had, those included that the limit left out. */
  readonly totalNframe: number;
  /** Equal for equal tracebacks, and only for them. */
  readonly key: string;

  constructor(frames: readonly Frame[], totalNframe: number) {
    this.frames = frames;
    this.totalNframe = totalNframe;
    this.key = frames.map(({ filename, lineno }) => `${filename}:${lineno}`).join("\n");
  }

  /** The frame in which the block was allocated. */
  get last(): Frame {
    return this.frames.at(-1) ?? UNKNOWN;
  }

  /** The traceback as lines of text, a line for each frame. */
  format({ mostRecentFirst = false }: { readonly mostRecentFirst?: boolean } = {}): string[] {
    const lines = this.frames.map(
      ({ filename, lineno, name }) => `  File "${filename}", line ${lineno}${name === "" ? "" : `, in ${name}`}`,
    );
    return mostRecentFirst ? lines.reverse() : lines;
  }

  toString(): string {
    return `${this.last.filename}:${this.last.lineno}`;
  }
}
