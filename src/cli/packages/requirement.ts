// A requirement: a package and its versions, as Python writes them (PEP 508).
//
//   name[extra,...] >=1,<2 ; python_version < "3.15"
//   name @ URL

import { satisfies, valid, validRange } from "@renovatebot/pep440";
import { PackageError } from "./package-error.js";
import { type Interpreter, normalized } from "./wheel-name.js";

export interface Requirement {
  /** Normalized. */
  readonly name: string;
  readonly extras: readonly string[];
  /** The versions that it allows; "" allows all. */
  readonly range: string;
  /** The URL that the requirement names, if it does. */
  readonly url: string | undefined;
  /** The hash that the requirement demands, if it does. */
  readonly sha256: string | undefined;
  /** The condition under which it applies; "": always. */
  readonly marker: string;
}

const NAME = /^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)\s*(?:\[([^\]]*)\])?\s*/i;

/** Throws PackageError if the text is not a requirement. */
export function parseRequirement(text: string): Requirement {
  const found = NAME.exec(text.trim());
  const [all = "", name = "", extras = ""] = found ?? [];
  const rest = text.trim().slice(all.length);
  const [place, ...conditions] = rest.startsWith("@") ? rest.split(/\s;/) : rest.split(";");
  const marker = conditions.join(";").trim();
  const requirement = {
    ...{ name: normalized(name), extras: extras.split(",").map(normalizedExtra).filter(Boolean), marker },
    ...{ range: "", url: undefined, sha256: undefined },
  };
  if (place?.startsWith("@")) return { ...requirement, ...urlOf(place.slice(1).trim()) };
  const range = (place ?? "").trim().replace(/^\((.*)\)$/, "$1");
  if (!found || (range !== "" && !validRange(range))) {
    throw new PackageError(`${JSON.stringify(text)} does not name a package: write NAME, NAME==1.2 or NAME>=1,<2`);
  }
  return { ...requirement, range };
}

const normalizedExtra = (extra: string) => normalized(extra.trim());

/** Splits a URL and the hash in its fragment. */
export function urlOf(text: string): { url: string; sha256: string | undefined } {
  const [url = "", fragment = ""] = text.split("#");
  return { url, sha256: /(?:^|&)sha256=([0-9a-f]{64})/i.exec(fragment)?.[1]?.toLowerCase() };
}

/**
 * Whether the requirement allows a version. A version that is not final is allowed only if `prereleases` is true, or if
 * the requirement names it.
 */
export function allows({ range }: Requirement, version: string, prereleases: boolean): boolean {
  if (valid(version) === null) return false;
  return satisfies(version, range === "" ? ">=0" : range, { prereleases });
}

/**
 * Whether a requirement applies in an interpreter, with these extras. Throws PackageError if its condition can't be
 * read.
 */
export function counts({ marker }: Requirement, interpreter: Interpreter, extras: readonly string[]): boolean {
  if (marker === "") return true;
  return ["", ...extras].some((extra) => new Condition(marker, { ...variables(interpreter), extra }).value());
}

/** Whether a requirement applies only with an extra. */
export const isOfExtra = ({ marker }: Requirement) => /\bextra\b/.test(marker);

function variables({ python }: Interpreter): Readonly<Record<string, string>> {
  const [major, minor] = python.split(".");
  return {
    ...{ python_version: `${major}.${minor}`, python_full_version: python, implementation_version: python },
    ...{ os_name: "posix", sys_platform: "emscripten", platform_system: "Emscripten", platform_machine: "wasm32" },
    ...{ platform_python_implementation: "CPython", implementation_name: "cpython" },
    ...{ platform_release: "", platform_version: "" },
  };
}

/** A condition, and how much of it has been read. */
class Condition {
  readonly #tokens: string[];
  readonly #text: string;
  readonly #variables: Readonly<Record<string, string>>;
  #at = 0;

  constructor(text: string, variables: Readonly<Record<string, string>>) {
    this.#tokens = text.match(/"[^"]*"|'[^']*'|[()]|===|[<>=!~]=|[<>]|[\w.]+|\S/g) ?? [];
    this.#text = text;
    this.#variables = variables;
  }

  value(): boolean {
    const value = this.#any();
    if (this.#at < this.#tokens.length) this.#fail();
    return value;
  }

  #fail(): never {
    throw new PackageError(`the condition ${JSON.stringify(this.#text)} can't be read`);
  }

  #take(token: string): boolean {
    if (this.#tokens[this.#at] !== token) return false;
    this.#at++;
    return true;
  }

  #any(): boolean {
    let value = this.#all();
    while (this.#take("or")) value = this.#all() || value;
    return value;
  }

  #all(): boolean {
    let value = this.#one();
    while (this.#take("and")) value = this.#one() && value;
    return value;
  }

  #one(): boolean {
    if (this.#take("(")) {
      const value = this.#any();
      if (!this.#take(")")) this.#fail();
      return value;
    }
    const left = this.#operand();
    const operator = this.#take("not") && this.#take("in") ? "not in" : (this.#tokens[this.#at++] ?? "");
    return this.#compare(left, operator, this.#operand());
  }

  #operand(): string {
    const token = this.#tokens[this.#at++] ?? this.#fail();
    if (/^["']/.test(token)) return token.slice(1, -1);
    return this.#variables[token] ?? this.#fail();
  }

  #compare(left: string, operator: string, right: string): boolean {
    if (operator === "in") return right.includes(left);
    if (operator === "not in") return !right.includes(left);
    // If both are versions, they are compared as versions; otherwise they are compared as texts.
    if (valid(left) !== null && validRange(`${operator}${right}`))
      return satisfies(left, `${operator}${right}`, { prereleases: true });
    if (operator === "==" || operator === "===") return left === right;
    if (operator === "!=") return left !== right;
    if (["<", "<=", ">", ">=", "~="].includes(operator)) return false;
    return this.#fail();
  }
}
