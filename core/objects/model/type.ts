// Objects and types: the header that every object begins with, and the record of a type.
//
//   [ next | prev ]  refcnt | type | ...            the two words in front only if the type has HAS_GC (gc-head.ts)
//   ^ block          ^ the object's address
//
// Layouts are those of CPython 3.14 for wasm32, so that sys.getsizeof gives the same number. The flags that a type in C can have
// (Py_TPFLAGS_*) have CPython's bits; the core's own flags use bits that are not among these.

import { BOOL, FROZENSET, INT, PLACES, SET } from "./kinds.gen";
import { at, TYPE_BYTES, TYPES, TYPES_AT } from "./state";

/** Items of the type's instances are references, and not plain bytes. */
export const HAS_OBJECT_ITEMS: u32 = 1 << 0;
/** The type was defined in C: its functions are C's. Neither the type nor its instances ever move. */
export const IS_C_TYPE: u32 = 1 << 2;
/** Each instance has a word for its weak references that the core keeps behind the struct of C. */
export const MANAGED_WEAKREF: u32 = 1 << 3;
/** The same for its dict of attributes. */
export const MANAGED_DICT: u32 = 1 << 4;
export const DISALLOWS_INSTANTIATION: u32 = 1 << 7;
/** A type that was made while the program ran. It lives as long as there is a reference to it. */
export const IS_HEAP_TYPE: u32 = 1 << 9;
/** Other types can be derived from the type. */
export const IS_BASE_TYPE: u32 = 1 << 10;
export const HAS_VECTORCALL: u32 = 1 << 11;
export const IS_READY: u32 = 1 << 12;
/** The type's objects have a collector header in front. */
export const HAS_GC: u32 = 1 << 14;
/**
 * An object of the type was hashed by its address. If the type's objects have no collector header, in which that object could be
 * marked, none of them may move.
 */
export const HAS_HASHED: u32 = 1 << 15;
/** A user's type without functions, whose instances have no items and no weak references. */
export const IS_PLAIN: u32 = 1 << 16;
/** The built-in type that an object's type is or is derived from. */
export const IS_INT: u32 = 1 << 24;
export const IS_LIST: u32 = 1 << 25;
export const IS_TUPLE: u32 = 1 << 26;
export const IS_BYTES: u32 = 1 << 27;
export const IS_STR: u32 = 1 << 28;
export const IS_DICT: u32 = 1 << 29;
export const IS_EXCEPTION: u32 = 1 << 30;
export const IS_TYPE: u32 = 1 << 31;
/** All flags that say which built-in type a type is derived from. */
export const FAMILIES: u32 = 0xff << 24;

/** In the kind of a type that C derived from a built-in type: the rest is the kind of that type, whose layout its instances begin with. */
export const DERIVED: u32 = 1 << 6;

@unmanaged
export class PyObject {
  refcnt: u32;
  type: PyType;
}

@unmanaged
export class PyVarObject extends PyObject {
  size: u32;
}

/**
 * A type. It begins with CPython's PyTypeObject, word for word, so that a type can be defined in C (include/object.h); then come
 * the core's own fields. Functions are table indices; 0: there is none. The slots that the core calls for objects of its own types as well
 * have the core's names (hash, compare, finalize): the signature is the same, whether C defined the function or not. All others have
 * CPython's names (tp_call).
 */
