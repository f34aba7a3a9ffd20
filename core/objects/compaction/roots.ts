// Roots: every word that refers to an object and does not stand in one, for those who have to find all of them, because objects move or references are
// counted. model/visit.ts has what a visitor is; with these and eachReference (types/anatomy.ts) nothing is left out, but for the links of the collector's
// lists, and what a type's own traverse function knows: those references belong to somebody else's code.

import { Collector, collector } from "../collector/state";
import { error, ERROR_A, ERROR_B, ERROR_C } from "../model/error";
import { handles } from "../model/handles";
import { PLACES, USER } from "../model/kinds.gen";
import { heldText } from "../model/result";
import { isFixedType, PyType, typeOf } from "../model/type";
import { visitBorrowed, visitIfThere, visitRow } from "../model/visit";
import { interned } from "../types/intern";
import { type_references } from "../types/user-type";

/** The type does not stand in a block of the heap's: it is immortal, whatever a census writes into counts. */
@inline
function isNoObject(type: PyType): bool {
  return type.refcnt >> 30 == 1;
}

/** The ring of the types that are not built in; and what those refer to that are no objects of the heap's, but C's variables. */
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

/** Shows the visitor each reference that does not stand in an object. */
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
