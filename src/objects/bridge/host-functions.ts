// Functions about numbers and characters that the core asks of its host.

/**
 * x to the power y as in IEEE 754-2019. JavaScript's operator returns NaN in a few cases where the standard says 1:
 * `1 ** NaN`, `1 ** Infinity`, `(-1) ** Infinity`.
 */
export function pow(x: number, y: number): number {
  return x === 1 || (x === -1 && !Number.isFinite(y) && !Number.isNaN(y)) ? 1 : x ** y;
}

/**
 * A float in the form of Python's repr: the shortest digits that read back to the same number, with an exponent below
 * 1e-4 and from 1e16 on.
 */
export function formatFloat(v: number): string {
  if (Number.isNaN(v)) return "nan";
  if (!Number.isFinite(v)) return v > 0 ? "inf" : "-inf";
  if (v === 0) return Object.is(v, -0) ? "-0.0" : "0.0";
  const [mantissa = "", power = ""] = Math.abs(v).toExponential().split("e");
  const sign = v < 0 ? "-" : "";
  const exponent = Number(power);
  const digits = mantissa.replace(".", "");
  if (exponent < -4 || exponent >= 16) {
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${mantissa}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

const HIDDEN = /[\p{C}\p{Z}]/u;

/** str.isprintable of one character, by the version of Unicode that the JavaScript engine knows. */
export function isPrintable(char: number): boolean {
  return char === 0x20 || !HIDDEN.test(String.fromCodePoint(char));
}

const DIGITS = "\\d+(?:_\\d+)*";
const NUMBER = new RegExp(`^[+-]?(?:${DIGITS}(?:\\.(?:${DIGITS})?)?|\\.${DIGITS})(?:e[+-]?${DIGITS})?$`, "i");

/** The number in a text, read as Python's float() does; undefined if the text is not a number. */
export function parseFloatText(text: string): number | undefined {
  const trimmed = text.trim();
  const word = /^([+-]?)(inf|infinity|nan)$/i.exec(trimmed);
  if (word) {
    if (word[2]?.toLowerCase() === "nan") return Number.NaN;
    return word[1] === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  }
  return NUMBER.test(trimmed) ? Number(trimmed.replace(/_/g, "")) : undefined;
}
