// Random programs: their steps are data, so that two interpreters can run them, and a failing program can be shortened
// and read.

import { randomNumbers } from "../random.js";
import { type Kind, OPERATIONS } from "./operations.js";
import { type Spec, source } from "./values.js";

/** Step n makes variable n, from a value or from an operation's result. `forget` sets an earlier variable to None. */
export type Step = { readonly make: Spec } | Performed | { readonly forget: number };
export interface Performed {
  readonly op: number;
  readonly args: readonly Spec[];
}
export type Program = readonly Step[];

const CHARACTERS = [
  "a",
  "b",
  "~",
  " ",
  "'",
  '"',
  "\\",
  "\n",
  "\0",
  "\x7f",
  "é",
  "ÿ",
  "\u0100",
  "中",
  "\ud83d\ude00",
  "\u{10ffff}",
];
const INTERESTING = [
  0n,
  1n,
  2n,
  255n,
  256n,
  257n,
  1n << 29n,
  1n << 30n,
  1n << 31n,
  1n << 32n,
  1n << 53n,
  1n << 60n,
  1n << 64n,
];
const FLOATS = [
  "0",
  "-0",
  "1",
  "-1",
  "2",
  "0.5",
  "-1.5",
  "0.1",
  "3.75",
  "1e16",
  "1e22",
  "123456789.125",
  "1e-5",
  "-2147483648",
];
const ODD_FLOATS = ["NaN", "Infinity", "-Infinity", "1e300", "-1e308", "5e-324", "9007199254740993", "1e-310"];

/** For a kind of argument, the kinds of the variables that can be used for it. */
const FITS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  number: ["number", "integer"],
  integer: ["integer"],
  int: ["integer"],
  list: ["list"],
  tuple: ["tuple"],
  row: ["list", "tuple"],
  dict: ["dict"],
  set: ["set"],
  anyset: ["set", "anyset"],
  str: ["str"],
  bytes: ["bytes"],
  sequence: ["list", "tuple", "str", "bytes", "sequence"],
  iterable: ["list", "tuple", "set", "anyset", "dict", "str", "bytes", "sequence"],
  hashable: ["integer", "number", "str", "bytes", "tuple"],
  referable: ["set", "anyset"],
  ref: ["ref"],
};
const LITERALS: Readonly<Partial<Record<Kind, readonly string[]>>> = {
  row: ["list", "tuple"],
  sequence: ["list", "tuple", "str", "bytes"],
  iterable: ["list", "tuple", "set", "frozenset", "dict", "str", "bytes"],
  anyset: ["set", "frozenset"],
  referable: ["set", "frozenset", "any"],
  number: ["integer", "integer", "float", "bool"],
  hashable: ["integer", "float", "str", "bytes", "tuple", "frozenset", "none", "bool"],
  any: ["integer", "float", "str", "bytes", "tuple", "list", "dict", "set", "frozenset", "none", "bool"],
  object: ["integer", "str", "tuple"],
};

export class Generator {
  readonly #random: () => number;
  /** The probable kind of each variable's value. */
  readonly #variables: string[] = [];

  constructor(seed: number) {
    this.#random = randomNumbers(seed);
  }

  below(n: number): number {
    return Math.floor(this.#random() * n);
  }

  #chance(part: number): boolean {
    return this.#random() < part;
  }

