// The references of an object, with names.
//
// A dict, list, tuple or set is read from memory. For any other object, its type's own tp_traverse says what it refers
// to, and what is known about the type gives the names: so a name can be missing, but no reference is missing or wrong.
// If the type can't be traversed, the references are those that have a known name, such as the members of its type.

import { toWasmFunction } from "../../../core/table-functions.js";
import type { Strings } from "../../../snapshot/builder.js";
import { EDGE } from "../../../snapshot/graph.js";
import type { ObjectLayout } from "../versions/layout.js";
import { dequeItems } from "./buffers.js";
import type { Dicts } from "./dicts.js";
import type { Frames } from "./frames.js";
import {
  CELL,
  FRAME,
  FRAME_OBJECT,
  GENERATOR,
  LIST,
  MODULE,
  OWNER,
  SET,
  TYPE,
  TYPE_FLAG,
  WEAK_REFERENCE,
} from "./layout.js";
import type { ObjectMemory } from "./memory.js";
import type { Kind, TypeInfo } from "./types.js";

/** Takes a reference: `kind` and `name` are those of an edge, `target` is the address of the object. */
export type Refer = (kind: number, name: number, target: number) => void;

/** Up to this number of references, a named one is found by comparing each; above it, by a table. */
const FEW = 32;

/** Calls functions of types, which are in the interpreter's table. */
export class Visitor {
  /** The references that the last tp_traverse visited. */
  readonly seen: number[] = [];
  readonly #table: WebAssembly.Table;
  /** Index of the visitproc. */
  readonly #index: number;

