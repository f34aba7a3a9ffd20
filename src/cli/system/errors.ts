// Why the command can't do what it should: one line, and an exit code.

/** How the command was called, unless another code says that something else is wrong. */
const USAGE = 2;

export class UsageError extends Error {
  override readonly name = "UsageError";
  readonly exitCode: number;

  constructor(message: string, exitCode = USAGE) {
    super(message);
    this.exitCode = exitCode;
  }
}

/** Why a file can't be had, in words: those of the codes that users meet. */
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

/** In words, what an error of the file system, or its code, means. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && "code" in error ? error.code : error;
  if (typeof code === "string") return REASONS[code] ?? (error instanceof Error ? error.message : code);
  return error instanceof Error ? error.message : String(error);
}