@unmanaged
export class PyType extends PyVarObject {
  /** The name in UTF-8, with a 0 at the end. */
  tp_name: usize;
  basicSize: u32;
  itemSize: u32;
  /** Called by C only; the core calls `dealloc`. */
  tp_dealloc: u32;
  tp_vectorcall_offset: i32;
  tp_getattr: u32;
  tp_setattr: u32;
  tp_as_async: usize;
  /** Called by C only; it returns a string. The core calls `repr`. */
  tp_repr: u32;
  tp_as_number: usize;
  tp_as_sequence: usize;
  tp_as_mapping: usize;
  hash: u32;
  tp_call: u32;
  tp_str: u32;
  tp_getattro: u32;
  tp_setattro: u32;
  tp_as_buffer: usize;
  flags: u32;
  tp_doc: usize;
  traverse: u32;
  clear: u32;
  compare: u32;
  /** Offset in an object of its list of weak references; 0: there can be none. */
  weakList: u32;
  tp_iter: u32;
  tp_iternext: u32;
  tp_methods: usize;
  tp_members: usize;
  tp_getset: usize;
  /** The type that this one is derived from: a reference. */
  base: PyType | null;
  /** A dict of the type's attributes by name; null if it has none. */
  tp_dict: PyObject | null;
  tp_descr_get: u32;
  tp_descr_set: u32;
  /** Offset in an object of its dict of attributes; 0: it has none. */
  tp_dictoffset: i32;
  tp_init: u32;
  tp_alloc: u32;
  tp_new: u32;
  tp_free: u32;
  tp_is_gc: u32;
  tp_bases: PyObject | null;
  tp_mro: PyObject | null;
  tp_cache: PyObject | null;
  tp_subclasses: usize;
  tp_weaklist: usize;
  tp_del: u32;
  tp_version_tag: u32;
  finalize: u32;
  tp_vectorcall: u32;
  tp_watched: u32;
  // The core's own fields. A type that is not built in has its name also as a string.
  name: PyObject | null;
  /** The built-in type's kind; with DERIVED for a type that C derived from one; USER for all others. */
  kind: u32;
  dealloc: u32;
  repr: u32;
  /** Called once when an instance is deallocated (types/user-type.ts). */
  drop: u32;
  /** How many slots (references to objects) an instance has, from slotsAt on. */
  slots: u32;
  slotsAt: u32;
  /** The host's number for this type. */
  hostId: u32;
  /** The module that a type in C belongs to. */
  module: PyObject | null;
  /** A block that the type owns: its tables of functions, and a copy of its name (capi/runtime/heap-type.ts). */
  own: usize;
  ownBytes: u32;
  // Statistics and the free list.
  live: u32;
  bytes: usize;
  free: usize;
  freeCount: u32;
  freeMax: u32;
  freeHits: u32;
  // The ring of the types that are not built in; its head is at the place of kind USER.
  before: PyType;
  after: PyType;

  @inline
  get hasGC(): bool {
    return (this.flags & HAS_GC) != 0;
  }

  /** Offset in an instance of its data, raw bytes whose meaning only the program knows: a multiple of 8. */
  @inline
  get dataAt(): u32 {
    return (this.slotsAt + this.slots * 4 + 7) & ~7;
  }

  @inline
  get hasObjectItems(): bool {
    return (this.flags & HAS_OBJECT_ITEMS) != 0;
  }

  @inline
  get headBytes(): usize {
    return this.hasGC ? GC_BYTES : 0;
  }

  /** Counts `bytes` more in objects of this type (fewer, if negative). */
  @inline
  resized(bytes: isize): void {
    this.bytes += bytes;
  }
}

if (<usize>PLACES > TYPES) ERROR("there is no room for so many types");
if (offsetof<PyType>() > TYPE_BYTES) ERROR("PyType does not fit its room");

@inline
export function typeOf(kind: u32): PyType {
  return changetype<PyType>(at(TYPES_AT + <usize>kind * TYPE_BYTES));
}

/** Whether the type lies at one of the places for built-in types and for the API's own types. */
@inline
export function isFixedType(type: PyType): bool {
  return changetype<usize>(type) - at(TYPES_AT) < <usize>PLACES * TYPE_BYTES;
}

/** Whether the object is of the built-in type itself. Its operations are then the built-in ones. */
@inline
export function isKind(o: PyObject, kind: u32): bool {
  return o.type === typeOf(kind);
}

/** The kind of the built-in type whose layout the object has: of its type, or of the type that its type is derived from. */
@inline
export function layoutOf(o: PyObject): u32 {
  return o.type.kind & ~DERIVED;
}

/** Whether the object is of the built-in type or of a type that is derived from it: it has its layout, but may have other operations. */
@inline
export function isA(o: PyObject, kind: u32): bool {
  return layoutOf(o) == kind;
}

/** The bytes of the words that the core keeps behind the struct of C in each instance (MANAGED_DICT, MANAGED_WEAKREF). */
@inline
export function managedBytes(type: PyType): u32 {
  return (<u32>popcnt(type.flags & (MANAGED_DICT | MANAGED_WEAKREF))) << 2;
}

/** Whether C derived the type from a built-in one that has a layout of its own. */
@inline
export function isDerived(type: PyType): bool {
  return (type.kind & DERIVED) != 0;
}

/** Whether the object is an int, a bool, or of a type derived from int. */
@inline
export function isAnInt(o: PyObject): bool {
  return (o.type.flags & IS_INT) != 0;
}

/** Whether the object is a set or a frozenset, or of a type derived from one. */
@inline
export function isASet(o: PyObject): bool {
  const kind = layoutOf(o);
  return kind == SET || kind == FROZENSET;
}

@inline
export function isInt(o: PyObject): bool {
  return isKind(o, INT) || isKind(o, BOOL);
}

@inline
export function isAnySet(o: PyObject): bool {
  return isKind(o, SET) || isKind(o, FROZENSET);
}

export const GC_BYTES: usize = 8;
