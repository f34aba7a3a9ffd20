// Where a block was allocated, in the form of Python's tracemalloc: places from the oldest call to the most recent.

/** A place on a stack. Two frames with the same file and line are equal, whatever their functions. */
export interface Frame {
  readonly filename: string;
  /** Counts from 1; 0 if it is not known, and in statistics by file. */
  readonly lineno: number;
  /** Qualified name of the function; "" in statistics by file or line. */
  readonly name: string;
}

/** Stands for a stack without frames, as in Python. */
export const UNKNOWN: Frame = { filename: "<unknown>", lineno: 0, name: "" };

export class Traceback {
  /** At least one frame; the last is where the block was allocated. */
  readonly frames: readonly Frame[];
  /** The number of frames that the stack had, including those that the limit omitted. */
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
