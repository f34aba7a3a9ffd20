// The error for a package that can't be had. Its message says which package, who needs it, and where it was looked for; or it
// is only the reason, where the caller adds the rest.

export class PackageError extends Error {
  override readonly name = "PackageError";
}

/** The reason in an error from a download, or from a file that can't be read. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // The message of fetch's error says only that it failed; the reason is in its cause.
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return whyOf(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
