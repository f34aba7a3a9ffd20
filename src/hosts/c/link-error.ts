// The error of loading or unloading a module in C.

/** A module can't be linked, or can't be unloaded. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  /** The names that are not defined anywhere. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[] = []) {
    super(message);
    this.missing = missing;
  }
}
