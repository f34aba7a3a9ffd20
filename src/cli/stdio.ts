// Standard output of the process, for Python in another thread: synchronous, in bytes. (Input is in input.ts.)

import { writeSync } from "node:fs";

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Waits for a moment; used when a pipe is full. */
function pause(): void {
  Atomics.wait(clock, 0, 0, 2);
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && "code" in error ? String(error.code) : undefined;
}

/** Writes all bytes. If that fails, throws the error that `fail` makes of the error's code. */
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
