// The error of converting a whole value, in either direction.

/** A part of a value can't be converted; `path` tells which. */
export class ConversionError extends TypeError {
  override readonly name = "ConversionError";
  /** The path to the part, in the syntax of JavaScript, from `$`, which is the value itself. */
  readonly path: string;
  readonly #what: string;

  constructor(path: string, what: string) {
    super(`Cannot convert ${path}: it is ${what}`);
    this.path = path;
    this.#what = what;
  }

  /** The same error for a container that has this value as a part. */
  within(key: unknown): ConversionError {
    return new ConversionError(`$${step(key)}${this.path.slice(1)}`, this.#what);
  }
}

const IDENTIFIER = /^[A-Za-z_$][\w$]*$/;

/** A step into a value, in the syntax of JavaScript. */
export function step(key: unknown): string {
  if (typeof key === "string") return IDENTIFIER.test(key) ? `.${key}` : `[${JSON.stringify(key)}]`;
  return typeof key === "number" ? `[${key}]` : ".get(...)";
}
