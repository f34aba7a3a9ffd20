// Objects: the header that every object begins with, types, reference counts, and how memory comes and goes.
//
//   [ next | prev ]  refcnt | type | ...            the two words in front only if the type has GC (collected by cycles)
//   ^ block          ^ the object's address
//
// Layouts are CPython 3.14's for wasm32, so that sys.getsizeof says the same of an object here and there.
//
// A reference count from IMMORTAL up never changes: None, True, small ints, single characters, types.
// An object whose count falls to 0 goes through its type's dealloc at once. Containers can nest deeply, so only TRASH_DEPTH of
// them are deallocated inside one another; deeper ones wait in a list until the outermost is done (CPython's trashcan).
//
// Invariants:
//   gc.next == 0  iff  the object is not tracked by the collector
//   type.live == objects of the type that were allocated and not yet deallocated
//   type.free is a list of type.freeCount <= type.freeMax blocks of type.basicSize bytes

import {
  PyMem_Free,
  PyMem_Malloc,
  PyMem_Realloc,
  PyObject_Free,
  PyObject_Malloc,
  PyObject_Realloc,
} from "../../alloc/domains";
import { E_RECURSION, error, raiseCode, raiseMemory } from "./error";
import { at, COLLECTOR_AT, TRASH_AT, TYPE_BYTES, TYPES, TYPES_AT, SINGLETONS_AT, SETTINGS_AT, HANDLES_AT } from "./state";

export const IMMORTAL: u32 = 5 << 28;
const IMMORTAL_MINIMUM: u32 = 1 << 30;

/** Kinds of the built-in types, in the order in which they stand at TYPES_AT; USER for those that users define. */
export const NONE: u32 = 0;
export const NOT_IMPLEMENTED: u32 = 1;
export const TYPE: u32 = 2;
export const BOOL: u32 = 3;
export const INT: u32 = 4;
export const FLOAT: u32 = 5;
export const STR: u32 = 6;
export const BYTES: u32 = 7;
export const TUPLE: u32 = 8;
export const LIST: u32 = 9;
export const DICT: u32 = 10;
export const SET: u32 = 11;
export const FROZENSET: u32 = 12;
export const REF: u32 = 13;
export const FUNCTION: u32 = 14;
export const KINDS: u32 = 15;
export const USER: u32 = 15;

// Types of the Python/C API that stand behind those: users' types in all but their place (capi/fixed-types.ts).
export const BASE_OBJECT: u32 = 16;
export const BUILTIN: u32 = 17;
export const METHOD_DESCRIPTOR: u32 = 18;
export const MEMBER_DESCRIPTOR: u32 = 19;
export const GETSET_DESCRIPTOR: u32 = 20;
export const MODULE: u32 = 21;
export const MODULE_DEF: u32 = 22;
export const PLACES: u32 = 23;

// Flags of a type. Those that CPython has are where it has them (Py_TPFLAGS_*); the others are bits that it does not use.

/** Items of the type's instances are references, and not plain bytes. */
export const HAS_OBJECT_ITEMS: u32 = 1 << 0;
/** C defined the type: its functions are C's, it never moves, and neither do its instances. */
export const IS_C_TYPE: u32 = 1 << 2;
export const DISALLOWS_INSTANTIATION: u32 = 1 << 7;
/** A type that was made while the program ran: it lives as long as somebody refers to it. */
export const IS_HEAP_TYPE: u32 = 1 << 9;
/** Others can be derived from it. */
export const IS_BASE_TYPE: u32 = 1 << 10;
export const HAS_VECTORCALL: u32 = 1 << 11;
export const IS_READY: u32 = 1 << 12;
/** The type's objects have a collector header in front. */
export const HAS_GC: u32 = 1 << 14;
/** An object of the type, which has no collector header, was hashed by its address: so all of them stay where they are. */
export const HAS_HASHED: u32 = 1 << 15;
/** A user's type whose instances have no items, no weak references, and no functions of their own. */
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
 * What is common to all objects of a type. First CPython's PyTypeObject, word for word, so that a type can be one that C defined
 * (include/cpython/object.h); then what the core needs besides. Functions are table indices; 0: there is none. Where the core calls what C
 * may define, the word has the core's name: the functions have the same type.
 */
