// A short text that shows the value of an object. It is read from memory; no code of the program runs.

import type { Dicts } from "./dicts.js";
import { CODE } from "./layout.js";
import type { PythonMemory } from "./memory.js";
import type { TypeInfo, Types } from "./types.js";

/** Offset in a function: its qualified name. */
const FUNCTION_NAME = 20;
/** Offset in a generator or coroutine: its qualified name. */
const GENERATOR_NAME = 16;
/** Offset in a dict or set: its number of entries. */
const DICT_USED = 8;
const SET_USED = 12;

export class Values {
  readonly #memory: PythonMemory;
  readonly #types: Types;
  readonly #dicts: Dicts;

  constructor(memory: PythonMemory, types: Types, dicts: Dicts) {
    this.#memory = memory;
    this.#types = types;
    this.#dicts = dicts;
  }

  /** "" if there is nothing to show. */
  of(object: number, type: TypeInfo): string {
    const memory = this.#memory;
    switch (type.kind) {
      case "str":
        return memory.text(object);
      case "int":
        return type.name === "bool" ? (memory.int(object) === "0" ? "False" : "True") : memory.int(object);
      case "float":
        return memory.float(object);
      case "bytes":
        return memory.bytesText(object);
      case "list":
      case "tuple":
      case "bytearray":
        return items(memory.sizeOf(object));
      case "dict":
        return items(memory.word(object + DICT_USED));
      case "set":
      case "frozenset":
        return items(memory.word(object + SET_USED));
      case "type":
        return this.#types.at(object).name;
      case "function":
        return memory.text(memory.word(object + FUNCTION_NAME));
      case "generator":
      case "coroutine":
      case "async_generator":
        return memory.text(memory.word(object + GENERATOR_NAME));
      case "code":
        return this.code(object);
      case "module":
        return this.#module(object);
      default:
        return "";
    }
  }

  /** A function, and where it begins: "Parser.expect (parser.py:12)". */
  code(object: number): string {
    const memory = this.#memory;
    const file = memory.text(memory.word(object + CODE.file), 200);
    const name = memory.text(memory.word(object + CODE.qualifiedName));
    return `${name} (${file.slice(file.lastIndexOf("/") + 1)}:${memory.word(object + CODE.firstLine)})`;
  }

  #module(object: number): string {
    const dict = this.#memory.word(object + 8);
    const name = dict === 0 ? 0 : this.#dicts.find(dict, "__name__");
    return name !== 0 && this.#types.at(this.#memory.typeOf(name)).kind === "str" ? this.#memory.text(name) : "";
  }
}

const items = (count: number): string => `${count} ${count === 1 ? "item" : "items"}`;
