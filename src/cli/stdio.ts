// Standard output and error of the process, for Python in another thread: synchronous, in bytes. (Input is in input.ts.)

import { openSync, writeSync } from "node:fs";
import type { PyodideAPI } from "pyodide";

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Waits for a moment; used when a pipe is full. */
function pause(): void {
  Atomics.wait(clock, 0, 0, 2);
}

/**
 * The descriptor, in this thread, of a file that the main thread has opened for writing. In Deno each thread has
 * descriptors of its own: there the file is opened once more.
 */
export function descriptorHere(fd: number, file: string): number {
  return "Deno" in globalThis ? openSync(file, "a") : fd;
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

/** Gives Python its standard output and error: `write` gets the bytes. */
export function setOutputs(
  { setStdout, setStderr }: Pick<PyodideAPI, "setStdout" | "setStderr">,
  isTerminal: (fd: number) => boolean,
  write: (fd: number, bytes: Uint8Array) => void,
): void {
  for (const [fd, set] of [
    [1, setStdout],
    [2, setStderr],
  ] as const) {
    set({
      isatty: isTerminal(fd),
      write: (bytes: Uint8Array) => {
        write(fd, bytes);
        return bytes.length;
      },
    });
  }
}
