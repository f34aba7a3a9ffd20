// The interpreter's types, as far as a walk over objects needs them. Each type is read once.

import type { Strings } from "../../../snapshot/builder.js";
import type { ObjectLayout } from "../versions/layout.js";
import { FIELDS, MEMBER, TYPE, TYPE_FLAG } from "./layout.js";
import type { ObjectMemory } from "./memory.js";
import { TypeNames } from "./type-names.js";

/**
 * Types whose objects, and the objects of all types derived from them, are read in a special way; and whether all words of such an object
 * are known: then none of them is the address of a block, unless the walk knows it.
 */
const ALL_KNOWN = {
  ...{ int: true, float: true, str: true, bytes: true, bytearray: true, list: true, tuple: true, dict: true },
  ...{ set: true, frozenset: true, deque: true, type: true, module: false, function: false, code: false },
  ...{ builtin_function_or_method: false, cell: true, generator: true, coroutine: true, async_generator: true },
  ...{ frame: true, exception: true, traceback: true, weakref: true, JsProxy: false },
};
export type Kind = keyof typeof ALL_KNOWN;

/** Kinds by the names of static types. */
const BY_NAME = new Map<string, Kind>([
  ...(Object.keys(ALL_KNOWN) as Kind[]).map((kind) => [kind, kind] as const),
  ["weakref.ReferenceType", "weakref"],
  ["weakref", "weakref"],
  ["weakref.ProxyType", "weakref"],
  ["weakref.CallableProxyType", "weakref"],
  ["pyodide.ffi.JsProxy", "JsProxy"],
]);

/** Kinds by the names of types that modules in C make on the heap. */
const OF_MODULES = new Map<string, Kind>([["collections.deque", "deque"]]);

const FLAGGED: readonly { readonly flag: number; readonly kind: Kind }[] = [
  { flag: TYPE_FLAG.int, kind: "int" },
  { flag: TYPE_FLAG.list, kind: "list" },
  { flag: TYPE_FLAG.tuple, kind: "tuple" },
  { flag: TYPE_FLAG.bytes, kind: "bytes" },
  { flag: TYPE_FLAG.str, kind: "str" },
  { flag: TYPE_FLAG.dict, kind: "dict" },
  { flag: TYPE_FLAG.exception, kind: "exception" },
  { flag: TYPE_FLAG.type, kind: "type" },
];

/** Bytes of an object's reference count and type. */
const OBJECT_HEADER = 8;
/** At most this many bytes of an object are looked at: a broken type can have any size. */
const MOST_KNOWN = 4096;

/** What types that have no references of their own share. */
const NO_FIELDS: readonly Field[] = [];

/** A reference that an object stores at an offset; `name` is the number of a string. */
export interface Field {
  readonly offset: number;
  readonly name: number;
}

export interface TypeInfo {
  readonly address: number;
  /** The name, with the module unless the type is built in. */
  readonly name: string;
  readonly nameNumber: number;
  readonly kind: Kind | undefined;
  /** Whether it is the kind's own type, and not one derived from it. */
  readonly isExact: boolean;
  readonly isHeapType: boolean;
  /** Bytes that the block has in front of the object. */
  readonly before: number;
  readonly basicSize: number;
  readonly isCollected: boolean;
  /** Indexes of its tp_traverse and its tp_is_gc in the interpreter's table; 0 if it has none. */
  readonly traverseIndex: number;
  readonly isGcIndex: number;
  readonly fields: readonly Field[];
  /** Whether it is collections.OrderedDict, or derived from it. */
  readonly isOrdered: boolean;
  /** The first bytes of an object whose words are all known: the walk knows which of them are addresses of blocks. */
  readonly knownBytes: number;
  /** The offsets of the other words that are no known reference. Such a word can be the address of a block that the object uses. */
  readonly words: readonly number[];
  /** Offset at which an object stores its dict; 0 if it has no fixed offset. */
  readonly dictOffset: number;
  readonly hasManagedDict: boolean;
  readonly hasInlineValues: boolean;
  /** The keys that instances share. */
  readonly cachedKeys: number;
}

/** Bytes of a collector's header, and bytes of what precedes it: a dict and weak references. */
const COLLECTOR_HEADER = 8;
const FRONT = 8;

/** How many types are kept in the small table in front of the large one. A power of two. */
const RECENT = 256;

export class Types {
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;
  readonly #strings: Strings;
  readonly #names: TypeNames;
  readonly #known = new Map<number, TypeInfo>();
  /** Types that were asked for recently, by some bits of their address. */
  readonly #recent: (TypeInfo | undefined)[] = Array.from({ length: RECENT }, () => undefined);

  constructor(memory: ObjectMemory, layout: ObjectLayout, strings: Strings) {
    this.#memory = memory;
    this.#layout = layout;
    this.#strings = strings;
    this.#names = new TypeNames(memory, layout);
  }

