// The domains, by number, with their names in the core, and in reports and options.

/** The three of CPython's PyMemAllocatorDomain, and one for modules in C: the C library's malloc. */
export const DOMAINS = [
  ["RAW", "raw"],
  ["MEM", "mem"],
  ["OBJECT", "object"],
  ["LIBC", "native"],
];

/** The heap's own memory. It is counted like a domain, but served by no allocator that can be replaced. */
export const INTERNAL = ["INTERNAL", "internal"];
