// Which type is derived from which: each has one base, and all end at object.

import { BASE_OBJECT } from "./kinds.gen";
import { PyType, typeOf } from "./type";

/** Whether a type is another one or derived from it. */
export function isSubtype(type: PyType, base: PyType): bool {
  let at: PyType | null = type;
  while (at) {
    if (at === base) return true;
    at = at.base;
  }
  return base === typeOf(BASE_OBJECT);
}

export function PyType_IsSubtype(type: PyType, base: PyType): i32 {
  return isSubtype(type, base) ? 1 : 0;
}
