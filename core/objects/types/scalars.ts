// Hashes and reprs: those of None, NotImplemented, True, False and types, and the defaults for other objects.
// (In its layout and arithmetic, a bool is an int: int.ts.)

import { ascii } from "../model/ascii";
import { raiseUnhashable } from "../model/raises.gen";
import { GC_HASHED, gcHead } from "../model/gc-head";
import { hashPointer } from "../model/hash";
import { freeBlock, newBlock } from "../model/memory";
import { True } from "../model/singletons";
import { HAS_HASHED, PyObject, PyType } from "../model/type";
import { PyStr } from "../text/str";
import { Writer } from "../text/writer";

/** Writes the name of a built-in type in ASCII to memory. Returns its length. */
@external("host", "typeName")
declare function hostTypeName(kind: u32, target: usize): u32;

const LONGEST_NAME: usize = 32;

/** hash(None), as in CPython since 3.12. */
const HASH_OF_NONE: i32 = <i32>0xfca86420;

export function none_hash(_o: PyObject): i32 {
  return HASH_OF_NONE;
}

/** "None" */
export function none_repr(_o: PyObject, w: Writer): bool {
  return w.putAscii(ascii("None"));
}

/** "NotImplemented" */
export function notimplemented_repr(_o: PyObject, w: Writer): bool {
  return w.putAscii(ascii("NotImple")) && w.putAscii(ascii("mented"));
}

/** "True" or "False" */
export function bool_repr(o: PyObject, w: Writer): bool {
  return o === True() ? w.putAscii(ascii("True")) : w.putAscii(ascii("False"));
}

/** The hash of an object that is equal only to itself, from its address. The object must not move from now on. */
export function identity_hash(o: PyObject): i32 {
  if (o.type.hasGC) gcHead(o).prev |= GC_HASHED;
  else o.type.flags |= HAS_HASHED;
  return hashPointer(changetype<usize>(o));
}

/** The hash of types with mutable objects: raises TypeError. */
export function unhashable_hash(o: PyObject): i32 {
  raiseUnhashable(o);
  return -1;
}

/** "<class 'name'>" */
export function type_repr(o: PyObject, w: Writer): bool {
  return w.putAscii(ascii("<class '")) && putTypeName(changetype<PyType>(o), w) && w.putAscii(ascii("'>"));
}

export function putTypeName(type: PyType, w: Writer): bool {
  const name = changetype<PyStr | null>(type.name);
  if (name) return w.putStr(name);
  const buffer = newBlock(LONGEST_NAME);
  if (buffer == 0) return false;
  // What the host writes is not in the journal of a shared heap; the fill is.
  memory.fill(buffer, 0, LONGEST_NAME);
  const done = w.putChars(buffer, 1, hostTypeName(type.kind, buffer));
  freeBlock(buffer);
  return done;
}

/** "<name object at 0x...>" */
export function object_repr(o: PyObject, w: Writer): bool {
  return (
    w.put(0x3c) &&
    putTypeName(o.type, w) &&
    w.putAscii(ascii(" object ")) &&
    w.putAscii(ascii("at 0x")) &&
    w.putHex(<u32>changetype<usize>(o), 8) &&
    w.put(0x3e)
  );
}
