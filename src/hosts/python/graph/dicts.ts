// The entries of a dict, and the attributes in an instance's values: both have a table of keys in the same form.

import type { ObjectLayout } from "../versions/layout.js";
import { DICT, KEYS } from "./layout.js";
import type { ObjectMemory } from "./memory.js";
import type { TypeInfo } from "./types.js";

export type VisitEntry = (key: number, value: number) => void;

/**
 * Offset of the word in front of an object with a managed dict. The word has the address of the dict. In 3.12 it can have that of the
 * values instead, minus 1, which makes it odd.
 */
const MANAGED_DICT = -12;
/** Offset in a PyDictValues since 3.13: a byte that is 1 if the values are a part of the object. */
const EMBEDDED = 2;

export class Dicts {
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;

  constructor(memory: ObjectMemory, layout: ObjectLayout) {
    this.#memory = memory;
    this.#layout = layout;
  }

  /** Visits the keys of a table, each with its index in it, until `visit` returns true. */
  #keys(keys: number, visit: (key: number, value: number, index: number) => boolean | undefined): void {
    const memory = this.#memory;
    const kind = memory.byte(keys + KEYS.kind);
    const count = memory.word(keys + KEYS.entries);
    const isGeneral = kind === KEYS.general;
    const step = isGeneral ? 12 : 8;
    const first = keys + KEYS.indices + 2 ** memory.byte(keys + KEYS.indexBytesLog2) + (isGeneral ? 4 : 0);
    for (let k = 0; k < count; k++) {
      const at = first + k * step;
      const key = memory.word(at);
      if (key !== 0 && visit(key, memory.word(at + 4), k)) return;
    }
  }

  /** The entries of a dict. */
  entries(dict: number, visit: VisitEntry): void {
    const memory = this.#memory;
    const keys = memory.word(dict + DICT.keys);
    const values = memory.word(dict + DICT.values);
    this.#keys(keys, (key, value, index) => {
      const found = values === 0 ? value : this.#value(values, index);
      if (found !== 0) visit(key, found);
      return undefined;
    });
  }

  /** Whether a dict owns its keys, and does not share them with other dicts. */
  ownsKeys(dict: number): boolean {
    return this.#memory.word(dict + DICT.values) === 0;
  }

  /** The value of the key with this text; 0 if there is none. */
  find(dict: number, name: string): number {
    const memory = this.#memory;
    const values = memory.word(dict + DICT.values);
    let found = 0;
    this.#keys(memory.word(dict + DICT.keys), (key, value, index) => {
      if (memory.text(key, name.length + 1) !== name) return false;
      found = values === 0 ? value : this.#value(values, index);
      return true;
    });
    return found;
  }

  /** The names of attributes that the instances of a type share. */
  sharedNames(type: TypeInfo, visit: (name: number) => void): void {
    if (type.cachedKeys === 0) return;
    this.#keys(type.cachedKeys, (key) => {
      visit(key);
      return undefined;
    });
  }

  /** The attributes in an instance's values, by key. */
  attributes(object: number, type: TypeInfo, visit: VisitEntry): void {
    const values = this.#valuesOf(object, type);
    if (values === 0 || type.cachedKeys === 0) return;
    this.#keys(type.cachedKeys, (key, _, index) => {
      const value = this.#value(values, index);
      if (value !== 0) visit(key, value);
      return undefined;
    });
  }

  /** The dict of an object with a managed dict; 0 if the dict was never made. */
  managedDict(object: number, type: TypeInfo): number {
    if (!type.hasManagedDict) return 0;
    const word = this.#memory.word(object + MANAGED_DICT);
    return this.#layout.tagsValues && (word & 1) === 1 ? 0 : word;
  }

  /** The address of an instance's values, which are in the instance, or in 3.12 in a separate block; 0: none. */
  #valuesOf(object: number, type: TypeInfo): number {
    if (this.#layout.tagsValues) return this.ownValues(object, type);
    return type.hasInlineValues ? object + type.basicSize : 0;
  }

  /** The address of an instance's values, if they are in a separate block, as in 3.12; otherwise 0. */
  ownValues(object: number, type: TypeInfo): number {
    if (!this.#layout.tagsValues || !type.hasManagedDict) return 0;
    const word = this.#memory.word(object + MANAGED_DICT);
    return (word & 1) === 1 ? word + 1 : 0;
  }

  /** Whether the values of a dict are a part of the object whose attributes they are. */
  hasEmbeddedValues(dict: number): boolean {
    const values = this.#memory.word(dict + DICT.values);
    return values !== 0 && this.#isEmbedded(values);
  }

  #isEmbedded(values: number): boolean {
    return this.#layout.valuesBegin > 0 && this.#memory.byte(values + EMBEDDED) === 1;
  }

  #value(values: number, index: number): number {
    return this.#memory.word(values + this.#layout.valuesBegin + 4 * index);
  }

  /** The addresses of the buffers that a dict owns. */
  buffers(dict: number): number[] {
    const keys = this.#memory.word(dict + DICT.keys);
    const values = this.#memory.word(dict + DICT.values);
    if (values === 0) return [keys];
    return this.#isEmbedded(values) ? [] : [values];
  }
}
