// The domains, by number: what the core calls each, and what reports and options do.

/** As in CPython's PyMemAllocatorDomain, and one for the C library's malloc. */
export const DOMAINS = [
  ["RAW", "raw"],
  ["MEM", "mem"],
  ["OBJECT", "object"],
  ["LIBC", "libc"],
];

/** What the heap needs for itself: counted like a domain, but served by no allocator that can be replaced. */
export const INTERNAL = ["INTERNAL", "internal"];
