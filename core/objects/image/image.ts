// Heap images: prepares a copy of a heap so that its bytes can become an image; and makes a heap from such bytes.
//
//   a copy of the memory -> forget what is not in the image -> handles of roots only, collect, compact -> [base, brk)
//   [base, brk) in a fresh memory -> restart -> functions of types -> a heap

import { platform } from "../../ground/platform";
import { hasObjectsOfC, unnameFixedTypes } from "../capi/runtime/fixed-types";
import { collector, dropGarbage } from "../collector/state";
import { dropApiTypes } from "../model/api-types";
import { handles } from "../model/handles";
import { USER } from "../model/kinds.gen";
import { clearError } from "../model/raise";
import { nothingUnderWay } from "../model/reentrancy";
import { release_text } from "../model/result";
import { settings } from "../model/settings";
import { IS_PLAIN, PyType, typeOf } from "../model/type";

/**
 * Clears everything that an image does not contain: the error, the host's stack, the text of a result, the collector's debug flags and its
 * garbage, the exceptions and the other types of the Python/C API. Returns false and changes nothing if there are objects of types in C,
 * because their functions would not exist where the image is loaded.
 */
export function image_forget(): bool {
  if (hasObjectsOfC()) return false;
  clearError();
  release_text();
  handles().drop(handles().stackTop);
  collector().debug = 0;
  dropGarbage();
  dropApiTypes();
  return true;
}

/**
 * Takes what was made for modules in C out of the built-in types and the API's own types, as if there had never been such a module. No
 * object needs it: if there are objects of the API's own types, image_forget has refused the image.
 */
export function image_forget_api(): void {
  unnameFixedTypes();
}

/**
 * Makes the state that of a heap at rest: nothing is under way, due or lent, no fault is injected, and the peak is what is reserved now.
 */
export function image_restart(): void {
  const s = settings();
  s.depth = 0;
  s.due = 0;
  s.exact = 0;
  s.lent = 0;
  nothingUnderWay();
  const p = platform();
  p.failAt = 0;
  p.failForever = 0;
  p.peak = p.reserved;
}

/** The next handle in use after this one; 0 if there is none. */
export function next_handle(handle: u32): u32 {
  const h = handles();
  while (++handle < h.capacity) if (h.isUsed(handle)) return handle;
  return 0;
}

/** The user's type with this number; null if there is none. */
function typeWithId(hostId: u32): PyType | null {
  const ring = typeOf(USER);
  for (let type: PyType = ring.after; type !== ring; type = type.after) if (type.hostId == hostId) return type;
  return null;
}

/**
 * Sets the functions of a user's type, as table indices. False if there is no such type, or if it can't have a finalizer.
 */
export function set_type_functions(hostId: u32, finalize: u32, drop: u32): bool {
  const type = typeWithId(hostId);
  if (!type || (finalize != 0 && !type.hasGC)) return false;
  if ((finalize | drop) != 0) type.flags &= ~IS_PLAIN;
  type.finalize = finalize;
  type.drop = drop;
  return true;
}

// The facts that `type_layout` can be asked for.
export const TYPE_SLOTS: u32 = 0;
export const TYPE_DATA_AT: u32 = 1;
export const TYPE_ITEMS_AT: u32 = 2;
export const TYPE_ITEM_SIZE: u32 = 3;

/** A fact about the layout of a user's type; -1 if there is no type with this number. */
export function type_layout(hostId: u32, which: u32): i32 {
  const type = typeWithId(hostId);
  if (!type) return -1;
  if (which == TYPE_SLOTS) return type.slots;
  if (which == TYPE_DATA_AT) return type.dataAt;
  return which == TYPE_ITEMS_AT ? type.basicSize : type.itemSize;
}
