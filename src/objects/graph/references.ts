// The references of an object, with their names. core/objects/types/anatomy.ts shows the same words.

import * as C from "../../core/constants.gen.js";
import { toWasmFunction, type WithTable } from "../../core/table-functions.js";
import type { Strings } from "../../snapshot/builder.js";
import { EDGE } from "../../snapshot/graph.js";
import type { Reader } from "../bridge/reader.js";
import type { TypeInfo } from "./types.js";
import type { GraphValues } from "./values.js";

/**
 * Gives a reference: its kind (EDGE), its name (the number of a string, or an index), and the address of its target.
 */
export type Refer = (kind: number, name: number, target: number) => void;

/** int (*)(PyObject *, visitproc, void *) */
type Traverse = (object: number, visit: number, argument: number) => number;

/** A function that a type in C calls for each reference of an object. It collects them. */
export class Visitor {
  readonly #in: WithTable;
  readonly #function: WebAssembly.ExportValue;
  seen: number[] = [];
  /** The function's entry in the table; 0 before the first use. A table that replaces this one has the same entries. */
  #index = 0;

  constructor(where: WithTable) {
    this.#in = where;
    const visit = (object = 0): number => {
      this.seen.push(object >>> 0);
      return 0;
    };
    this.#function = toWasmFunction(visit, { parameters: 2, results: 1 });
  }

  /** The references that a traverse function shows. */
  run(traverse: number, object: number): number[] {
    const { table } = this.#in;
    if (this.#index === 0) {
      this.#index = table.grow(1);
      table.set(this.#index, this.#function);
    }
    this.seen = [];
    (table.get(traverse) as Traverse)(object, this.#index, 0);
    return this.seen;
  }
}

export class GraphReferences {
  readonly #reader: Reader;
  readonly #values: GraphValues;
  readonly #visitor: Visitor;
  readonly #strings: Strings;
  readonly #keyNames = new Map<number, number>();
  readonly #emptyKeys: number;

  constructor(reader: Reader, values: GraphValues, visitor: Visitor, strings: Strings, control: number) {
    this.#reader = reader;
    this.#values = values;
    this.#visitor = visitor;
    this.#strings = strings;
    this.#emptyKeys = control + C.EMPTY_KEYS_AT;
  }

  #internal(refer: Refer, name: string, target: number): void {
    if (target !== 0) refer(EDGE.internal, this.#strings.number(name), target);
  }

  /** Gives each reference of an object once. `keysOf` is called with a dict's keys if other dicts share them. */
  of(object: number, type: TypeInfo, refer: Refer, keysOf: (keys: number) => void): void {
    const kind = this.#reader.kind(object);
    const layout = this.#reader.layout(object);
    if (kind !== layout) this.#derived(object, layout, type, refer, keysOf);
    else if (kind === C.USER) this.#instance(object, type, refer);
    else this.#builtIn(object, kind, refer, keysOf);
  }

  /** The references of an object of a built-in type, or of the built-in type's part of an object in C. */
  #builtIn(object: number, kind: number, refer: Refer, keysOf: (keys: number) => void): void {
    const reader = this.#reader;
    switch (kind) {
      case C.LIST:
      case C.TUPLE: {
        const { items, size } = reader.row(object);
        this.#row(items, size, refer);
        return;
      }
      case C.DICT:
        this.#dict(object, refer, keysOf);
        return;
      case C.SET:
      case C.FROZENSET: {
        let index = 0;
        reader.members(object, (item) => refer(EDGE.index, index++, item));
        return;
      }
      case C.REF:
        this.#weak(object, refer);
        return;
      case C.TYPE:
        for (const [name, offset] of TYPE_PARTS) this.#internal(refer, name, reader.word(object + offset));
    }
  }

  /** The references of an instance of a type that C derived from a built-in type: what the traverse function shows, with the names of that type. */
  #derived(object: number, layout: number, type: TypeInfo, refer: Refer, keysOf: (keys: number) => void): void {
    const left = new Map<number, number>();
    const shown = type.traverse === 0 ? [] : this.#visitor.run(type.traverse, object);
    for (const target of shown) left.set(target, (left.get(target) ?? 0) + 1);
    const known: Refer = (kind, name, target) => {
      left.set(target, (left.get(target) ?? 0) - 1);
      refer(kind, name, target);
    };
    this.#builtIn(object, layout, known, keysOf);
    this.#members(object, type, known);
    for (const [target, times] of left) {
      if (target !== type.address) for (let k = 0; k < times; k++) this.#internal(refer, "(field)", target);
    }
    this.#internal(refer, "__class__", type.address);
  }

