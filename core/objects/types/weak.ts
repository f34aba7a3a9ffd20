// Weak references: objects that refer to another object without keeping it alive.
//
//   refcnt | type | object | callback | hash | prev | next | -
//
//   an object's list of weak references -> ref -> ref -> ...     (through next; the word is at type.weakList in the object)
//
// An object has at most one weak reference without a callback: it is shared, and first in the list. When the object dies, all
// references are cleared before any callback runs, and a callback runs only if its reference is still alive itself.

import { ascii } from "../model/ascii";
import { GC_COLLECTING, gcHead, track, untrack } from "../model/gc-head";
import { FUNCTION, REF } from "../model/kinds.gen";
import { freeObject, newObject } from "../model/memory";
import { EQ, NE } from "../model/operators.gen";
import { raiseDead, raiseNoWeakReferences } from "../model/raises.gen";
import { decref, incref, xdecref } from "../model/refcount";
import { asBool, None, NotImplemented } from "../model/singletons";
import { isKind, PyObject, typeOf } from "../model/type";
import { visitBorrowed, visitIfThere } from "../model/visit";
import { Writer } from "../text/writer";
import { callHost, callObject } from "./outside";
import { compare, hashOf } from "./protocol";
import { putTypeName } from "./scalars";

/** Tells the host that nothing refers to its function number `id` any more. */
@external("host", "drop")
declare function hostDrop(id: u32): void;

@unmanaged
export class PyRef extends PyObject {
  /** The object; None when it is dead. */
  object: PyObject;
  callback: PyObject | null;
  cachedHash: i32;
  prev: PyRef | null;
  next: PyRef | null;
  vectorcall: u32;

  /** The object of a weak reference; null if it is dead, even if it still waits to be deallocated. */
  @inline
  get target(): PyObject | null {
    const o = this.object;
    return o === None() || o.refcnt == 0 ? null : o;
  }
}

/** A function of the host that a weak reference calls. */
@unmanaged
export class PyFunction extends PyObject {
  id: u32;
  pad: u32;
}

export function function_new(id: u32): PyObject | null {
  const f = changetype<PyFunction | null>(newObject(typeOf(FUNCTION), offsetof<PyFunction>()));
  if (f) f.id = id;
  return f;
}

export function function_dealloc(o: PyObject): void {
  const id = changetype<PyFunction>(o).id;
  freeObject(o, offsetof<PyFunction>());
  hostDrop(id);
}

/** The address of the word with the head of the object's list of weak references; 0 if it can't have any. */
@inline
export function weakListOf(o: PyObject): usize {
  const offset = o.type.weakList;
  return offset == 0 ? 0 : changetype<usize>(o) + offset;
}

/** Shows the object, the neighbours in the object's list, and the callback (model/visit.ts). */
export function ref_references<V>(r: PyRef, visitor: V): void {
  const at = changetype<usize>(r);
  visitBorrowed<V>(at + offsetof<PyRef>("object"), visitor);
  visitBorrowed<V>(at + offsetof<PyRef>("prev"), visitor);
  visitBorrowed<V>(at + offsetof<PyRef>("next"), visitor);
  visitIfThere<V>(at + offsetof<PyRef>("callback"), visitor);
}

/** Drops the reference's callback. */
export function ref_clear(r: PyRef): void {
  const callback = r.callback;
  r.callback = null;
  xdecref(callback);
}

/**
 * PyWeakref_NewRef: a weak reference to `o`. Without a callback, the result is the object's existing weak reference without a
 * callback, if there is one.
 */
export function ref_new(o: PyObject, callback: PyObject | null): PyObject | null {
  const list = weakListOf(o);
  if (list == 0) {
    raiseNoWeakReferences(o);
    return null;
  }
  const first = load<PyRef | null>(list);
  if (!callback && first && !first.callback) return incref<PyObject>(first);
  const r = changetype<PyRef | null>(newObject(typeOf(REF), offsetof<PyRef>()));
  if (!r) return null;
  r.object = o;
  r.callback = callback ? incref<PyObject>(callback) : null;
  r.cachedHash = -1;
  // A reference without a callback comes first, one with a callback after it.
  const before = callback && first && !first.callback ? first : null;
  r.prev = before;
  r.next = before ? before.next : first;
  const next = r.next;
  if (next) next.prev = r;
  if (before) before.next = r;
  else store<PyRef>(list, r);
  track(r);
  return r;
}

