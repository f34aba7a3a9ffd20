// What goes wrong while modules in C are put together or taken apart.

/** A module can't be linked, or can't go. */
export class LinkError extends Error {
  override readonly name = "LinkError";
  /** Names that nobody defines. */
  readonly missing: readonly string[];

  constructor(message: string, missing: readonly string[] = []) {
    super(message);
    this.missing = missing;
  }
}
