// The names of the interpreter's types, read from its memory. Nothing is called, so this works in the middle of an
// allocation.

import type { ObjectLayout } from "../versions/layout.js";
import { Dicts } from "./dicts.js";
import { TYPE, TYPE_FLAG } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** The most characters of a module's name and of a qualified name. */
const MOST = 200;
/** The most bases that a metaclass has between itself and `type`. */
const MOST_BASES = 100;

export class TypeNames {
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;
  readonly #dicts: Dicts;

  constructor(memory: ObjectMemory, layout: ObjectLayout) {
    this.#memory = memory;
    this.#layout = layout;
    this.#dicts = new Dicts(memory, layout);
  }

  /** The name of a type, with the module unless the type is built in. */
  nameOf(type: number): string {
    const memory = this.#memory;
    const cName = memory.cString(memory.word(type + TYPE.name));
    // A type that C code defined has its module in its name.
    if ((memory.word(type + TYPE.flags) & TYPE_FLAG.heapType) === 0 || cName.includes(".")) return cName;
    const qualifiedName = memory.text(memory.word(type + this.#layout.typeBytes + TYPE.heap.qualifiedName), MOST);
    const module = this.#moduleOf(memory.word(type + TYPE.dict));
    return module === "" || module === "builtins" ? qualifiedName : `${module}.${qualifiedName}`;
  }

  /**
   * Whether the object at an address is a type: its own type is `type`, or is derived from `type`. Only `type` is its
   * own type.
   */
  isType(address: number): boolean {
    const memory = this.#memory;
    let meta = memory.typeOf(address);
    for (let left = MOST_BASES; meta !== 0 && left > 0; left--) {
      if (memory.typeOf(meta) === meta) return memory.cString(memory.word(meta + TYPE.name)) === "type";
      meta = memory.word(meta + TYPE.base);
    }
    return false;
  }

  /** `__module__` in a type's dict; "" if it is missing or not a str. */
  #moduleOf(dict: number): string {
    const module = dict === 0 ? 0 : this.#dicts.find(dict, "__module__");
    const isText = module !== 0 && (this.#memory.word(this.#memory.typeOf(module) + TYPE.flags) & TYPE_FLAG.str) !== 0;
    return isText ? this.#memory.text(module, MOST) : "";
  }
}
