// Standard input and output of the process, for Python in another thread: synchronous, in bytes.

import { readSync, writeSync } from "node:fs";

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Waits for a moment: what to do when a pipe is full, or empty. */
function pause(): void {
  Atomics.wait(clock, 0, 0, 2);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Writes all of the bytes; throws what `fail` makes of the error's code if it can't. */
export function writeAll(fd: number, bytes: Uint8Array, fail: (code: string) => Error): void {
  for (let written = 0; written < bytes.length; ) {
    try {
      written += writeSync(fd, bytes, written);
    } catch (error) {
      const code = codeOf(error);
      if (code !== "EAGAIN") throw fail(code ?? "EIO");
      pause();
    }
  }
}

/** Reads some bytes; 0 at the end. `interrupted` is asked while there is nothing to read. */
export function readSome(fd: number, into: Uint8Array, interrupted: () => boolean): number {
  for (;;) {
    try {
      return readSync(fd, into, 0, into.length, null);
    } catch (error) {
      const code = codeOf(error);
      if (code === "EOF") return 0;
      if (code !== "EAGAIN") throw error;
      if (interrupted()) return 0;
      pause();
    }
  }
}
