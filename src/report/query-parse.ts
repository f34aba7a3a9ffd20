// The language of `pyheap report query`, which chooses objects of a heap snapshot.
//
//   expression   all { "or" all }                    all   one { "and" one }
//   one          "not" one | "(" expression ")" | relation one | flag | place [operator value] | field operator value
//   relation     "reachable from" | "held by" | "refers to" | "referred to by"
//   place        { "." NAME | "[" (STRING | NUMBER) "]" }: an attribute, a key or an index, and what it leads to
//   value        STRING | NAME | NUMBER, with a unit if it is a size
//
// docs/snapshots.md explains it to users.

import { parseSize } from "../text/size.js";
import { literal, unescaped } from "../text/visible.js";

export const NUMBER_FIELDS = ["size", "retained", "id", "references", "referrers"] as const;
export const TEXT_FIELDS = ["type", "module", "value", "name", "kind"] as const;
export const KINDS = ["object", "string", "frame", "memory", "group"] as const;
export type Kind = (typeof KINDS)[number];
export const FLAGS = ["garbage", "immortal", "shared", "static"] as const;
export const RELATIONS = ["reachable from", "held by", "refers to", "referred to by"] as const;
export type NumberField = (typeof NUMBER_FIELDS)[number];
export type TextField = (typeof TEXT_FIELDS)[number];
export type FlagName = (typeof FLAGS)[number];
export type Relation = (typeof RELATIONS)[number];
export const OPERATORS = ["==", "!=", "<=", ">=", "<", ">", "~", "!~"] as const;
export type Operator = (typeof OPERATORS)[number];

/** What a field is compared with. */
export type Comparison =
  | { readonly operator: Operator; readonly number: number }
  | { readonly operator: "==" | "!="; readonly text: string }
  | { readonly operator: "~" | "!~"; readonly pattern: RegExp };

/** A step from an object to what it refers to. */
export interface PlaceStep {
  readonly kind: "attribute" | "key" | "index";
  /** The name as a graph has it: `children`, `['name']`, `[7]`. */
  readonly name: string;
}

export type Query =
  | { readonly kind: "or" | "and"; readonly parts: readonly Query[] }
  | { readonly kind: "not"; readonly of: Query }
  | { readonly kind: "relation"; readonly relation: Relation; readonly of: Query }
  | { readonly kind: "flag"; readonly flag: FlagName }
  | { readonly kind: "field"; readonly field: NumberField | TextField; readonly comparison: Comparison }
  | { readonly kind: "place"; readonly steps: readonly PlaceStep[]; readonly comparison: Comparison | undefined };

/** An expression that is not valid. The message shows it, with a mark where the problem is. */
export class QueryError extends Error {
  override readonly name = "QueryError";
  /** Position of the problem in the expression, in characters from 0. */
  readonly at: number;

  constructor(problem: string, expression: string, at: number) {
    const shown = expression.replace(/\s/g, " ");
    super(`Cannot read the query: ${problem}\n  ${shown}\n  ${" ".repeat(at)}^`);
    this.at = at;
  }
}

interface Token {
  readonly kind: "word" | "text" | "number" | "sign" | "end";
  readonly at: number;
  /** The characters of the token; for a text, the content between the quotes. */
  readonly text: string;
  /** For a text, this content as a literal of Python means it. */
  readonly meant?: string;
}

