// Makes names from outside harmless: functions and files can have any name, even one with commands for a terminal.

/**
 * Characters that have an effect instead of a shape: control characters (an escape sequence begins with one), line
 * breaks, marks of direction and other formats, and halves of surrogate pairs. Joiners are kept, because scripts and
 * emoji need them.
 */
const ACTS = /(?![\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** The same, except line breaks. */
const ACTS_IN_LINES = /(?![\n\u200c\u200d])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;
/** Letters that are written from right to left: Hebrew, Arabic, Syriac, Thaana, N'Ko and the like. */
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;
const SHORT: Readonly<Record<string, string>> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };
const [FIRST_STRONG_ISOLATE, POP_ISOLATE] = ["\u2068", "\u2069"];

/** A character as Python writes it in a literal: `\n`, `\x1b`, `\u202e`, `\U000e0001`. */
function escaped(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const digits = (length: number) => code.toString(16).padStart(length, "0");
  if (code <= 0xff) return SHORT[character] ?? `\\x${digits(2)}`;
  return code <= 0xffff ? `\\u${digits(4)}` : `\\U${digits(8)}`;
}

/** The text in one line, with escapes in place of the characters that have an effect instead of a shape. */
export function visible(text: string): string {
  return text.replace(ACTS, escaped);
}

/** Like `visible`, for several lines: line breaks stay. */
export function visibleLines(text: string): string {
  return text.replace(ACTS_IN_LINES, escaped);
}

/**
 * Like `visible`, for a part of a line on a terminal: text that is written from right to left does not reverse its
 * neighbours.
 */
export function forTerminal(text: string): string {
  const shown = visible(text);
  return RIGHT_TO_LEFT.test(shown) ? `${FIRST_STRONG_ISOLATE}${shown}${POP_ISOLATE}` : shown;
}

/** A text as Python writes it: `'it'`, `"it's"`, `'a\\nb'`. */
export function literal(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  return `${quote}${visible(text.replaceAll("\\", "\\\\").replaceAll(quote, `\\${quote}`))}${quote}`;
}

const ESCAPE = /\\(?:x([\da-f]{2})|u([\da-f]{4})|U([\da-f]{8})|([nrt\\'"]))/gi;
const MEANT: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t" };

/** What the characters between the quotes of a literal mean. As in Python, a backslash before another character stays. */
export function unescaped(content: string): string {
  return content.replace(ESCAPE, (all, x?: string, u?: string, long?: string, short?: string) => {
    if (short !== undefined) return MEANT[short] ?? short;
    const code = Number.parseInt(x ?? u ?? long ?? "", 16);
    return code <= 0x10ffff ? String.fromCodePoint(code) : all;
  });
}