  #row(items: number, size: number, refer: Refer): void {
    for (let k = 0; k < size; k++) {
      const target = this.#reader.word(items + 4 * k);
      if (target !== 0) refer(EDGE.index, k, target);
    }
  }

  #dict(dict: number, refer: Refer, keysOf: (keys: number) => void): void {
    const reader = this.#reader;
    const keys = reader.word(dict + C.DICT_KEYS);
    if (keys === this.#emptyKeys) return;
    const isShared = reader.bytes[keys + C.KEYS_KIND] === C.KEYS_SHARED;
    if (isShared) keysOf(keys);
    reader.entries(dict, (key, value) => {
      if (value !== 0) refer(EDGE.key, this.#keyName(key), value);
      if (!isShared) this.#internal(refer, "(key)", key);
    });
  }

  /** Gives the references of shared keys: the strings that dicts of one shape have as their keys. */
  ofKeys(keys: number, refer: Refer): void {
    this.#reader.entriesOf(keys, 0, (key) => this.#internal(refer, "(key)", key));
  }

  #keyName(key: number): number {
    let name = this.#keyNames.get(key);
    if (name === undefined) {
      name = this.#strings.number(`[${this.#values.key(key)}]`);
      this.#keyNames.set(key, name);
    }
    return name;
  }

  #weak(object: number, refer: Refer): void {
    const target = this.#reader.word(object + C.REF_OBJECT);
    if (this.#reader.kind(target) !== C.NONE) refer(EDGE.weak, this.#strings.number("(weak)"), target);
    this.#internal(refer, "(callback)", this.#reader.word(object + C.REF_CALLBACK));
  }

  #instance(object: number, type: TypeInfo, refer: Refer): void {
    const reader = this.#reader;
    for (const { offset, name } of type.slots) {
      const target = reader.word(object + offset);
      if (target !== 0) refer(EDGE.attribute, name, target);
    }
    if (type.itemsAt !== 0) this.#row(object + type.itemsAt, reader.word(object + C.VAR_SIZE), refer);
    if (type.traverse !== 0) this.#traverse(object, type, refer);
    else this.#members(object, type, refer);
    this.#internal(refer, "__class__", type.address);
  }

  #members(object: number, { members }: TypeInfo, refer: Refer): void {
    for (const { offset, name } of members) {
      const target = this.#reader.word(object + offset);
      if (target !== 0) refer(EDGE.attribute, name, target);
    }
  }

  /**
   * Gives the references that the type's own traverse function shows. A reference has the name of the member with the
   * same target, or the name "(field)" if there is none. The caller gives the class.
   */
  #traverse(object: number, type: TypeInfo, refer: Refer): void {
    const seen = this.#visitor.run(type.traverse, object);
    this.#members(object, type, (kind, name, target) => {
      const at = seen.indexOf(target);
      if (at < 0) return;
      seen[at] = 0;
      refer(kind, name, target);
    });
    for (const target of seen) if (target !== type.address) this.#internal(refer, "(field)", target);
  }
}

const TYPE_PARTS: readonly (readonly [string, number])[] = [
  ["__name__", C.TYPE_NAME],
  ["__base__", C.TYPE_BASE],
  ["__dict__", C.TYPE_DICT],
  ["__module__", C.TYPE_MODULE],
];
