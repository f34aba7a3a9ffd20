// A short text that shows the value of an object. It is read from memory; no code of the program runs. The graph stores
// the index of the text in its strings; the functions named numberOf return this index.

import type { Strings } from "../../../snapshot/builder.js";
import type { Dicts } from "./dicts.js";
import { describeValue } from "./javascript-values.js";
import { CODE, DICT, FUNCTION } from "./layout.js";
import type { ObjectMemory } from "./memory.js";
import type { TypeInfo, Types } from "./types.js";

/** Offset in a generator or coroutine: its qualified name. */
const GENERATOR_NAME = 16;
/** How many ints and floats are remembered with the indexes of their texts. */
const RECENT = 8192;
/** Offset in a set: the number of its items. */
const SET_USED = 12;

/** The ints and floats that were seen last. Most of them in a heap are different, but some are frequent. */
class Recent {
  readonly #strings: Strings;
  readonly #values = new Float64Array(RECENT).fill(Number.NaN);
  readonly #numbers = new Uint32Array(RECENT);

  constructor(strings: Strings) {
    this.#strings = strings;
  }

  /** The index of a value's text. An int and a float of the same value have different texts: the float's has a point. */
  numberOf(value: number, textOf: (value: number) => string): number {
    if (!Number.isFinite(value) || Object.is(value, -0)) return this.#strings.add(textOf(value));
    const place = (Math.abs(Math.trunc(value * 4)) % (RECENT / 2)) + (textOf === floatText ? RECENT / 2 : 0);
    if (this.#values[place] === value) return this.#numbers[place] as number;
    const number = this.#strings.add(textOf(value));
    this.#values[place] = value;
    this.#numbers[place] = number;
    return number;
  }
}

export class Values {
  readonly #memory: ObjectMemory;
  readonly #types: Types;
  readonly #dicts: Dicts;
  readonly #strings: Strings;
  readonly #recent: Recent;
  readonly #held: (proxy: number) => unknown;
  /** The names of files, by the address of their paths. */
  readonly #files = new Map<number, string>();
  /** The indexes of texts such as "3 items", by count. */
  readonly #counts = new Map<number, number>();

  /** `held` returns the JavaScript value that a JsProxy holds. */
  constructor(memory: ObjectMemory, types: Types, dicts: Dicts, strings: Strings, held: (proxy: number) => unknown) {
    this.#held = held;
    this.#strings = strings;
    this.#recent = new Recent(strings);
    this.#memory = memory;
    this.#types = types;
    this.#dicts = dicts;
  }

  /** The index of the text that shows an object's value. */
  numberOf(object: number, type: TypeInfo): number {
    if (type.kind === "list" || type.kind === "tuple")
      return this.#known(this.#counts, this.#memory.sizeOf(object), items);
    if (type.kind === "float") return this.#recent.numberOf(this.#memory.floatValue(object), floatText);
    const digit = type.kind === "int" && type.name !== "bool" ? this.#memory.smallInt(object) : undefined;
    if (digit !== undefined) return this.#recent.numberOf(digit, String);
    return this.#strings.number(this.of(object, type));
  }

  /** The index of the text for `value`. `numbers` remembers it, because many objects share it. */
  #known(numbers: Map<number, number>, value: number, textOf: (value: number) => string): number {
    let number = numbers.get(value);
    if (number === undefined) {
      number = this.#strings.number(textOf(value));
      numbers.set(value, number);
    }
    return number;
  }

  /** The text that shows an object's value; "" if there is nothing to show. */
  of(object: number, type: TypeInfo): string {
    const memory = this.#memory;
    switch (type.kind) {
      case "str":
        return memory.text(object);
      case "int":
        return type.name === "bool" ? (memory.int(object) === "0" ? "False" : "True") : memory.int(object);
      case "float":
        return floatText(memory.floatValue(object));
      case "bytes":
        return memory.bytesText(object);
      case "list":
      case "tuple":
      case "bytearray":
        return items(memory.sizeOf(object));
      case "dict":
        return items(memory.word(object + DICT.used));
      case "set":
      case "frozenset":
        return items(memory.word(object + SET_USED));
      case "type":
        return this.#types.at(object).name;
      case "function":
        return memory.text(memory.word(object + FUNCTION.qualifiedName));
      case "generator":
      case "coroutine":
      case "async_generator":
        return memory.text(memory.word(object + GENERATOR_NAME));
      case "code":
        return this.code(object);
      case "module":
        return this.#module(object);
      case "JsProxy":
        return describeValue(this.#held(object));
      default:
        return "";
    }
  }

  /** A function, and the line where it begins, or another one of its lines: "Parser.expect (parser.py:12)". */
  code(object: number, line = this.#memory.word(object + CODE.firstLine)): string {
    const memory = this.#memory;
    const name = memory.text(memory.word(object + CODE.qualifiedName));
    return `${name} (${this.#fileName(memory.word(object + CODE.file))}:${line})`;
  }

  /** The name of a file without its folder. Many code objects share one. */
  #fileName(path: number): string {
    let name = this.#files.get(path);
    if (name === undefined) {
      const file = this.#memory.text(path, 200);
      name = file.slice(file.lastIndexOf("/") + 1);
      this.#files.set(path, name);
    }
    return name;
  }

  #module(object: number): string {
    const dict = this.#memory.word(object + 8);
    const name = dict === 0 ? 0 : this.#dicts.find(dict, "__name__");
    return name !== 0 && this.#types.at(this.#memory.typeOf(name)).kind === "str" ? this.#memory.text(name) : "";
  }
}

/** A float, almost as Python shows it. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0.0";
  return Number.isInteger(value) && Math.abs(value) < 1e16 ? `${value}.0` : String(value);
}

const items = (count: number): string => `${count} ${count === 1 ? "item" : "items"}`;
