// Objects under the magnifying glass: their sizes, and whether each keeps its invariants.

import { GCHead, generation } from "../model/gc-head";
import { handles } from "../model/handles";
import { BYTES, DICT, LIST, STR, TUPLE, USER } from "../model/kinds.gen";
import { GC_BYTES, isAnySet, isInt, isKind, PyObject } from "../model/type";
import { PyStr, str_valid } from "../text/str";
import { bytes_sizeof, PyBytes } from "../types/bytes";
import { dict_sizeof, dict_valid, PyDict } from "../types/dict";
import { instance_sizeof } from "../types/instance";
import { int_sizeof, int_valid, PyLong } from "../types/int";
import { interned } from "../types/intern";
import { list_valid } from "../types/list";
import { PyList, PyTuple } from "../types/sequence";
import { PySet, set_sizeof, set_valid } from "../types/set-table";
import { tuple_sizeof } from "../types/tuple";
import { gc_valid } from "./lists";
import { traverse } from "./traverse";

/** sys.getsizeof: bytes of the object and of the blocks that belong to it alone, collector header included. */
export function sizeofObject(o: PyObject): usize {
  if (isInt(o)) return int_sizeof(changetype<PyLong>(o).digits);
  if (isKind(o, STR)) return changetype<PyStr>(o).size + changetype<PyStr>(o).utf8Bytes;
  if (isKind(o, BYTES)) return bytes_sizeof(changetype<PyBytes>(o).size);
  if (isKind(o, TUPLE)) return GC_BYTES + tuple_sizeof(changetype<PyTuple>(o).size);
  if (isKind(o, LIST)) return GC_BYTES + offsetof<PyList>() + (<usize>changetype<PyList>(o).allocated << 2);
  if (isKind(o, DICT)) return dict_sizeof(changetype<PyDict>(o));
  if (isAnySet(o)) return set_sizeof(changetype<PySet>(o));
  if (o.type.kind == USER) return instance_sizeof(o);
  return <usize>o.type.basicSize + o.type.headBytes;
}

/** Whether the object itself is in order. */
export function isValid(o: PyObject): bool {
  if (o.refcnt == 0 || o.refcnt > 6 << 28) return false;
  if (isKind(o, STR)) return str_valid(changetype<PyStr>(o));
  if (isInt(o)) return int_valid(changetype<PyLong>(o));
  if (isKind(o, LIST)) return list_valid(changetype<PyList>(o));
  if (isKind(o, DICT)) return dict_valid(changetype<PyDict>(o));
  if (isAnySet(o)) return set_valid(changetype<PySet>(o));
  return true;
}

/** Remembers the first object that is not in order. */
@unmanaged
class Inspect {
  @inline
  visit(slot: usize): void {
    if (!isValid(load<PyObject>(slot))) handles().broken = load<usize>(slot);
  }

  @inline
  get pass(): i32 {
    return 0;
  }
}

/**
 * 0 if the object layer keeps its invariants: lists of the collector, tables of handles and interned strings, and all objects that
 * are tracked or that a tracked one or a handle refers to. Else the address of what does not.
 */
export function objects_check(): usize {
  const h = handles();
  if (!gc_valid()) return changetype<usize>(generation(0));
  if (!h.isValid()) return changetype<usize>(h);
  if (!interned().isValid()) return changetype<usize>(interned());
  h.broken = 0;
  for (let handle: u32 = 1; handle < h.capacity; handle++) {
    if (h.isUsed(handle) && !isValid(h.at(handle))) return changetype<usize>(h.at(handle));
  }
  const visitor = changetype<Inspect>(0);
  for (let k: u32 = 0; k < 4; k++) {
    const list = generation(k).head;
    for (let at = list.next; at != changetype<usize>(list); at = changetype<GCHead>(at).next) {
      const o = changetype<GCHead>(at).object;
      if (!isValid(o)) return changetype<usize>(o);
      if (o.type.traverse == 0) traverse<Inspect>(o, visitor);
      if (h.broken != 0) return h.broken;
    }
  }
  return 0;
}