@unmanaged
export class PyType extends PyVarObject {
  /** In UTF-8, ended by 0. */
  tp_name: usize;
  basicSize: u32;
  itemSize: u32;
  /** What C calls; the core calls `dealloc`. */
  tp_dealloc: u32;
  tp_vectorcall_offset: i32;
  tp_getattr: u32;
  tp_setattr: u32;
  tp_as_async: usize;
  /** What C calls: it answers a string. The core calls `repr`. */
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
  /** The type that this one is derived from, to which it has a reference. */
  base: PyType | null;
  /** Attributes of the type by name, a dict; of types that have any. */
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
  // The core's own. A type that is not built in has its name as a string, too.
  name: PyObject | null;
  kind: u32;
  dealloc: u32;
  repr: u32;
  /** Of types that a program in TypeScript defined (instance.ts). */
  drop: u32;
  /** How many references to objects stand in an instance, from slotsAt on. */
  slots: u32;
  slotsAt: u32;
  /** What the host calls this type. */
  hostId: u32;
  /** The module that a type in C belongs to. */
  module: PyObject | null;
  /** A block of the type's own: the copy of its name, and its tables of functions for numbers and containers. */
  own: usize;
  ownBytes: u32;
  // Statistics and the free list.
  live: u32;
  bytes: usize;
  free: usize;
  freeCount: u32;
  freeMax: u32;
  freeHits: u32;
  // The ring of the types that are not built in; its head stands at the place of kind USER.
  before: PyType;
  after: PyType;

  @inline
  get hasGC(): bool {
    return (this.flags & HAS_GC) != 0;
  }

  /** Offset in an instance of the data that its user gives a meaning: at a multiple of 8. */
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

  /** `bytes` more are in objects of this type (less, if negative). */
  @inline
  resized(bytes: isize): void {
    this.bytes += bytes;
  }
}

if (offsetof<PyType>() > TYPE_BYTES) ERROR("PyType does not fit its room");
if (<usize>PLACES > TYPES) ERROR("there is no room for so many types");

@inline
export function typeOf(kind: u32): PyType {
  return changetype<PyType>(at(TYPES_AT + <usize>kind * TYPE_BYTES));
}

/** Whether the type stands at one of those places. */
@inline
export function isFixedType(type: PyType): bool {
  return changetype<usize>(type) - at(TYPES_AT) < <usize>PLACES * TYPE_BYTES;
}

@inline
export function isKind(o: PyObject, kind: u32): bool {
  return o.type === typeOf(kind);
}

@inline
export function isInt(o: PyObject): bool {
  return isKind(o, INT) || isKind(o, BOOL);
}

@inline
export function isAnySet(o: PyObject): bool {
  return isKind(o, SET) || isKind(o, FROZENSET);
}

// ---- singletons ----

@inline
function singleton(offset: usize): PyObject {
  return changetype<PyObject>(at(SINGLETONS_AT + offset));
}
@inline
export function None(): PyObject {
  return singleton(0);
}
@inline
export function NotImplemented(): PyObject {
  return singleton(8);
}
@inline
export function False(): PyObject {
  return singleton(16);
}
@inline
export function True(): PyObject {
  return singleton(32);
}
/** The empty tuple, which has a collector header; the empty string; the empty bytes. */
export const EMPTY_TUPLE_AT: usize = SINGLETONS_AT + 56;
export const EMPTY_STR_AT: usize = SINGLETONS_AT + 80;
export const EMPTY_BYTES_AT: usize = SINGLETONS_AT + 104;

@inline
export function asBool(value: bool): PyObject {
  return value ? True() : False();
}

// ---- reference counts ----

/** One more reference. Answers the object, so that a reference can be handed on in one expression. */
@inline
export function incref<T extends PyObject>(o: T): T {
  const n = o.refcnt;
  if (n < IMMORTAL_MINIMUM) o.refcnt = n + 1;
  return o;
}

