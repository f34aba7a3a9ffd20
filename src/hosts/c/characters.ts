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

/** The character in lower case (0), or in upper or title case: itself if that would be more than one character. */
export function inCase(kind: number, c: number): number {
  if (c > 0x10ffff) return c;
  const character = String.fromCodePoint(c);
  const changed = kind === 0 ? character.toLowerCase() : character.toUpperCase();
  const [one = c, ...more] = [...changed].map((each) => each.codePointAt(0));
  return more.length > 0 ? c : one;
}
