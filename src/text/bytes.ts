// Sizes in bytes, for people.

const UNITS = ["B", "KiB", "MiB", "GiB", "TiB"] as const;
const STEP = 1024;

/** A size to a tenth, in the unit that makes the number shortest: `812 B`, `12.4 KiB`, `-3.0 MiB`. */
export function bytes(n: number): string {
  const whole = Math.round(Math.abs(n));
  const sign = n < 0 && whole > 0 ? "-" : "";
  if (whole < STEP) return `${sign}${whole} B`;
  let value = whole;
  let unit = 0;
  // A value that would be rounded to 1024.0 of a unit becomes 1.0 of the next unit.
  while (value >= STEP - 0.05 && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${sign}${value.toFixed(1)} ${UNITS[unit]}`;
}

/** Like `bytes`, but a positive size has a sign, too: `+12.4 KiB`. */
export function signedBytes(n: number): string {
  return Math.round(n) > 0 ? `+${bytes(n)}` : bytes(n);
}

/** A size in the largest unit that needs no fraction: `512 B`, `4 KiB`, `1536 B`. */
export function exactBytes(n: number): string {
  let value = n;
  let unit = 0;
  while (value >= STEP && value % STEP === 0 && unit < UNITS.length - 1) {
    value /= STEP;
    unit++;
  }
  return `${value} ${UNITS[unit]}`;
}

/** A range of sizes: "1.4 MiB to 2.1 MiB". */
export const byteRange = ({ low, high }: { readonly low: number; readonly high: number }): string =>
  `${bytes(low)} to ${bytes(high)}`;
