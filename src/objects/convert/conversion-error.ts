// What goes wrong where a whole value is converted, either way.

/** A value has a part that can't be converted: `path` says where. */
export class ConversionError extends TypeError {
  override readonly name = "ConversionError";
  /** Where in the value, as JavaScript would write it from `$`, the value itself. */
  readonly path: string;
  readonly #what: string;

  constructor(path: string, what: string) {
    super(`Cannot convert ${path}: it is ${what}`);
    this.path = path;
    this.#what = what;
  }

  /** The same error of a container that has this value as a part. */
  within(key: unknown): ConversionError {
    return new ConversionError(`$${step(key)}${this.path.slice(1)}`, this.#what);
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A step into a value, as JavaScript would write it. */
export function step(key: unknown): string {
  if (typeof key === "string") return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return typeof key === "number" ? `[${key}]` : ".get(...)";
}
