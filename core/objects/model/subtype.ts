// Which type is derived from which. Each type has one base; the last base is always `object`.

import { BASE_OBJECT } from "./kinds.gen";
import { PyType, typeOf } from "./type";

/** Whether a type equals another one, or is derived from it. */
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