/** One reference less; the object is deallocated with the last one. */
@inline
export function decref(o: PyObject): void {
  const n = o.refcnt;
  if (n >= IMMORTAL_MINIMUM) return;
  o.refcnt = n - 1;
  if (n == 1) deallocate(o);
}

@inline
export function xdecref(o: PyObject | null): void {
  if (o) decref(o);
}

@inline
export function isImmortal(o: PyObject): bool {
  return o.refcnt >= IMMORTAL_MINIMUM;
}

// ---- the collector's header ----

export const GC_BYTES: usize = 8;
// Bits of `prev`, which is the address of a header otherwise: a multiple of 8.
export const GC_FINALIZED: usize = 1;
export const GC_COLLECTING: usize = 2;
/** The object was hashed by its address, so it stays there. */
export const GC_HASHED: usize = 4;
/** Flags that a collection leaves as they are. */
export const GC_LASTING: usize = GC_FINALIZED | GC_HASHED;
/** Bit of `next` while a collection has not found the object reachable. */
export const GC_UNREACHABLE: usize = 1;
const GC_FLAGS: usize = 7;

@unmanaged
export class GCHead {
  next: usize;
  prev: usize;

  @inline
  get object(): PyObject {
    return changetype<PyObject>(changetype<usize>(this) + GC_BYTES);
  }

  @inline
  get flags(): usize {
    return this.prev & GC_FLAGS;
  }

  @inline
  get prevHead(): GCHead {
    return changetype<GCHead>(this.prev & ~GC_FLAGS);
  }

  @inline
  setPrev(head: GCHead): void {
    this.prev = (this.prev & GC_FLAGS) | changetype<usize>(head);
  }

  /** The list of which this is the head has no element. */
  @inline
  becomeEmpty(): void {
    this.next = changetype<usize>(this);
    this.prev = changetype<usize>(this);
  }

  @inline
  get isEmpty(): bool {
    return this.next == changetype<usize>(this);
  }

  /** `node` is last in the list of which this is the head. */
  @inline
  append(node: GCHead): void {
    const last = this.prevHead;
    node.setPrev(last);
    last.next = changetype<usize>(node);
    node.next = changetype<usize>(this);
    this.setPrev(node);
  }

  /** In no list; the flags stay. */
  @inline
  unlink(): void {
    const next = changetype<GCHead>(this.next);
    const prev = this.prevHead;
    prev.next = this.next;
    next.setPrev(prev);
    this.next = 0;
  }
}

@inline
export function gcHead(o: PyObject): GCHead {
  return changetype<GCHead>(changetype<usize>(o) - GC_BYTES);
}

/** One generation: the head of a ring of tracked objects, and when it is collected. */
@unmanaged
export class Generation {
  next: usize;
  prev: usize;
  threshold: u32;
  /** Youngest: objects allocated less objects freed since its last collection. Older: collections of the next younger. */
  count: i32;

  @inline
  get head(): GCHead {
    return changetype<GCHead>(this);
  }
}

@inline
export function generation(k: u32): Generation {
  return changetype<Generation>(at(COLLECTOR_AT) + <usize>k * offsetof<Generation>());
}

@inline
export function isTracked(o: PyObject): bool {
  return gcHead(o).next != 0;
}

/** PyObject_GC_Track: the collector looks at the object from now on, so its fields are in order. */
@inline
export function track(o: PyObject): void {
  generation(0).head.append(gcHead(o));
}

/** PyObject_GC_UnTrack. Doing it again does nothing. */
@inline
export function untrack(o: PyObject): void {
  const head = gcHead(o);
  if (head.next != 0) head.unlink();
}

// ---- settings ----

/** What was chosen when the heap was made, and how deep the recursion is now. */
@unmanaged
export class Settings {
  hashKey0: u64;
  hashKey1: u64;
  /** Policies that are on, as bits. */
  policies: u32;
  depth: u32;
  recursionLimit: u32;
  /** What the next safe point is to do: COLLECTION_DUE, PRESSURE_DUE. */
  due: u32;
  /** 1 while the host wants a handle for every result, also for one that has a value. */
  exact: u32;
  /** How many operations of the host's are under way during which no collection may start by itself. */
  held: u32;
  /** How many calls to code outside of the core are under way, which the core waits for. */
  outside: u32;
  /** 1 once another module could count references of its own. */
  lent: u32;
}

