// Finds Python's own exceptions in the list of all of them (EXCEPTION_TYPES): each has the exception that it is derived from, which comes
// before it.

import { EXCEPTION_ALIASES, EXCEPTION_TYPES } from "../../core/catalogue.gen.js";

/** The number of an exception, which is its place in the list; -1 if there is none of that name. */
export function exceptionNumber(name: string): number {
  const plain = EXCEPTION_ALIASES[name] ?? name;
  return EXCEPTION_TYPES.findIndex(([known]) => known === plain);
}

/** The exceptions that one of Python's own exceptions is derived from, nearest first. */
export function basesOf(name: string): string[] {
  const bases: string[] = [];
  for (let at = name; ; ) {
    const base = EXCEPTION_TYPES.find(([known]) => known === at)?.[1];
    if (!base) return bases;
    bases.push(base);
    at = base;
  }
}