  /** The type at an address. */
  at(address: number): TypeInfo {
    const place = ((address >>> 3) ^ (address >>> 11)) % RECENT;
    const recent = this.#recent[place];
    if (recent?.address === address) return recent;
    const info = this.#known.get(address) ?? this.#add(address);
    this.#recent[place] = info;
    return info;
  }

  isKnown(address: number): boolean {
    return this.#known.has(address);
  }

  #add(address: number): TypeInfo {
    const info = this.#read(address);
    this.#known.set(address, info);
    this.onType(info);
    return info;
  }

  #read(address: number): TypeInfo {
    const memory = this.#memory;
    const field = (offset: number) => memory.word(address + offset);
    const flags = field(TYPE.flags);
    const has = (flag: number) => (flags & flag) !== 0;
    const isHeapType = has(TYPE_FLAG.heapType);
    const base = field(TYPE.base);
    const parent = base === 0 ? undefined : this.at(base);
    const name = this.#names.nameOf(address);
    // A class that a program makes in Python has no module here.
    const isOfModule = isHeapType && field(this.#layout.typeBytes + TYPE.heap.module) !== 0;
    const own = isHeapType ? (isOfModule ? OF_MODULES.get(name) : undefined) : BY_NAME.get(name);
    const kind = FLAGGED.find(({ flag }) => has(flag))?.kind ?? own ?? parent?.kind;
    const isCollected = has(TYPE_FLAG.isAbleToCollect);
    const dictOffset = field(TYPE.dictOffset) | 0;
    const inherited = parent?.fields ?? NO_FIELDS;
    const added = [
      ...(kind === parent?.kind ? NO_FIELDS : this.#fieldsOf(kind)),
      ...this.#members(field(TYPE.members)),
    ];
    const fields = added.length === 0 ? inherited : [...inherited, ...added];
    const isOrdered = parent?.isOrdered === true || (!isHeapType && name === "collections.OrderedDict");
    const isAllKnown =
      (kind !== parent?.kind && kind !== undefined && ALL_KNOWN[kind]) || isOrdered !== (parent?.isOrdered ?? false);
    const knownBytes = isAllKnown ? field(TYPE.basicSize) : (parent?.knownBytes ?? OBJECT_HEADER);
    return {
      address,
      name,
      kind,
      isHeapType,
      isCollected,
      nameNumber: this.#strings.number(name),
      isExact: kind !== undefined && own === kind,
      before:
        (isCollected ? COLLECTOR_HEADER : 0) +
        (has(TYPE_FLAG.managedDict) || has(TYPE_FLAG.managedWeakref) ? FRONT : 0),
      basicSize: field(TYPE.basicSize),
      traverseIndex: field(TYPE.traverse),
      isGcIndex: field(TYPE.isGc),
      fields,
      ...{ isOrdered, knownBytes },
      words: kind === "code" ? this.#layout.codeBlocks : this.#unknownWords(address, knownBytes, fields, dictOffset),
      dictOffset: dictOffset > 0 ? dictOffset : 0,
      hasManagedDict: has(TYPE_FLAG.managedDict),
      hasInlineValues: has(TYPE_FLAG.inlineValues),
      cachedKeys: isHeapType ? field(this.#layout.typeBytes + TYPE.heap.cachedKeys) : 0,
    };
  }

  /** Called once for each type, when it is read. The walk sets this function. */
  onType: (type: TypeInfo) => void = () => undefined;

  /** The words that a type's objects have from an offset on, without those that are known. */
  #unknownWords(address: number, from: number, fields: readonly Field[], dictOffset: number): number[] {
    const weakReferences = this.#memory.word(address + TYPE.weakReferences);
    const known = new Set([dictOffset, weakReferences, ...fields.map(({ offset }) => offset)]);
    const end = Math.min(this.#memory.word(address + TYPE.basicSize), MOST_KNOWN);
    const words: number[] = [];
    for (let at = from; at + 4 <= end; at += 4) if (!known.has(at)) words.push(at);
    return words;
  }

  #fieldsOf(kind: Kind | undefined): readonly Field[] {
    const name = kind === "coroutine" || kind === "async_generator" ? "generator" : kind;
    return (FIELDS[name ?? ""] ?? []).map(([offset, text]) => ({ offset, name: this.#strings.number(text) }));
  }

  /** The members of a type that are objects: slots, and the members that a type in C declares. */
  #members(table: number): readonly Field[] {
    if (table === 0) return NO_FIELDS;
    const memory = this.#memory;
    const found: Field[] = [];
    for (let at = table; memory.word(at + MEMBER.name) !== 0; at += MEMBER.bytes) {
      const kind = memory.word(at + MEMBER.kind);
      if (kind !== MEMBER.object && kind !== MEMBER.objectOrError) continue;
      const name = this.#strings.number(memory.cString(memory.word(at + MEMBER.name)));
      found.push({ offset: memory.word(at + MEMBER.offset), name });
    }
    return found;
  }
}
