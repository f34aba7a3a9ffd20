// Files that the command writes. An existing file is overwritten only if it is empty, if it is a file of the kind that the
// command writes, or with --force.

import { closeSync, openSync, readSync, statSync } from "node:fs";
import { resolve } from "node:path";
import { reasonOf, UsageError } from "./errors.js";

/** A kind of file that the command writes. */
export interface FileKind {
  /** What the file is called in errors: "a trace". */
  readonly name: string;
  /** Whether a file of this kind begins with these bytes; at most LOOK_BYTES are given. */
  begins(bytes: Buffer): boolean;
}

/** How many bytes of a file are read to recognize its kind. */
const LOOK_BYTES = 4096;

export const FORCE = ["--force", "overwrite files, whatever they are"] as const;

export interface Overwriting {
  /**
   * Whether the user named the file. If not, its name was made from another file's, and an existing file is not
   * overwritten without --force, unless `isOlder` says that the same command made it from the same file.
   */
  readonly isNamed: boolean;
  /** Whether the same command made an existing file, which begins with this text, from the same file. */
  readonly isOlder?: (begin: string) => boolean;
  readonly force?: boolean | undefined;
  /** The file from which this one is made. It is never overwritten. */
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

/**
 * Throws UsageError if a file must not be written: if it has no name, or stands for standard output (-), if it is a folder, if this command
 * reads it, or if content would be lost.
 * To be called before the work whose result is to be written.
 */
export function checkFile(file: string, kind: FileKind, how: Overwriting): void {
  const { isNamed, isOlder, force = false, source } = how;
  const refuse = (why: string): never => {
    throw new UsageError(`Cannot write ${file}: ${why}`);
  };
  if (file === "") throw new UsageError("Cannot write a file without a name");
  if (file === "-") refuse("- stands for standard output, which is not for this; a file of that name is ./-");
  try {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) refuse("it is a folder");
    // Writing to a device or a pipe loses nothing.
    if (!found?.isFile()) return;
    if (source !== undefined && resolve(file) === resolve(source)) refuse("this command reads it");
    if (found.size === 0 || force) return;
    const begin = beginOf(file);
    if (!isNamed && isOlder?.(begin.toString("utf8"))) return;
    if (!isNamed) refuse("it is there already; name another file with -o, or overwrite it with --force");
    if (!kind.begins(begin)) refuse(`it is there already, and is not ${kind.name}; --force overwrites it`);
  } catch (error) {
    if (error instanceof UsageError) throw error;
    refuse(reasonOf(error));
  }
}

/** Whether a text begins as a pattern says. */
export const textBegins = (pattern: RegExp) => (bytes: Buffer) => pattern.test(bytes.toString("utf8"));
