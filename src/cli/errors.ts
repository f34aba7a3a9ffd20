// What is wrong with how the command was called: one line, and exit code 2.

export class UsageError extends Error {
  override readonly name = "UsageError";
}
