// The reasons for which the command fails: a line of text, and an exit code.

import { messageOf } from "../../ground/errors.js";

/** Exit code for wrong usage, unless another code says more precisely what is wrong. */
const USAGE = 2;

/** Exit code if what was asked for could not be written. */
export const NOT_WRITTEN = 2;

export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;

  constructor(message: string, exitCode = USAGE) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Reasons why a file can't be used, in words, by the codes that users meet. */
const REASONS: Readonly<Record<string, string>> = {
  EACCES: "it is not allowed",
  EFBIG: "files of this size are not allowed",
  EISDIR: "it is a folder",
  EMFILE: "too many files are open",
  ENOENT: "there is no such file or folder",
  ENOSPC: "no space is left on the device",
  ENOTDIR: "a part of its path is not a folder",
  EPERM: "it is not allowed",
  EROFS: "it is on a device that can only be read",
};

/** What an error of the file system, or its code, means in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : error;
  if (typeof code === "string") return REASONS[code] ?? (error instanceof Error ? error.message : code);
  return messageOf(error);
}