  constructor(table: WebAssembly.Table) {
    this.#table = table;
    this.#index = table.grow(1);
    const visit = (object = 0): number => {
      this.seen.push(object >>> 0);
      return 0;
    };
    table.set(this.#index, toWasmFunction(visit, { parameters: 2, results: 1 }));
  }

  traverse({ traverseIndex }: TypeInfo, object: number): void {
    this.seen.length = 0;
    // int (*)(PyObject *, visitproc, void *)
    const traverse = this.#table.get(traverseIndex) as (object: number, visit: number, argument: number) => number;
    traverse(object, this.#index, 0);
  }

  /** What the type's tp_is_gc says about the object; true if the type has none. */
  isGc({ isGcIndex }: TypeInfo, object: number): boolean {
    return isGcIndex === 0 || (this.#table.get(isGcIndex) as (object: number) => number)(object) !== 0;
  }
}

/** The named references of one object, as columns. The columns are used again for the next object. */
class Names {
  readonly kinds: number[] = [];
  readonly names: number[] = [];
  readonly targets: number[] = [];
  count = 0;

  readonly add: Refer = (kind, name, target) => {
    if (target === 0) return;
    this.kinds[this.count] = kind;
    this.names[this.count] = name;
    this.targets[this.count++] = target;
  };

  /** Gives the reference with the index `k`. */
  give(refer: Refer, k: number): void {
    refer(this.kinds[k] as number, this.names[k] as number, this.targets[k] as number);
  }

  giveAll(refer: Refer): void {
    for (let k = 0; k < this.count; k++) this.give(refer, k);
  }
}

export class References {
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;
  readonly #strings: Strings;
  readonly #dicts: Dicts;
  readonly #frames: Frames;
  readonly #visitor: Visitor;
  readonly #keyText: (key: number) => string;
  readonly #attributeNames = new Map<number, number>();
  readonly #keyNames = new Map<number, number>();
  readonly #named = new Names();
  readonly #key: number;
  readonly #class: number;
  readonly #field: number;
  readonly #dict: number;

  /** `keyText` returns a key as Python would write it. */
  constructor(
    memory: ObjectMemory,
    layout: ObjectLayout,
    strings: Strings,
    dicts: Dicts,
    frames: Frames,
    visitor: Visitor,
    keyText: (key: number) => string,
  ) {
    this.#memory = memory;
    this.#layout = layout;
    this.#strings = strings;
    this.#dicts = dicts;
    this.#frames = frames;
    this.#visitor = visitor;
    this.#keyText = keyText;
    this.#key = strings.number("(key)");
    this.#class = strings.number("__class__");
    this.#field = strings.number("(field)");
    this.#dict = strings.number("__dict__");
  }

  /**
   * Gives each reference of an object once. `isWhole` is false for an object that may be only half made, which the
   * collector never sees.
   */
  of(object: number, type: TypeInfo, isWhole: boolean, refer: Refer): void {
    if (type.isExact && this.#exactly(object, type.kind, refer)) return;
    if (type.kind === "weakref") this.#weak(object, refer);
    this.#nameFields(object, type);
    this.#nameParts(object, type);
    const isTracked = type.isCollected && this.#memory.isTracked(object);
    if (this.#canTraverse(object, type) && (isWhole || isTracked)) this.#traverse(object, type, refer);
    else if (!this.#canTraverse(object, type)) this.#named.giveAll(refer);
    this.#named.count = 0;
    if (type.kind === "dict") this.#keys(object, refer);
    if (type.kind === "type") this.#typeParts(object, refer);
  }

  /** The references of an object whose type is exactly a built-in container. Returns whether it is one. */
  #exactly(object: number, kind: Kind | undefined, refer: Refer): boolean {
    switch (kind) {
      case "int":
      case "float":
      case "bytes":
      case "str":
      case "bytearray":
        return true;
      case "list":
      case "tuple":
        this.#sequence(object, kind, refer);
        return true;
      case "dict":
        // Whether such values are the dict's or the object's differs between versions: tp_traverse says it.
        if (this.#dicts.hasEmbeddedValues(object)) return false;
        this.#entries(object, refer);
        this.#keys(object, refer);
        return true;
      case "set":
      case "frozenset":
        this.#items(object, refer);
        return true;
      default:
        return false;
    }
  }

  #sequence(object: number, kind: "list" | "tuple", name: Refer): void {
    const memory = this.#memory;
    const items = kind === "list" ? memory.word(object + LIST.items) : object + this.#layout.tupleItems;
    const count = memory.sizeOf(object);
    for (let k = 0; k < count; k++) {
      const target = memory.word(items + 4 * k);
      if (target !== 0) name(EDGE.index, k, target);
    }
  }

  #entries(dict: number, name: Refer): void {
    this.#dicts.entries(dict, (key, value) => name(EDGE.key, this.keyName(key), value));
  }

  /** The references of a dict to its keys. Its tp_traverse does not visit keys that are str. */
  #keys(dict: number, refer: Refer): void {
    if (!this.#dicts.ownsKeys(dict)) return;
    this.#dicts.entries(dict, (key) => refer(EDGE.internal, this.#key, key));
  }

  #items(set: number, name: Refer): void {
    const memory = this.#memory;
    const table = memory.word(set + SET.table);
    const slots = memory.word(set + SET.mask) + 1;
    for (let k = 0, index = 0; k < slots; k++) {
      const key = memory.word(table + SET.entry * k);
      const hash = memory.word(table + SET.entry * k + 4) | 0;
      // A slot whose item was removed has another object in it, with a hash that no item has.
      if (key !== 0 && hash !== -1) name(EDGE.index, index++, key);
    }
  }

  #weak(object: number, refer: Refer): void {
    const target = this.#memory.word(object + WEAK_REFERENCE.object);
    if (target !== 0) refer(EDGE.weak, this.#strings.number("(weak)"), target);
  }

  #nameInternal(text: string, target: number): void {
    if (target !== 0) this.#named.add(EDGE.internal, this.#strings.number(text), target);
  }

  #nameFields(object: number, type: TypeInfo): void {
    const { add } = this.#named;
    for (const { offset, name } of type.fields) add(EDGE.attribute, name, this.#memory.word(object + offset));
    if (type.dictOffset > 0) add(EDGE.internal, this.#dict, this.#memory.word(object + type.dictOffset));
    if (!type.hasManagedDict) return;
    this.#dicts.attributes(object, type, (key, value) => add(EDGE.attribute, this.attributeName(key), value));
    add(EDGE.internal, this.#dict, this.#dicts.managedDict(object, type));
  }

  /** Names the references that are known from the object's kind: items, entries, a module's `__dict__`, and so on. */
  #nameParts(object: number, { kind }: TypeInfo): void {
    const memory = this.#memory;
    const { add } = this.#named;
    switch (kind) {
      case "list":
      case "tuple":
        this.#sequence(object, kind, add);
        return;
      case "dict":
        this.#entries(object, add);
        return;
      case "set":
      case "frozenset":
        this.#items(object, add);
        return;
      case "deque": {
        let index = 0;
        for (const item of dequeItems(memory, object)) add(EDGE.index, index++, item);
        return;
      }
      case "cell":
        add(EDGE.cell, this.#strings.number("cell_contents"), memory.word(object + CELL.content));
        return;
      case "module":
        this.#nameInternal("__dict__", memory.word(object + MODULE.dict));
        return;
      case "type":
        for (const [text, offset] of TYPE_PARTS) this.#nameInternal(text, memory.word(object + offset));
        return;
      case "generator":
      case "coroutine":
      case "async_generator":
        this.#nameFrame(object + GENERATOR.frame);
        return;
      case "frame": {
        const frame = memory.word(object + FRAME_OBJECT.frame);
        if (memory.byte(frame + FRAME.owner) === OWNER.object) this.#nameFrame(frame);
        return;
      }
    }
  }

  #nameFrame(frame: number): void {
    const memory = this.#memory;
    this.#frames.variables(frame, (name, value, isCell) =>
      this.#named.add(isCell ? EDGE.cell : EDGE.local, this.attributeName(name), value),
    );
    this.#nameInternal("(function)", memory.word(frame + FRAME.function));
    this.#nameInternal("(locals)", memory.word(frame + FRAME.locals));
    this.#nameInternal("(code)", this.#frames.codeOf(frame));
  }

  /** The references of a class that its tp_traverse does not visit. */
  #typeParts(object: number, refer: Refer): void {
    const memory = this.#memory;
    const { typeBytes } = this.#layout;
    if ((memory.word(object + TYPE.flags) & TYPE_FLAG.heapType) === 0) return;
    for (const [text, offset] of [
      ["__name__", typeBytes + TYPE.heap.name],
      ["__qualname__", typeBytes + TYPE.heap.qualifiedName],
      ["__slots__", typeBytes + TYPE.heap.slots],
      ["(subclasses)", TYPE.subclasses],
    ] as const) {
      const target = memory.word(object + offset);
      if (target !== 0) refer(EDGE.internal, this.#strings.number(text), target);
    }
  }

  /**
   * Whether the type's tp_traverse can tell what the object refers to. It can't for a static type, though it can for
   * other objects of type `type`.
   */
  #canTraverse(object: number, type: TypeInfo): boolean {
    return type.traverseIndex !== 0 && type.isCollected && this.#visitor.isGc(type, object);
  }

  #traverse(object: number, type: TypeInfo, refer: Refer): void {
    this.#visitor.traverse(type, object);
    const { seen } = this.#visitor;
    const named = this.#named;
    const places = seen.length > FEW ? placesOf(seen) : undefined;
    for (let k = 0; k < named.count; k++) {
      const target = named.targets[k] as number;
      const at = places ? (places.get(target)?.pop() ?? -1) : seen.indexOf(target);
      // An object that stores its attributes in itself can own a dict as well, which its tp_traverse does not visit.
      const isUnseenDict = at < 0 && type.hasManagedDict && named.names[k] === this.#dict;
      if (at < 0 && !isUnseenDict) continue;
      if (at >= 0) seen[at] = 0;
      named.give(refer, k);
    }
    for (const target of seen) {
      if (target !== 0) refer(EDGE.internal, target === type.address ? this.#class : this.#field, target);
    }
  }

  /** The name of an attribute or a variable. */
  attributeName(key: number): number {
    let name = this.#attributeNames.get(key);
    if (name === undefined) {
      name = this.#strings.number(this.#memory.text(key, 200));
      this.#attributeNames.set(key, name);
    }
    return name;
  }

  keyName(key: number): number {
    let name = this.#keyNames.get(key);
    if (name === undefined) {
      name = this.#strings.number(`[${this.#keyText(key)}]`);
      this.#keyNames.set(key, name);
    }
    return name;
  }
}

const TYPE_PARTS: readonly (readonly [string, number])[] = [
  ["__dict__", TYPE.dict],
  ["__mro__", TYPE.mro],
  ["__bases__", TYPE.bases],
  ["__base__", TYPE.base],
  ["(cache)", TYPE.cache],
];

/** The places of each address in the list. */
function placesOf(addresses: readonly number[]): Map<number, number[]> {
  const places = new Map<number, number[]>();
  addresses.forEach((address, k) => {
    const known = places.get(address);
    if (known) known.push(k);
    else places.set(address, [k]);
  });
  return places;
}
