// Why a package can't be had: which, for what, from where.

export class PackageError extends Error {
  override readonly name = "PackageError";
}

/** What a failed download, or a file that can't be read, says of the reason. */
export function whyOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  // fetch says only that it failed: its cause says why.
  const { cause } = error;
  if (cause instanceof AggregateError && cause.errors.length > 0) return whyOf(cause.errors[0]);
  return cause instanceof Error ? cause.message || cause.name : error.message;
}