/** Enough was allocated for a collection. */
export const COLLECTION_DUE: u32 = 1;
/** The heap passed its watermark: the host is to run measures. */
export const PRESSURE_DUE: u32 = 2;

if (offsetof<Settings>() > HANDLES_AT - SETTINGS_AT) ERROR("Settings does not fit its region");

@inline
export function settings(): Settings {
  return changetype<Settings>(at(SETTINGS_AT));
}

export const POLICY_SMALL_INTS: u32 = 1;
export const POLICY_CHARACTERS: u32 = 2;
export const POLICY_INTERNING: u32 = 4;
export const POLICY_FREE_LISTS: u32 = 8;
export const POLICY_KEY_SHARING: u32 = 16;

@inline
export function hasPolicy(policy: u32): bool {
  return (settings().policies & policy) != 0;
}

// ---- memory ----

/** MemoryError is raised; an error that C left set is gone. */
export function raiseNoMemory(n: usize): void {
  clearError();
  raiseMemory(n);
}

/** A block for `n` bytes of an object; 0, and MemoryError is raised, if there is none. */
function objectBlock(n: usize): usize {
  const block = PyObject_Malloc(n);
  if (block == 0) raiseNoMemory(n);
  return block;
}

/** A block of the mem domain, for what belongs to an object but stands apart: a list's items, a dict's keys. */
export function newBlock(n: usize): usize {
  const block = PyMem_Malloc(n);
  if (block == 0) raiseNoMemory(n);
  return block;
}

/** The block with `n` bytes; 0, and MemoryError is raised, if that can't be: then it is as it was. */
export function resizeBlock(block: usize, n: usize): usize {
  const moved = PyMem_Realloc(block, n);
  if (moved == 0) raiseNoMemory(n);
  return moved;
}

@inline
export function freeBlock(block: usize): void {
  PyMem_Free(block);
}

/** A collected object was allocated: when enough were, a collection is due. */
@inline
function countAllocation(): void {
  const young = generation(0);
  const count = ++young.count;
  if (count > <i32>young.threshold && young.threshold != 0) settings().due |= COLLECTION_DUE;
}

@inline
function begin(block: usize, type: PyType, bytes: usize): PyObject {
  let address = block;
  if (type.hasGC) {
    store<u64>(block, 0);
    address += GC_BYTES;
    countAllocation();
  }
  const o = changetype<PyObject>(address);
  o.refcnt = 1;
  o.type = type;
  type.live++;
  type.bytes += bytes;
  return o;
}

/**
 * A new object of the type with `bytes` bytes, collector header not counted: one reference, not tracked, all but the header as
 * the block was. null, and MemoryError is raised, if there is no memory.
 */
@inline
export function newObject(type: PyType, bytes: usize): PyObject | null {
  const whole = bytes + type.headBytes;
  const block = objectBlock(whole);
  return block == 0 ? null : begin(block, type, whole);
}

/** As newObject with the type's basic size, from the type's free list if there is something in it. */
@inline
export function newFixed(type: PyType): PyObject | null {
  const head = type.free;
  if (head == 0) return newObject(type, type.basicSize);
  type.free = load<usize>(head);
  type.freeCount--;
  type.freeHits++;
  return begin(head, type, <usize>type.basicSize + type.headBytes);
}

/** The object of `bytes` bytes has been taken apart: its block goes back to the heap. */
@inline
export function freeObject(o: PyObject, bytes: usize): void {
  PyObject_Free(retire(o, bytes));
}

/** As freeObject for an object of the type's basic size: the block may stay in the type's free list. */
@inline
export function freeFixed(o: PyObject): void {
  const type = o.type;
  const block = retire(o, type.basicSize);
  if (type.freeCount < type.freeMax) {
    store<usize>(block, type.free);
    type.free = block;
    type.freeCount++;
  } else PyObject_Free(block);
}

