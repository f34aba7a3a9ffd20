// The built-in types, and everything else that exists before the first object is made.
//
//   kind        basic size   item    collected   free list (CPython's bounds)
//   int             16         4        -          100, of one digit
//   float           16         -        -          100
//   str             20         -        -        for C, that of a derived str (base-types.ts)
//   bytes           17         1        -
//   tuple           16         4        yes        2000 of each length up to 20 (tuple.ts)
//   list            20         -        yes        80
//   dict            32         -        yes        80
//   set, frozenset  100        -        yes
//
// The other types (bool, None, NotImplemented, type, weak references, functions of the host) have no free list.

import { STATE_BYTES } from "./model/state";
import { CONTROL, CONTROL_BYTES } from "../ground/control";
import { gc_begin } from "./collector/state";
import { COMPARE, DEALLOC, HASH, REPR, typeFunction } from "./model/functions";
import {
  BOOL,
  BYTES,
  DICT,
  FLOAT,
  FROZENSET,
  FUNCTION,
  INT,
  LIST,
  NONE,
  NOT_IMPLEMENTED,
  REF,
  SET,
  STR,
  TUPLE,
  TYPE,
} from "./model/kinds.gen";
import { IMMORTAL } from "./model/refcount";
import { hasPolicy, POLICY_FREE_LISTS, settings } from "./model/settings";
import { False, None, NotImplemented, True } from "./model/singletons";
import {
  HAS_GC,
  IS_BYTES,
  IS_DICT,
  IS_INT,
  IS_LIST,
  IS_READY,
  IS_STR,
  IS_TUPLE,
  IS_TYPE,
  PyType,
  typeOf,
} from "./model/type";
import { ASCII_HEADER, str_begin } from "./text/str";
import { bytes_begin } from "./types/bytes";
import { PyDict } from "./types/dict";
import { int_begin } from "./types/int";
import { keys_begin } from "./types/keys";
import { PyList } from "./types/sequence";
import { PySet, SET_BYTES } from "./types/set-table";
import { tuple_begin } from "./types/tuple";
import { types_begin } from "./types/user-type";
import { PyFunction, PyRef } from "./types/weak";

/** How deep containers may be nested before hash, comparison or repr raises RecursionError. */
const RECURSION_LIMIT: u32 = 1000;

function define(kind: u32, basicSize: usize, itemSize: u32, flags: u32, freeMax: u32): void {
  const type = typeOf(kind);
  type.refcnt = IMMORTAL;
  type.type = typeOf(TYPE);
  type.kind = kind;
  type.flags = flags | IS_READY;
  type.basicSize = <u32>basicSize;
  type.itemSize = itemSize;
  type.dealloc = typeFunction(kind, DEALLOC);
  type.hash = typeFunction(kind, HASH);
  type.compare = typeFunction(kind, COMPARE);
  type.repr = typeFunction(kind, REPR);
  type.tp_dealloc = type.dealloc;
  type.freeMax = hasPolicy(POLICY_FREE_LISTS) ? freeMax : 0;
}

function defineAll(): void {
  define(NONE, 8, 0, 0, 0);
  define(NOT_IMPLEMENTED, 8, 0, 0, 0);
  define(TYPE, offsetof<PyType>(), 0, IS_TYPE, 0);
  define(BOOL, 16, 4, IS_INT, 0);
  define(INT, 16, 4, IS_INT, 100);
  define(FLOAT, 16, 0, 0, 100);
  define(STR, ASCII_HEADER, 0, IS_STR, 0);
  define(BYTES, 17, 1, IS_BYTES, 0);
  define(TUPLE, 16, 4, HAS_GC | IS_TUPLE, 0);
  define(LIST, offsetof<PyList>(), 0, HAS_GC | IS_LIST, 80);
  define(DICT, offsetof<PyDict>(), 0, HAS_GC | IS_DICT, 80);
  define(SET, SET_BYTES, 0, HAS_GC, 0);
  define(FROZENSET, SET_BYTES, 0, HAS_GC, 0);
  define(REF, offsetof<PyRef>(), 0, HAS_GC, 0);
  define(FUNCTION, offsetof<PyFunction>(), 0, 0, 0);
  typeOf(SET).weakList = <u32>offsetof<PySet>("weak");
  typeOf(FROZENSET).weakList = <u32>offsetof<PySet>("weak");
}

/** Makes the types, singletons and shared objects in a region of zeros. */
export function objects_begin(key0: u64, key1: u64, policies: u32): void {
  const s = settings();
  s.hashKey0 = key0;
  s.hashKey1 = key1;
  s.policies = policies;
  s.recursionLimit = RECURSION_LIMIT;
  defineAll();
  None().refcnt = IMMORTAL;
  None().type = typeOf(NONE);
  NotImplemented().refcnt = IMMORTAL;
  NotImplemented().type = typeOf(NOT_IMPLEMENTED);
  False().refcnt = IMMORTAL;
  False().type = typeOf(BOOL);
  True().refcnt = IMMORTAL;
  True().type = typeOf(BOOL);
  int_begin(IMMORTAL);
  str_begin(IMMORTAL);
  bytes_begin(IMMORTAL);
  tuple_begin(IMMORTAL);
  keys_begin();
  types_begin();
  gc_begin();
}

/**
 * Begins the object layer of a heap that has room for it. `key0` and `key1` are the secret key of hashes, `policies`
 * are the policies that are on, as bits.
 */
export function begin_objects(key0: u64, key1: u64, policies: u32): void {
  memory.fill(CONTROL + CONTROL_BYTES, 0, STATE_BYTES - CONTROL_BYTES);
  objects_begin(key0, key1, policies);
}