/** Removes the reference from its object's list, and sets its object to None. The callback stays. */
export function weak_detach(r: PyRef): void {
  const o = r.object;
  if (o === None()) return;
  const next = r.next;
  const prev = r.prev;
  if (prev) prev.next = next;
  else store<usize>(weakListOf(o), changetype<usize>(next));
  if (next) next.prev = prev;
  r.object = None();
  r.prev = null;
  r.next = null;
}

/**
 * Clears every weak reference to `o`. Those that have a callback and are alive themselves are put in front of `chain`, which is
 * linked through `prev` and owns a reference to each. With `collecting`, weak references that are unreachable themselves are not put there.
 */
export function weak_take(o: PyObject, chain: PyRef | null, collecting: bool): PyRef | null {
  const list = weakListOf(o);
  while (load<usize>(list) != 0) {
    const r = load<PyRef>(list);
    weak_detach(r);
    if (!r.callback || r.refcnt == 0) continue;
    if (collecting && (gcHead(r).flags & GC_COLLECTING) != 0) continue;
    incref<PyRef>(r);
    r.prev = chain;
    chain = r;
  }
  return chain;
}

/** Runs the callbacks of a chain from weak_take, in the order in which it took the weak references. */
export function weak_call_all(chain: PyRef | null): void {
  let turned: PyRef | null = null;
  while (chain) {
    const before: PyRef | null = chain.prev;
    chain.prev = turned;
    turned = chain;
    chain = before;
  }
  while (turned) {
    const r: PyRef = turned;
    turned = r.prev;
    r.prev = null;
    weak_call(r);
    decref(r);
  }
}

/** Clears every weak reference to a dying object, then runs the callbacks, the newest first. */
export function weak_clear_all(o: PyObject): void {
  weak_call_all(weak_take(o, null, false));
}

/** Runs the callback of a reference whose object is gone, once. */
function weak_call(r: PyRef): void {
  const callback = r.callback;
  if (!callback) return;
  r.callback = null;
  if (isKind(callback, FUNCTION)) callHost(changetype<PyFunction>(callback).id, r);
  else callObject(callback, r);
  decref(callback);
}

export function ref_dealloc(o: PyObject): void {
  const r = changetype<PyRef>(o);
  untrack(r);
  weak_detach(r);
  const callback = r.callback;
  r.callback = null;
  if (callback) decref(callback);
  freeObject(r, offsetof<PyRef>());
}

/** The object's hash. If it was asked for while the object was alive, it stays known after the object's death. */
export function ref_hash(o: PyObject): i32 {
  const r = changetype<PyRef>(o);
  if (r.cachedHash != -1) return r.cachedHash;
  const target = r.target;
  if (!target) {
    raiseDead();
    return -1;
  }
  r.cachedHash = hashOf(target);
  return r.cachedHash;
}

/** References to live objects compare as the objects do; other references are equal only to themselves. */
export function ref_compare(a: PyObject, b: PyObject, op: i32): PyObject | null {
  if ((op != EQ && op != NE) || !isKind(b, REF)) return NotImplemented();
  const x = changetype<PyRef>(a).target;
  const y = changetype<PyRef>(b).target;
  if (!x || !y) return asBool((a === b) == (op == EQ));
  return compare(x, y, op);
}

/** "<weakref at 0x...; to 'name' at 0x...>", "<weakref at 0x...; dead>" */
export function ref_repr(o: PyObject, w: Writer): bool {
  const referent = changetype<PyRef>(o).object;
  // "<weakref", then the address.
  if (!w.putAscii(ascii("<weakref")) || !putAddress(o, w)) return false;
  if (referent === None()) return w.putAscii(ascii("; dead>"));
  return (
    w.putAscii(ascii("; to '")) &&
    putTypeName(referent.type, w) &&
    w.put(0x27) &&
    putAddress(referent, w) &&
    w.put(0x3e)
  );
}

/** " at 0x..." */
function putAddress(o: PyObject, w: Writer): bool {
  return w.putAscii(ascii(" at 0x")) && w.putHex(<u32>changetype<usize>(o), 8);
}