/** The object is not counted any more. Answers its block. */
@inline
export function retire(o: PyObject, bytes: usize): usize {
  const type = o.type;
  const headBytes = type.headBytes;
  type.live--;
  type.bytes -= bytes + headBytes;
  if (headBytes != 0 && generation(0).count > 0) generation(0).count--;
  return changetype<usize>(o) - headBytes;
}

/** A block that retire gave comes to life again as an object, one of `bytes` bytes. */
@inline
export function revive(block: usize, type: PyType, bytes: usize): PyObject {
  return begin(block, type, bytes + type.headBytes);
}

/** The object, which nobody else knows yet, needs fewer bytes than before: it gives the rest back, and may move. */
export function shrinkObject(o: PyObject, before: usize, after: usize): PyObject {
  const type = o.type;
  const moved = PyObject_Realloc(changetype<usize>(o) - type.headBytes, after + type.headBytes);
  type.resized(-(<isize>(before - after)));
  return moved == 0 ? o : changetype<PyObject>(moved + type.headBytes);
}

/** Gives a type's free list back to the heap. Answers how many blocks that were. */
export function clearFreeList(type: PyType): u32 {
  const count = type.freeCount;
  let block = type.free;
  type.free = 0;
  type.freeCount = 0;
  while (block != 0) {
    const next = load<usize>(block);
    PyObject_Free(block);
    block = next;
  }
  return count;
}

// ---- deallocation ----

const TRASH_DEPTH: u32 = 50;

@unmanaged
class Trash {
  depth: u32;
  /** Objects that wait, linked through `prev` of their collector headers. */
  waiting: usize;
}

@inline
function trash(): Trash {
  return changetype<Trash>(at(TRASH_AT));
}

/** The last reference is gone. */
export function deallocate(o: PyObject): void {
  const type = o.type;
  if (!type.hasGC) {
    call_indirect<void>(type.dealloc, o);
    return;
  }
  const t = trash();
  if (t.depth >= TRASH_DEPTH) {
    untrack(o);
    const head = gcHead(o);
    head.prev = t.waiting | head.flags;
    t.waiting = changetype<usize>(head);
    return;
  }
  t.depth++;
  call_indirect<void>(type.dealloc, o);
  t.depth--;
  if (t.depth == 0 && t.waiting != 0) emptyTrash();
}

function emptyTrash(): void {
  const t = trash();
  while (t.waiting != 0) {
    const head = changetype<GCHead>(t.waiting);
    t.waiting = head.prev & ~GC_FLAGS;
    t.depth++;
    call_indirect<void>(head.object.type.dealloc, head.object);
    t.depth--;
  }
}

/** No object is being deallocated any more: those that waited for that are. */
export function trashUnwound(): void {
  trash().depth = 0;
  emptyTrash();
}

/** dealloc of what is never deallocated. */
export function immortal_dealloc(o: PyObject): void {
  o.refcnt = IMMORTAL;
}

// ---- recursion ----

/** One step deeper into nested objects; false, and RecursionError is raised, at the limit. Pairs with `leave`. */
@inline
export function enter(): boolean {
  const s = settings();
  if (s.depth >= s.recursionLimit) return tooDeep();
  s.depth++;
  return true;
}

@inline
export function leave(): void {
  settings().depth--;
}

function tooDeep(): boolean {
  raiseCode(E_RECURSION, 0, 0);
  return false;
}

// ---- errors that speak of objects ----

/** Raises an error about one or two objects, to which it holds references; one that C left set is gone. */
export function raiseAbout(code: u32, a: PyObject | null, b: PyObject | null, x: i32): void {
  if (a) incref<PyObject>(a);
  if (b) incref<PyObject>(b);
  clearError();
  raiseCode(code, x, 0);
  error().a = changetype<usize>(a);
  error().b = changetype<usize>(b);
}

/** PyErr_Clear: there is no error, and its objects are released. */
export function clearError(): void {
  const e = error();
  const a = changetype<PyObject | null>(e.a);
  const b = changetype<PyObject | null>(e.b);
  const c = changetype<PyObject | null>(e.c);
  raiseCode(0, 0, 0);
  xdecref(a);
  xdecref(b);
  xdecref(c);
}
