// Classes of characters and their cases, as Unicode defines them, for C.

/** The classes by their numbers in capi/objects/text.c: lower, upper, title, alpha, decimal, digit, numeric, printable. */
const CLASSES = [
  /^\p{Lowercase}$/u,
  /^\p{Uppercase}$/u,
  /^\p{Lt}$/u,
  /^\p{L}$/u,
  /^\p{Nd}$/u,
  /^[\p{Nd}\u00b2\u00b3\u00b9\u2070\u2074-\u2079\u2080-\u2089]$/u,
  /^\p{N}$/u,
  /^[^\p{C}\p{Z}]$|^ $/u,
];

/** Whether a character is of a class. */
export function isCharacter(kind: number, c: number): boolean {
  return c <= 0x10ffff && CLASSES[kind]?.test(String.fromCodePoint(c)) === true;
}

/** Letters of two characters, such as U+01C5, whose title case is not their upper case: the first and last, and the title case. */
const DIGRAPHS = [
  [0x1c4, 0x1c6, 0x1c5],
  [0x1c7, 0x1c9, 0x1c8],
  [0x1ca, 0x1cc, 0x1cb],
  [0x1f1, 0x1f3, 0x1f2],
] as const;

/** The character in lower case (0), or in upper (1) or title case (2): the first one if there would be several, as in CPython. */
export function inCase(kind: number, c: number): number {
  if (c > 0x10ffff) return c;
  const digraph = kind === 2 ? DIGRAPHS.find(([first, last]) => c >= first && c <= last) : undefined;
  if (digraph) return digraph[2];
  const character = String.fromCodePoint(c);
  const changed = kind === 0 ? character.toLowerCase() : character.toUpperCase();
  return changed.codePointAt(0) ?? c;
}
