// Modules, functions and types that C defined, for the host. Arguments come from the stack (exchange.ts).

import { hasError } from "../model/error";
import { clearError } from "../model/raise";
import { PyIter_Next, PyObject_GetIter } from "../capi/api/iterate";
import { module_from } from "../capi/api/module";
import { PyObject_GetAttr, PyObject_SetAttr } from "../capi/runtime/attribute";
import { functionDefinition, isConsistent, selfOf } from "../capi/runtime/builtin";
import { callMethodRow, callRow, inconsistent } from "../capi/runtime/call";
import { METH_O, methodAt } from "../capi/runtime/definitions";
import { moduleDefinition, moduleDict } from "../capi/runtime/module-object";
import { type_retire } from "../capi/runtime/type";
import { safePoint } from "../collector/due";
import { GCHead, generation } from "../model/gc-head";
import { handles } from "../model/handles";
import { BUILTIN, MODULE, USER } from "../model/kinds.gen";
import { enter, leave } from "../model/recursion";
import { OUTSIDE, setEntered } from "../model/reentrancy";
import { decref, incref, trashUnwound } from "../model/refcount";
import { settings } from "../model/settings";
import { IS_C_TYPE, IS_HEAP_TYPE, isKind, PyObject, PyType, typeOf } from "../model/type";
import { dict_clear, dict_next, PyDict } from "../types/dict";
import { list_append, list_new } from "../types/list";
import { PyList, PyTuple, setItemAt } from "../types/sequence";
import { emptyTuple, tuple_new, tuple_track } from "../types/tuple";
import { answer, missing } from "./exchange";

// ---- modules ----

/**
 * Pushes the module for `answered`, which PyInit_x returned. The module's name is on the stack before. False with an
 * error.
 */
export function push_module(answered: PyObject | null): bool {
  const h = handles();
  const name = h.pop();
  const module = module_from(answered, name);
  decref(name);
  return h.push(module);
}

/** A list of the names in a module's dict; for any other object, in the dicts of its type and of the type's bases. */
export function attribute_names(handle: u32): f64 {
  const o = handles().at(handle);
  const names = list_new(0);
  if (!names) return answer(null);
  let done = true;
  if (isKind(o, MODULE)) done = addNames(names, moduleDict(o));
  let type: PyType | null = isKind(o, MODULE) ? null : o.type;
  while (done && type) {
    const dict = type.tp_dict;
    if (dict) done = addNames(names, changetype<PyDict>(dict));
    type = type.base;
  }
  if (done) return answer(names);
  decref(names);
  return answer(null);
}

function addNames(names: PyList, dict: PyDict): bool {
  for (let index = dict_next(dict, 0); index >= 0; index = dict_next(dict, index + 1)) {
    if (!list_append(names, dict.keys.keyAt(index)!)) return false;
  }
  return true;
}

// ---- attributes ----

/** o.name; the name is on the stack. */
export function get_attribute(handle: u32): f64 {
  const name = handles().pop();
  const o = incref<PyObject>(handles().at(handle));
  const value = PyObject_GetAttr(o, name);
  decref(name);
  decref(o);
  return answer(value);
}

/** o.name = value, or del o.name if there is no value. Name and value are on the stack. */
export function set_attribute(handle: u32, withValue: bool): bool {
  const h = handles();
  const value: PyObject | null = withValue ? h.pop() : null;
  const name = h.pop();
  const o = incref<PyObject>(h.at(handle));
  const result = PyObject_SetAttr(o, name, value);
  if (value) decref(value);
  decref(name);
  decref(o);
  return result == 0;
}

// ---- iteration ----

/** iter(o). */
export function iterator_of(handle: u32): f64 {
  const o = incref<PyObject>(handles().at(handle));
  const iterator = PyObject_GetIter(o);
  decref(o);
  return answer(iterator);
}

/** next(iterator); IS_MISSING at the end. */
export function iterator_next(handle: u32): f64 {
  const iterator = incref<PyObject>(handles().at(handle));
  const item = PyIter_Next(iterator);
  decref(iterator);
  return item || hasError() ? answer(item) : missing();
}

// ---- calls ----

/**
 * Takes the last `n` values of the stack as a tuple, because C may keep their addresses while the stack grows and
 * moves.
 */
function takeArguments(n: u32): PyTuple | null {
  if (n == 0) return emptyTuple();
  const h = handles();
  const t = tuple_new(n);
  if (!t) {
    h.drop(n);
    return null;
  }
  for (let k = n; k-- > 0; ) setItemAt(t.items, k, h.pop());
  tuple_track(t);
  return t;
}