const WORD = /[\p{L}_][\p{L}\p{N}_]*/uy;
const NUMBER = /-?(?:0[xX][\da-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?(?:\s*[A-Za-z]+)?)/y;
const SIGN = /==|!=|<=|>=|!~|[<>~()[\].]/y;
const UNIT = /^-?\d+(?:\.\d+)?\s*(?:[kmg](?:i?b)?|b)$/i;

function tokens(expression: string): Token[] {
  const found: Token[] = [];
  const match = (pattern: RegExp, at: number): string | undefined => {
    pattern.lastIndex = at;
    return pattern.exec(expression)?.[0];
  };
  for (let at = 0; ; ) {
    at += /^\s*/.exec(expression.slice(at))?.[0].length ?? 0;
    if (at === expression.length) return [...found, { kind: "end", at, text: "" }];
    const quote = expression[at] as string;
    if (quote === '"' || quote === "'") {
      const { text, length } = readText(expression, at);
      found.push({ kind: "text", at, text, meant: unescaped(expression.slice(at + 1, at + length - 1)) });
      at += length;
      continue;
    }
    const [kind, text] =
      (["word", "number", "sign"] as const)
        .map((each) => [each, match({ word: WORD, number: NUMBER, sign: SIGN }[each], at)] as const)
        .find(([, each]) => each !== undefined) ?? [];
    if (kind === undefined || text === undefined) {
      const hint = quote === "=" ? ': write "==" to compare' : "";
      throw new QueryError(
        `"${String.fromCodePoint(expression.codePointAt(at) ?? 0)}" has no meaning${hint}`,
        expression,
        at,
      );
    }
    // "1 and ..." is a number and a word, "1 KiB" is a number.
    const number = kind === "number" && /\s/.test(text) && !UNIT.test(text) ? (/^\S+/.exec(text)?.[0] ?? text) : text;
    found.push({ kind, at, text: number });
    at += number.length;
  }
}

/** A text in quotes, in which a backslash precedes a quote or a backslash. */
function readText(expression: string, begin: number): { text: string; length: number } {
  const quote = expression[begin];
  let text = "";
  for (let at = begin + 1; at < expression.length; at++) {
    const character = expression[at] as string;
    if (character === quote) return { text, length: at + 1 - begin };
    const next = expression[at + 1];
    if (character === "\\" && (next === quote || next === "\\")) {
      text += next;
      at++;
    } else text += character;
  }
  throw new QueryError("this text has no closing quote", expression, begin);
}

const list = (names: readonly string[]): string => names.join(", ");
const includes = <T extends string>(names: readonly T[], name: string): name is T =>
  (names as readonly string[]).includes(name);

/** How deep expressions may be nested. */
const MOST_DEPTH = 200;

class Parser {
  readonly #expression: string;
  readonly #tokens: readonly Token[];
  #position = 0;
  #depth = 0;

  constructor(expression: string) {
    this.#expression = expression;
    this.#tokens = tokens(expression);
  }

  get #next(): Token {
    return this.#tokens[this.#position] as Token;
  }

  #take(): Token {
    const token = this.#next;
    if (token.kind !== "end") this.#position++;
    return token;
  }

  #fail(problem: string, { at } = this.#next): never {
    throw new QueryError(problem, this.#expression, at);
  }

  /** Takes the next token if it is this word or sign. */
  #skip(text: string): boolean {
    const { kind, text: found } = this.#next;
    if ((kind !== "word" && kind !== "sign") || found !== text) return false;
    this.#position++;
    return true;
  }

  whole(): Query {
    if (this.#tokens.length === 1) this.#fail("it is empty");
    const query = this.#any();
    const { kind, text } = this.#next;
    if (kind !== "end") {
      this.#fail(text === ")" ? 'there is no "(" for this' : '"and", "or" or the end is expected here');
    }
    return query;
  }

  #any(): Query {
    const parts = [this.#all()];
    while (this.#skip("or")) parts.push(this.#all());
    return parts.length === 1 ? (parts[0] as Query) : { kind: "or", parts };
  }

  #all(): Query {
    const parts = [this.#one()];
    while (this.#skip("and")) parts.push(this.#one());
    return parts.length === 1 ? (parts[0] as Query) : { kind: "and", parts };
  }

  #one(): Query {
    if (++this.#depth > MOST_DEPTH) this.#fail(`more than ${MOST_DEPTH} levels are nested here`);
    const query = this.#unnested();
    this.#depth--;
    return query;
  }

  #unnested(): Query {
    const begin = this.#next;
    if (this.#skip("(")) {
      const inner = this.#any();
      if (!this.#skip(")")) this.#fail(`")" is expected here, for the "(" at ${begin.at + 1}`);
      return inner;
    }
    if (this.#skip("not")) return { kind: "not", of: this.#one() };
    if (begin.kind === "sign" && (begin.text === "." || begin.text === "[")) return this.#place();
    if (begin.kind !== "word") {
      this.#fail(
        begin.kind === "end"
          ? "a condition is expected here"
          : `a condition begins with a field (${list([...TEXT_FIELDS, ...NUMBER_FIELDS])}), a place (.name, ['key'], [0]), a relation or "not"`,
      );
    }
    const relation = this.#relation();
    if (relation !== undefined) return { kind: "relation", relation, of: this.#one() };
    const word = this.#take().text;
    if (includes(FLAGS, word)) return { kind: "flag", flag: word };
    const isNumber = includes(NUMBER_FIELDS, word);
    if (!isNumber && !includes(TEXT_FIELDS, word)) {
      this.#fail(
        `there is no field "${word}" (fields: ${list([...TEXT_FIELDS, ...NUMBER_FIELDS])}; flags: ${list(FLAGS)}; relations: ${list(RELATIONS)})`,
        begin,
      );
    }
    const comparison = this.#comparison();
    if (comparison === undefined) this.#fail(`a comparison of "${word}" is expected here (${list(OPERATORS)})`);
    const hasNumber = "number" in comparison.value;
    if (isNumber && !hasNumber) this.#fail(`"${word}" is a number, and is compared with a number`, comparison.token);
    if (!isNumber && hasNumber) this.#fail(`"${word}" is a text: put the number into quotes`, comparison.token);
    if (word === "kind" && "text" in comparison.value && !includes(KINDS, comparison.value.text)) {
      this.#fail(`there is no kind "${comparison.value.text}" (kinds: ${list(KINDS)})`, comparison.token);
    }
    return { kind: "field", field: word as NumberField | TextField, comparison: comparison.value };
  }

  #relation(): Relation | undefined {
    const at = this.#position;
    for (const relation of RELATIONS) {
      if (relation.split(" ").every((word) => this.#skip(word))) return relation;
      this.#position = at;
    }
    return undefined;
  }

  #place(): Query {
    const steps: PlaceStep[] = [];
    for (;;) {
      if (this.#skip(".")) {
        const name = this.#take();
        if (name.kind !== "word") this.#fail("the name of an attribute is expected here", name);
        steps.push({ kind: "attribute", name: name.text });
      } else if (this.#skip("[")) {
        const key = this.#take();
        if (key.kind !== "text" && !(key.kind === "number" && /^-?\d+$/.test(key.text)))
          this.#fail("a key in quotes, or an index, is expected here", key);
        if (!this.#skip("]")) this.#fail('"]" is expected here');
        steps.push(
          key.kind === "text"
            ? { kind: "key", name: `[${literal(key.meant ?? key.text)}]` }
            : { kind: "index", name: `[${key.text}]` },
        );
      } else break;
    }
    return { kind: "place", steps, comparison: this.#comparison()?.value };
  }

  /** An operator and a value; undefined if the next token is not an operator. */
  #comparison(): { readonly value: Comparison; readonly token: Token } | undefined {
    const sign = this.#next;
    if (sign.kind !== "sign" || !includes(OPERATORS, sign.text)) return undefined;
    const operator = this.#take().text as Operator;
    const token = this.#take();
    if (token.kind === "end" || token.kind === "sign") this.#fail(`a value is expected after "${operator}"`, token);
    if (operator === "~" || operator === "!~") return { value: { operator, pattern: this.#pattern(token) }, token };
    if (token.kind === "number") return { value: { operator, number: this.#number(token) }, token };
    if (operator !== "==" && operator !== "!=") {
      this.#fail(`only numbers are compared with "${operator}"`, token);
    }
    return { value: { operator, text: token.kind === "word" ? this.#dotted(token) : token.text }, token };
  }

  /** A name with dots, such as app.Point, may be written without quotes. */
  #dotted(first: Token): string {
    let name = first.text;
    while (this.#next.text === "." && this.#next.kind === "sign") {
      this.#take();
      const next = this.#take();
      if (next.kind !== "word") this.#fail("a name is expected here", next);
      name += `.${next.text}`;
    }
    return name;
  }

  #pattern(token: Token): RegExp {
    if (token.kind !== "text") this.#fail("a regular expression in quotes is expected here", token);
    try {
      return new RegExp(token.text, "u");
    } catch (error) {
      this.#fail(error instanceof Error ? error.message : "this is not a regular expression", token);
    }
  }

  #number(token: Token): number {
    const { text } = token;
    if (UNIT.test(text)) {
      const size = parseSize(text.replace(/^-/, ""));
      if (size === undefined) this.#fail("a size is below 4 GiB", token);
      return text.startsWith("-") ? -size : size;
    }
    const sign = text.startsWith("-") ? -1 : 1;
    const value = sign * Number(text.replace(/^-/, ""));
    if (Number.isNaN(value))
      this.#fail(`"${text}" is not a number: sizes have the units KiB, MiB, GiB, KB, MB, GB`, token);
    return value;
  }
}

/** Reads an expression. Throws QueryError. */
export const parseQuery = (expression: string): Query => new Parser(expression).whole();
