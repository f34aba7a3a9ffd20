// The meaning of the rows of a snapshot that stand for memory, and not for a type of the program.

const MEANINGS: readonly (readonly [RegExp, string])[] = [
  [
    /no object\)$/,
    "Memory in use that belongs to none of the snapshot's objects: buffers of code in C, caches of the interpreter",
  ],
  [/^\(block of several objects\)$/, "Blocks whose address several objects have, none of which refers to the others"],
  [/^\(raw domain\)$/, "Memory of the interpreter itself, and of modules in C"],
  [/C library's malloc\)$/, "What code in C took from malloc"],
  [/^\(free in pools\)$/, "Free blocks in pools that are in use: for objects of the same size"],
  [/^\(free pools\)$/, "Pools without a block in use: for small objects of any size"],
  [/^\(free memory/, "Free, for any use"],
  [/^\(headers and tables/, "Headers of blocks, padding, and the heap's own tables"],
];

/** What the name of a row means; "" if it is a type. */
export function meaningOfMemory(name: string): string {
  return name.startsWith("(") ? (MEANINGS.find(([pattern]) => pattern.test(name))?.[1] ?? "") : "";
}