/**
 * Calls the object of a handle with the last `n` values of the stack. If `named`, these are followed by a tuple with the
 * names of the last arguments.
 */
export function call_object(handle: u32, n: u32, named: bool): f64 {
  const h = handles();
  const f = incref<PyObject>(h.at(handle));
  safePoint();
  if (n == 1 && !named && isKind(f, BUILTIN) && methodAt(functionDefinition(f)).flags == METH_O) return callWithOne(f);
  const names = named ? changetype<PyTuple>(h.pop()) : null;
  const args = takeArguments(n);
  let result: PyObject | null = null;
  if (args) {
    result = callRow(f, args.items, names ? n - names.size : n, names);
    decref(args);
  }
  if (names) decref(names);
  decref(f);
  return answer(result);
}

/** A function of METH_O gets its argument as it is. */
@inline
function callWithOne(f: PyObject): f64 {
  const argument = handles().pop();
  let result: PyObject | null = null;
  if (enter()) {
    result = call_indirect<PyObject | null>(methodAt(functionDefinition(f)).meth, selfOf(f), argument);
    leave();
    if (!isConsistent(result)) result = inconsistent(f, result);
  }
  decref(argument);
  decref(f);
  return answer(result);
}

/** o.name(...) with the last `n` values: the object, then the arguments. The name precedes them on the stack. */
export function call_method(n: u32): f64 {
  safePoint();
  const args = takeArguments(n);
  const name = handles().pop();
  const result = args ? callMethodRow(name, args.items, n, null) : null;
  if (args) decref(args);
  decref(name);
  return answer(result);
}

/**
 * Sets the counts of calls under way to 0, after a trap or an exception has ended all calls; then deallocates the
 * objects that waited for the end of a deallocation.
 */
export function unwind_calls(): void {
  const s = settings();
  s.depth = 0;
  setEntered(OUTSIDE, 0);
  trashUnwound();
}

// ---- unloading a module in C ----

/** Whether an address is in a module's data, or an index among its entries of the table. */
@inline
function isWithin(word: usize, start: usize, end: usize): bool {
  return word >= start && word < end;
}

/** Empties the dict of a handle's module, which breaks cycles through its attributes and types. */
export function empty_module(handle: u32): void {
  const module = handles().at(handle);
  if (isKind(module, MODULE)) dict_clear(moduleDict(module));
  clearError();
}

/**
 * The number of objects that still need the memory (from `start` to `end`) or the table entries of a module in C:
 * instances of its types, types that it made with PyType_FromSpec, types derived from its types, its functions and
 * modules.
 */
export function count_dependents(start: usize, end: usize, tableStart: u32, tableEnd: u32): u32 {
  let count: u32 = 0;
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) {
    if ((type.flags & IS_C_TYPE) == 0) continue;
    const isHeapType = (type.flags & IS_HEAP_TYPE) != 0;
    const base = type.base;
    const isDerived =
      base !== null && isWithin(changetype<usize>(base), start, end) && !isWithin(changetype<usize>(type), start, end);
    if (isDerived && !isMadeBy(type, start, end, tableStart, tableEnd)) count++;
    if (isHeapType ? isMadeBy(type, start, end, tableStart, tableEnd) : isWithin(changetype<usize>(type), start, end)) {
      count += type.live + (isHeapType ? 1 : 0);
    }
  }
  for (let k: u32 = 0; k < 4; k++) {
    const list = generation(k).head;
    for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
      const o = changetype<GCHead>(at).object;
      if (isKind(o, BUILTIN) && isWithin(functionDefinition(o), start, end)) count++;
      else if (isKind(o, MODULE) && isWithin(moduleDefinition(o), start, end)) count++;
    }
  }
  return count;
}

/** Whether a type from PyType_FromSpec has functions, or definitions of attributes, of the module. */
function isMadeBy(type: PyType, start: usize, end: usize, tableStart: u32, tableEnd: u32): bool {
  const at = changetype<usize>(type);
  for (let word = offsetof<PyType>("tp_dealloc"); word < offsetof<PyType>("tp_watched"); word += 4) {
    const value = load<u32>(at + word);
    if (value == 0 || word == offsetof<PyType>("flags")) continue;
    if (isWithin(value, tableStart, tableEnd) || isWithin(value, start, end)) return true;
  }
  return false;
}

/** Removes the types in a module's data, which have no instances, from the heap's types. */
export function retire_types(start: usize, end: usize): void {
  const ring = typeOf(USER);
  let type: PyType = ring.after;
  while (type !== ring) {
    const next: PyType = type.after;
    if (isWithin(changetype<usize>(type), start, end)) type_retire(type);
    type = next;
  }
}
