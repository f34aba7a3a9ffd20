// Words that refer to objects. eachRoot shows those outside of objects (the roots), eachReference (types/anatomy.ts) those in objects. Code
// that moves objects or counts references has to find all of them. Two kinds are shown by neither: the links of the collector's lists, and
// the references that a type's own traverse function shows, which belong to foreign code. model/visit.ts says what a visitor is.

import { Collector, collector } from "../collector/state";
import { error, ERROR_A, ERROR_B, ERROR_C } from "../model/error";
import { handles } from "../model/handles";
import { PLACES, USER } from "../model/kinds.gen";
import { heldText } from "../model/result";
import { isFixedType, PyType, typeOf } from "../model/type";
import { visitBorrowed, visitIfThere, visitRow } from "../model/visit";
import { interned } from "../types/intern";
import { type_references } from "../types/user-type";
import { IMMORTAL_TAG, TAG_SHIFT } from "./pass";

/**
 * Whether the type is outside of the heap's blocks. Such a type is immortal, but a census may change its count for a
 * time.
 */
@inline
function isNoObject(type: PyType): bool {
  return type.refcnt >> TAG_SHIFT == IMMORTAL_TAG;
}

/**
 * Shows the ring of the types that are not built in. Then it shows the references of types that are not blocks of the
 * heap: variables in C, and the types at fixed places.
 */
function ringReferences<V>(visitor: V): void {
  const ring = typeOf(USER);
  let type = ring;
  do {
    const at = changetype<usize>(type);
    visitBorrowed<V>(at + offsetof<PyType>("before"), visitor);
    visitBorrowed<V>(at + offsetof<PyType>("after"), visitor);
    type = type.after;
    if (isNoObject(type) && !isFixedType(type)) type_references<V>(type, visitor);
  } while (type !== ring);
  for (let place: u32 = 0; place < PLACES; place++) type_references<V>(typeOf(place), visitor);
}

/** Shows the visitor each reference outside of objects. */
export function eachRoot<V>(visitor: V): void {
  const h = handles();
  for (let handle: u32 = 1; handle < h.capacity; handle++) {
    if (h.isUsed(handle)) visitor.owned(h.table + ((<usize>handle) << 2));
  }
  visitRow<V>(h.stack, h.stackTop, visitor);
  const e = changetype<usize>(error());
  visitIfThere<V>(e + ERROR_A, visitor);
  visitIfThere<V>(e + ERROR_B, visitor);
  visitIfThere<V>(e + ERROR_C, visitor);
  visitIfThere<V>(heldText(), visitor);
  visitIfThere<V>(changetype<usize>(collector()) + offsetof<Collector>("garbage"), visitor);
  const strings = interned();
  for (let k: u32 = 0; k < strings.capacity; k++) {
    const word = strings.table + ((<usize>k) << 2);
    if (strings.holds(word)) visitBorrowed<V>(word, visitor);
  }
  ringReferences<V>(visitor);
}