  #pick<T>(items: readonly T[]): T {
    return items[this.below(items.length)] as T;
  }

  program(steps: number): Program {
    this.#variables.length = 0;
    // A few operations are repeated in a program, so that each container goes through many of them.
    const focus = Array.from({ length: 12 }, () => this.below(OPERATIONS.length));
    return Array.from({ length: steps }, (_, n) => this.#step(n, focus));
  }

  #step(n: number, focus: readonly number[]): Step {
    if (n < 4 || this.#chance(0.1)) {
      const kind = this.#pick(["list", "dict", "set", "tuple", "str", "frozenset", "integer", "float", "bytes"]);
      const make = this.#literal(kind, 0);
      this.#variables.push(kind === "frozenset" ? "anyset" : kind === "float" ? "number" : kind);
      return { make };
    }
    if (this.#chance(0.03)) {
      this.#variables.push("none");
      const forget = this.below(n);
      this.#variables[forget] = "none";
      return { forget };
    }
    const number = this.#chance(0.4) ? this.#pick(focus) : this.below(OPERATIONS.length);
    return this.operation(number);
  }

  /** A step with this operation, and values for it. */
  operation(number: number): Performed {
    const { kinds, result } = OPERATIONS[number] as (typeof OPERATIONS)[number];
    const args = kinds.map((kind) => this.#argument(kind));
    this.#variables.push(result);
    return { op: number, args };
  }

  /** The same, for a program without variables. */
  alone(number: number): Performed {
    this.#variables.length = 0;
    return this.operation(number);
  }

  #argument(kind: Kind): Spec {
    switch (kind) {
      case "index":
        return this.#small(-7, 8);
      case "position":
        return this.#small(0, 8);
      case "count":
        return this.#chance(0.05) ? ["i", "10000000000"] : this.#small(-1, 5);
      case "exponent":
        return this.#chance(0.2) ? ["f", this.#pick(FLOATS)] : this.#small(-3, 30);
      case "bits":
        return this.#chance(0.05) ? ["i", "10000000000"] : this.#small(-1, this.#chance(0.5) ? 40 : 300);
      case "bound":
        return this.#chance(0.3) ? ["n"] : this.#chance(0.05) ? ["i", "-10000000000"] : this.#small(-8, 9);
      case "step":
        return this.#chance(0.15) ? ["n"] : this.#chance(0.05) ? ["i", "10000000000"] : this.#small(-4, 5);
      case "text":
        return this.#literal("str", 0);
      default:
        return this.#variable(kind) ?? this.#literal(this.#chance(0.06) ? "any" : kind, 0);
    }
  }

  #small(low: number, high: number): Spec {
    const n = low + this.below(high - low);
    return ["i", n.toString(16)];
  }

  #variable(kind: Kind): Spec | undefined {
    if (this.#variables.length === 0 || this.#chance(0.25)) return undefined;
    if (this.#chance(0.05)) return ["v", this.below(this.#variables.length)];
    const fits = FITS[kind];
    const numbers = [...this.#variables.keys()];
    const fitting = fits ? numbers.filter((n) => fits.includes(this.#variables[n] as string)) : numbers;
    return fitting.length === 0 ? undefined : ["v", this.#pick(fitting)];
  }

  #literal(kind: string, depth: number): Spec {
    const one = LITERALS[kind as Kind];
    if (one) return this.#literal(this.#pick(depth > 2 ? ["integer", "str"] : one), depth);
    const items = (of: Kind) =>
      Array.from({ length: this.below(this.#chance(0.1) ? 40 : 6) }, () => this.#item(of, depth));
    switch (kind) {
      case "integer":
      case "int":
        return ["i", this.#integer().toString(16)];
      case "float":
        return [
          "f",
          this.#chance(0.2) ? this.#pick(ODD_FLOATS) : this.#chance(0.3) ? String(this.#random()) : this.#pick(FLOATS),
        ];
      case "bool":
        return ["b", this.#chance(0.5)];
      case "str":
        return ["s", this.#text()];
      case "bytes":
        return ["y", Array.from({ length: this.below(7) }, () => this.below(this.#chance(0.7) ? 4 : 256))];
      case "list":
        return ["l", items("any")];
      case "tuple":
        return ["t", items("hashable")];
      case "dict":
        return ["d", items("hashable").flatMap((key) => [key, this.#item("any", depth)])];
      case "set":
        return ["S", items("hashable")];
      case "frozenset":
        return ["F", items("hashable")];
      default:
        return ["n"];
    }
  }

  #item(kind: Kind, depth: number): Spec {
    if (kind === "any" && this.#variables.length > 0 && this.#chance(0.3))
      return ["v", this.below(this.#variables.length)];
    return this.#literal(this.#chance(0.5) ? "integer" : kind, depth + 1);
  }

  #text(): string {
    const wide = this.#pick([4, 10, 12, 14, CHARACTERS.length]);
    const length = this.below(this.#chance(0.1) ? 40 : 6);
    const text = Array.from({ length }, () => (this.#chance(0.02) ? "\ud800" : CHARACTERS[this.below(wide)])).join("");
    return text;
  }

  #integer(): bigint {
    const sign = this.#chance(0.3) ? -1n : 1n;
    const kind = this.#random();
    if (kind < 0.55) return sign * BigInt(this.below(9));
    if (kind < 0.7) return sign * BigInt(this.below(300));
    if (kind < 0.85) return sign * (this.#pick(INTERESTING) + BigInt(this.below(3)) - 1n);
    const words = this.#chance(0.05) ? 40 + this.below(160) : 1 + this.below(12);
    let v = 0n;
    for (let k = 0; k < words; k++) v = (v << 32n) | BigInt(Math.floor(this.#random() * 2 ** 32));
    return sign * v;
  }
}

/** The program as a Python user would write it. */
export function listing(program: Program): string {
  return program
    .map((step, n) => {
      if ("make" in step) return `v${n} = ${source(step.make)}`;
      if ("forget" in step) return `v${step.forget} = v${n} = None`;
      const { python } = OPERATIONS[step.op] as (typeof OPERATIONS)[number];
      const text = python.replace(/\b[abcd]\b/g, (name) => {
        const arg = step.args["abcd".indexOf(name)];
        return arg ? source(arg) : name;
      });
      return `v${n} = ${text}`;
    })
    .join("\n");
}

/** The shortest program found that still `fails`. */
export function shrink(program: Program, fails: (program: Program) => boolean): Program {
  let shortest = [...program];
  for (let k = shortest.length - 1; k >= 0; k--) {
    // A step that does nothing replaces a removed one, so that variables keep their numbers.
    const without = shortest.map((step, n) => (n === k ? ({ make: ["n"] } as const) : step));
    if (fails(without)) shortest = without;
  }
  return shortest;
}

/** The listing without steps that shrinking has emptied. */
export function shortListing(program: Program): string {
  return listing(program)
    .split("\n")
    .filter((line, n) => !/^v\d+ = None$/.test(line) || n === program.length - 1)
    .join("\n");
}
