// Files that the command writes: what is there already is not lost, unless it is what such a command wrote before, or --force says so.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { reasonOf, UsageError } from "./errors.js";

/** A kind of file that the command writes. */
export interface FileKind {
  /** "a trace": what an error says that a file is not. */
  readonly name: string;
  /** Whether a file that begins with these bytes is one; they are at most LOOK_BYTES. */
  begins(bytes: Buffer): boolean;
}

/** How much of a file is looked at to know what it is. */
const LOOK_BYTES = 4096;

export const FORCE = ["--force", "overwrite files, whatever they are"] as const;

export interface Overwriting {
  /** The user named the file; if not, its name comes from another's, and what is there is never overwritten without --force. */
  readonly isNamed: boolean;
  readonly force?: boolean | undefined;
  /** What the file is made of: that is never overwritten. */
  readonly source?: string | undefined;
}

function beginOf(file: string): Buffer {
  const bytes = Buffer.alloc(LOOK_BYTES);
  const fd = openSync(file, "r");
  try {
    return bytes.subarray(0, readSync(fd, bytes));
  } finally {
    closeSync(fd);
  }
}

/** Throws UsageError if a file can't be written, or something is lost by it. To be called before the work whose result it takes. */
export function checkFile(file: string, kind: FileKind, { isNamed, force = false, source }: Overwriting): void {
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot write ${file}: ${why}`);
  };
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) refuse("it is a folder");
    // A device or a pipe has nothing to lose.
    if (!found?.isFile()) return;
    if (source !== undefined && resolve(file) === resolve(source)) refuse("this command reads it");
    if (found.size === 0 || force) return;
    if (!isNamed) refuse("it is there already; name another file with -o, or overwrite it with --force");
    if (!kind.begins(beginOf(file))) refuse(`it is there already, and is not ${kind.name}; --force overwrites it`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    refuse(reasonOf(error));
  }
}

/** Whether a text begins as a pattern says. */
export const textBegins = (pattern: RegExp) => (bytes: Buffer) => pattern.test(bytes.toString("utf8"));
