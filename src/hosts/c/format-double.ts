// Doubles as printf writes them: %f, %e and %g, rounded once from the exact value, halves to even.
//
//   value = mantissa x 2 ^ exponent, so value x 10 ^ k is a quotient of two whole numbers

const MANTISSA_BITS = 52;

interface Quotient {
  readonly over: bigint;
  readonly under: bigint;
}

/** A finite double that is not negative, as a quotient. */
function quotientOf(value: number): Quotient {
  const bits = new DataView(new ArrayBuffer(8));
  bits.setFloat64(0, value);
  const whole = bits.getBigUint64(0);
  const field = Number((whole >> BigInt(MANTISSA_BITS)) & 0x7ffn);
  const fraction = whole & ((1n << BigInt(MANTISSA_BITS)) - 1n);
  const mantissa = field === 0 ? fraction : fraction | (1n << BigInt(MANTISSA_BITS));
  const exponent = Math.max(field, 1) - 1023 - MANTISSA_BITS;
  return exponent >= 0
    ? { over: mantissa << BigInt(exponent), under: 1n }
    : { over: mantissa, under: 1n << BigInt(-exponent) };
}

/** The quotient times 10 ^ power, rounded to a whole number; a half is rounded to the even one. */
function scaled({ over, under }: Quotient, power: number): bigint {
  const ten = 10n ** BigInt(Math.abs(power));
  const [top, bottom] = power >= 0 ? [over * ten, under] : [over, under * ten];
  const whole = top / bottom;
  const twice = (top % bottom) * 2n;
  return twice > bottom || (twice === bottom && whole % 2n === 1n) ? whole + 1n : whole;
}

function fixed(value: number, precision: number, alternate: boolean): string {
  const digits = scaled(quotientOf(value), precision)
    .toString()
    .padStart(precision + 1, "0");
  const point = digits.length - precision;
  return digits.slice(0, point) + (precision > 0 || alternate ? "." : "") + digits.slice(point);
}

/** `precision + 1` digits, and the power of ten of the first digit. */
function scientific(value: number, precision: number): { digits: string; power: number } {
  if (value === 0) return { digits: "0".repeat(precision + 1), power: 0 };
  const quotient = quotientOf(value);
  let power = Number(value.toExponential(20).split("e")[1]);
  let digits = scaled(quotient, precision - power).toString();
  // Rounding led to the next power of ten.
  if (digits.length > precision + 1) digits = scaled(quotient, precision - ++power).toString();
  return { digits, power };
}

function withPower(digits: string, power: number, alternate: boolean): string {
  const point = digits.length > 1 || alternate ? "." : "";
  const sign = power < 0 ? "-" : "+";
  return `${digits[0]}${point}${digits.slice(1)}e${sign}${String(Math.abs(power)).padStart(2, "0")}`;
}

function shortest(value: number, precision: number, alternate: boolean): string {
  const figures = Math.max(precision, 1);
  const { digits, power } = scientific(value, figures - 1);
  const strip = (text: string) => (alternate || !text.includes(".") ? text : text.replace(/\.?0+$/, ""));
  if (power >= -4 && power < figures) return strip(fixed(value, figures - 1 - power, alternate));
  const kept = alternate ? digits : digits.replace(/0+$/, "") || "0";
  return withPower(kept, power, alternate);
}

/**
 * A finite double that is not negative, for a conversion of printf (f, F, e, E, g or G) with a precision and perhaps
 * `#`.
 */
export function formatDouble(value: number, conversion: string, precision: number, alternate: boolean): string {
  const kind = conversion.toLowerCase();
  let text: string;
  if (kind === "f") {
    text = fixed(value, precision, alternate);
  } else if (kind === "e") {
    const { digits, power } = scientific(value, precision);
    text = withPower(digits, power, alternate);
  } else {
    text = shortest(value, precision, alternate);
  }
  return conversion === kind ? text : text.toUpperCase();
}
