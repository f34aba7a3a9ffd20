// When the program of a trace began. The moments that a user asks for count from then.

import { IgnoringConsumer, readTrace } from "../trace/reader.js";

/** The bytes of a trace. */
export type TraceBytes = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Thrown to end the reading. */
class Found extends Error {}

/** Reads a trace until its program begins. */
class Finder extends IgnoringConsumer {
  programTime: number | undefined;
  #now = 0;
  /** True, so that stacks need not be renumbered for a reader that ignores them. */
  override readonly wantsTypes = true;

  override time(microseconds: number): void {
    this.#now = microseconds;
  }

  override program(): void {
    this.#found(this.#now);
  }

  override whole({ programTime }: { readonly programTime?: number }): void {
    this.#found(programTime);
  }

  #found(programTime: number | undefined): never {
    this.programTime = programTime;
    throw new Found();
  }
}

/** A source whose pieces can be read, and then read again with those that follow. */
class Again {
  readonly #from: AsyncIterator<Uint8Array> | Iterator<Uint8Array>;
  readonly #read: Uint8Array[] = [];

  constructor(bytes: TraceBytes) {
    this.#from = Symbol.asyncIterator in bytes ? bytes[Symbol.asyncIterator]() : bytes[Symbol.iterator]();
  }

  async *begin(): AsyncGenerator<Uint8Array> {
    for (let next = await this.#from.next(); !next.done; next = await this.#from.next()) {
      // The source may use the memory of a piece again.
      this.#read.push(next.value.slice());
      yield next.value;
    }
  }

  async *whole(): AsyncGenerator<Uint8Array> {
    try {
      yield* this.#read.splice(0);
      for (let next = await this.#from.next(); !next.done; next = await this.#from.next()) yield next.value;
    } finally {
      await this.#from.return?.();
    }
  }
}

/** Reads a trace until its program begins, and returns the finder. */
async function find(bytes: TraceBytes, name: string): Promise<Finder> {
  const finder = new Finder();
  try {
    await readTrace(bytes, name, finder);
  } catch (error) {
    if (!(error instanceof Found)) throw error;
  }
  return finder;
}

/** Whether a trace has the beginning of its program. It is read until then. Throws TraceError if it is not a trace. */
export async function hasProgram(bytes: TraceBytes, name: string): Promise<boolean> {
  return (await find(bytes, name)).programTime !== undefined;
}

/**
 * When the program began, in microseconds of the recording; and the whole trace, which can be read from its beginning.
 * The time is undefined if the recording began with the program. The pieces that were read to find the time are kept in
 * memory until they are read again.
 */
export async function findProgram(
  bytes: TraceBytes,
  name: string,
): Promise<{ programTime?: number | undefined; trace: TraceBytes }> {
  const source = new Again(bytes);
  const { programTime } = await find(source.begin(), name);
  return { programTime, trace: source.whole() };
}
