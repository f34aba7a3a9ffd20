// Python's exceptions, each with the one that it is derived from, which stands before it.

import { EXCEPTION_ALIASES, EXCEPTION_TYPES } from "../../core/catalogue.gen.js";

/** Number of an exception, which is its place; -1 if there is none of that name. */
export function exceptionNumber(name: string): number {
  const plain = EXCEPTION_ALIASES[name] ?? name;
  return EXCEPTION_TYPES.findIndex(([known]) => known === plain);
}

/** The exceptions that one of Python's own is derived from, nearest first. */
export function basesOf(name: string): string[] {
  const bases: string[] = [];
  for (let at = name; ; ) {
    const base = EXCEPTION_TYPES.find(([known]) => known === at)?.[1];
    if (!base) return bases;
    bases.push(base);
    at = base;
  }
}
