// The interpreter's types, as far as a walk over objects needs them. Each type is read once.

import type { Strings } from "../../../snapshot/graph.js";
import type { ObjectLayout } from "../versions/layout.js";
import { FIELDS, MEMBER, TYPE, TYPE_FLAG } from "./layout.js";
import type { ObjectMemory } from "./memory.js";

/** The parts of an interpreter's module that are needed to read its types. */
export interface TypeModule {
  readonly __indirect_function_table: WebAssembly.Table;
}

/** Types whose objects are read in a special way, like those of all types derived from them. */
export const KINDS = [
  ...[
    "int",
    "float",
    "str",
    "bytes",
    "list",
    "tuple",
    "dict",
    "set",
    "frozenset",
    "type",
    "module",
    "function",
    "code",
  ],
  ...["cell", "generator", "coroutine", "async_generator", "frame", "exception", "weakref", "bytearray", "traceback"],
  ...["builtin_function_or_method", "JsProxy"],
] as const;
export type Kind = (typeof KINDS)[number];

/** Kinds by the names of static types. */
const BY_NAME = new Map<string, Kind>([
  ...KINDS.map((kind) => [kind, kind] as const),
  ["weakref.ReferenceType", "weakref"],
  ["weakref", "weakref"],
  ["pyodide.ffi.JsProxy", "JsProxy"],
]);

const BY_FLAG: readonly (readonly [flag: number, kind: Kind])[] = [
  [TYPE_FLAG.int, "int"],
  [TYPE_FLAG.list, "list"],
  [TYPE_FLAG.tuple, "tuple"],
  [TYPE_FLAG.bytes, "bytes"],
  [TYPE_FLAG.str, "str"],
  [TYPE_FLAG.dict, "dict"],
  [TYPE_FLAG.exception, "exception"],
  [TYPE_FLAG.type, "type"],
];

/** A reference that an object stores at an offset; `name` is the number of a string. */
export interface Field {
  readonly offset: number;
  readonly name: number;
}

/** int (*)(PyObject *, visitproc, void *) */
type Traverse = (object: number, visit: number, argument: number) => number;

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
  readonly traverse: Traverse | undefined;
  readonly isGc: ((object: number) => number) | undefined;
  readonly fields: readonly Field[];
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
  readonly #python: TypeModule;
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;
  readonly #strings: Strings;
  readonly #known = new Map<number, TypeInfo>();
  /** Types that were asked for recently, by some bits of their address. */
  readonly #recent: (TypeInfo | undefined)[] = Array.from({ length: RECENT }, () => undefined);

  constructor(python: TypeModule, memory: ObjectMemory, layout: ObjectLayout, strings: Strings) {
    this.#python = python;
    this.#memory = memory;
    this.#layout = layout;
    this.#strings = strings;
  }

  /** The type at an address. */
  at(address: number): TypeInfo {
    const place = ((address >>> 3) ^ (address >>> 11)) % RECENT;
    const recent = this.#recent[place];
    if (recent?.address === address) return recent;
    const info = this.#known.get(address) ?? this.#read(address);
    this.#known.set(address, info);
    this.#recent[place] = info;
    return info;
  }

  isKnown(address: number): boolean {
    return this.#known.has(address);
  }

  #read(address: number): TypeInfo {
    const memory = this.#memory;
    const field = (offset: number) => memory.word(address + offset);
    const flags = field(TYPE.flags);
    const has = (flag: number) => (flags & flag) !== 0;
    const isHeapType = has(TYPE_FLAG.heapType);
    const base = field(TYPE.base);
    const parent = base === 0 ? undefined : this.at(base);
    const cName = memory.cString(field(TYPE.name));
    const own = isHeapType ? undefined : BY_NAME.get(cName);
    const kind = BY_FLAG.find(([flag]) => has(flag))?.[1] ?? own ?? parent?.kind;
    const name = isHeapType ? this.#qualifiedName(address, cName) : cName;
    const isCollected = has(TYPE_FLAG.isAbleToCollect);
    const dictOffset = field(TYPE.dictOffset) | 0;
    return {
      ...{ address, name, kind, isHeapType, isCollected },
      nameNumber: this.#strings.number(name),
      isExact: kind !== undefined && own === kind,
      before:
        (isCollected ? COLLECTOR_HEADER : 0) +
        (has(TYPE_FLAG.managedDict) || has(TYPE_FLAG.managedWeakref) ? FRONT : 0),
      basicSize: field(TYPE.basicSize),
      traverse: this.#function(field(TYPE.traverse)) as Traverse | undefined,
      isGc: this.#function(field(TYPE.isGc)) as ((object: number) => number) | undefined,
      fields: [
        ...(parent?.fields ?? []),
        ...(kind === parent?.kind ? [] : this.#fieldsOf(kind)),
        ...this.#members(field(TYPE.members)),
      ],
      dictOffset: dictOffset > 0 ? dictOffset : 0,
      hasManagedDict: has(TYPE_FLAG.managedDict),
      hasInlineValues: has(TYPE_FLAG.inlineValues),
      cachedKeys: isHeapType ? field(this.#layout.typeBytes + TYPE.heap.cachedKeys) : 0,
    };
  }

  #function(index: number): unknown {
    return index === 0 ? undefined : this.#python.__indirect_function_table.get(index);
  }

  #qualifiedName(address: number, cName: string): string {
    const memory = this.#memory;
    // A type that C code defined has its module in its name.
    if (cName.includes(".")) return cName;
    const qualifiedName = memory.text(memory.word(address + this.#layout.typeBytes + TYPE.heap.qualifiedName), 200);
    const module = this.moduleName(memory.word(address + TYPE.dict));
    return module === "" || module === "builtins" ? qualifiedName : `${module}.${qualifiedName}`;
  }

  /** Finds `__module__` in a type's dict. The walk sets it, because it can read dicts. */
  moduleName: (dict: number) => string = () => "";

  #fieldsOf(kind: Kind | undefined): Field[] {
    const name = kind === "coroutine" || kind === "async_generator" ? "generator" : kind;
    return (FIELDS[name ?? ""] ?? []).map(([offset, text]) => ({ offset, name: this.#strings.number(text) }));
  }

  /** The members of a type that are objects: slots, and the members that a type in C declares. */
  #members(table: number): Field[] {
    const memory = this.#memory;
    const found: Field[] = [];
    if (table === 0) return found;
    for (let at = table; memory.word(at + MEMBER.name) !== 0; at += MEMBER.bytes) {
      const kind = memory.word(at + MEMBER.kind);
      if (kind !== MEMBER.object && kind !== MEMBER.objectOrError) continue;
      const name = this.#strings.number(memory.cString(memory.word(at + MEMBER.name)));
      found.push({ offset: memory.word(at + MEMBER.offset), name });
    }
    return found;
  }
}
