// Describes values of JavaScript in words.

/** A value in the words of an error: "a function", "an instance of Date". */
export function describe(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "symbol") return "a symbol";
  if (typeof value === "object" && value !== null) {
    const name = Object.getPrototypeOf(value)?.constructor?.name;
    return name ? `an instance of ${name}` : "an object";
  }
  return `${value === undefined ? "" : "a "}${typeof value}`;
}
