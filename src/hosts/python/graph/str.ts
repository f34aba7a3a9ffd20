// Finds and reads the text of a str of CPython. It is read from the interpreter's memory, without a call. The offsets are
// the same in every known version.
//
//   bits of `state`:  0, 1   not 0 if the str is interned
//                     2 - 4  bytes of a character
//                     5      the characters follow the header (compact)
//                     6      they are ASCII

const STR = { length: 8, state: 16, utf8: 24, ascii: 20, compact: 28, data: 28 } as const;

/** Views of an interpreter's memory. An index beyond its end gives undefined. */
export interface StrMemory {
  readonly words: Uint32Array;
  readonly bytes: Uint8Array;
}

const word = ({ words }: StrMemory, address: number): number => words[address >>> 2] ?? 0;
const isCompact = (state: number): boolean => ((state >>> 5) & 1) === 1;
const isAscii = (state: number): boolean => ((state >>> 6) & 1) === 1;
const codePoint = (value: number): string => (value <= 0x10ffff ? String.fromCodePoint(value) : "\ufffd");

export const isInterned = (memory: StrMemory, object: number): boolean => (word(memory, object + STR.state) & 3) !== 0;

/** The number of characters of a str. */
export const lengthOfStr = (memory: StrMemory, object: number): number => word(memory, object + STR.length);

/** How many characters of a byte each become a text at a time. */
const AT_ONCE = 1024;

/** The text of characters of a byte each. Adding them one by one would make garbage. */
function textOfBytes(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += AT_ONCE) {
    text += Reflect.apply(String.fromCharCode, undefined, bytes.subarray(at, at + AT_ONCE));
  }
  return text;
}

/** The first `most` characters of a str. */
export function textOfStr(memory: StrMemory, object: number, most: number): string {
  const state = word(memory, object + STR.state);
  const kind = (state >>> 2) & 7;
  let data = object + (isAscii(state) ? STR.ascii : STR.compact);
  if (!isCompact(state)) data = word(memory, object + STR.data);
  const count = Math.min(lengthOfStr(memory, object), most);
  const { bytes } = memory;
  if (kind === 1) return textOfBytes(bytes.subarray(data, data + count));
  let text = "";
  for (let k = 0; k < count; k++) {
    const at = data + k * kind;
    if (kind === 2) text += String.fromCharCode((bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8));
    else if (at + 4 <= bytes.length) text += codePoint(word(memory, at));
  }
  return text;
}

/**
 * The blocks that a str has besides its own: its characters, if its type is a subclass, and its UTF-8, once a program
 * asked for it.
 */
export function buffersOfStr(memory: StrMemory, object: number): number[] {
  const state = word(memory, object + STR.state);
  if (isCompact(state) && isAscii(state)) return [];
  const utf8 = word(memory, object + STR.utf8);
  const data = isCompact(state) ? 0 : word(memory, object + STR.data);
  return [...(data === 0 ? [] : [data]), ...(utf8 === 0 || utf8 === data ? [] : [utf8])];
}
