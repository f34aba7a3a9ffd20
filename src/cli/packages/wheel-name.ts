// What the name of a wheel says: name-version(-build)-python-abi-platform.whl. It tells for which interpreters the
// wheel is.

export interface WheelName {
  /** Normalized. */
  readonly name: string;
  readonly version: string;
  readonly pythons: readonly string[];
  readonly abis: readonly string[];
  readonly platforms: readonly string[];
}

/** What decides whether a wheel can run in an interpreter. */
export interface Interpreter {
  /** "3.14.2" */
  readonly python: string;
  /** The platforms of wheels with machine code: pyemscripten_2026_0_wasm32, ... */
  readonly platforms: readonly string[];
}

/** The name of a package in the form in which indexes compare names. */
export const normalized = (name: string) => name.replace(/[-_.]+/g, "-").toLowerCase();

/** Returns undefined if the file does not have the name of a wheel. */
export function parseWheelName(file: string): WheelName | undefined {
  const parts = file.replace(/\.whl$/, "").split("-");
  if (!file.endsWith(".whl") || parts.length < 5 || parts.length > 6) return undefined;
  const [name = "", version = ""] = parts;
  const [pythons = [], abis = [], platforms = []] = parts.slice(-3).map((part) => part.split("."));
  return { name: normalized(name), version, pythons, abis, platforms };
}

/**
 * How well a wheel fits an interpreter: 0 if it does not fit, and more for a wheel with machine code than for a pure
 * one.
 */
export function fit({ pythons, abis, platforms }: WheelName, interpreter: Interpreter): number {
  const [major = "", minor = ""] = interpreter.python.split(".");
  const here = `cp${major}${minor}`;
  // py3, py314 and the tags of earlier minor versions; likewise cp38-abi3.
  const upTo = (prefix: string) =>
    pythons.some((tag) => {
      const found = new RegExp(`^${prefix}${major}(\\d*)$`).exec(tag);
      return found !== null && Number(found[1]) <= Number(minor);
    });
  if (platforms.includes("any")) return abis.includes("none") && (upTo("py") || pythons.includes(here)) ? 1 : 0;
  if (!platforms.some((platform) => interpreter.platforms.includes(platform))) return 0;
  if (pythons.includes(here) && (abis.includes(here) || abis.includes("none"))) return 3;
  if (abis.includes("abi3") && upTo("cp")) return 2;
  return abis.includes("none") && upTo("py") ? 2 : 0;
}

/** The interpreters that a wheel is for, as the text of an error. */
export const madeFor = ({ pythons, platforms }: WheelName) => `${pythons.join(" or ")} on ${platforms.join(" or ")}`;
