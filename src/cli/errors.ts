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
