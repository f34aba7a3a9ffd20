// Counts and shares, for people.

const KILO = 1000;

/** A whole number with separated thousands: `59,345`. An estimate is rounded. */
export function count(n: number): string {
  // Adding 0 turns -0 into 0.
  return (Math.round(n) + 0).toLocaleString("en-US");
}

/** Like `count`, but a positive number has a sign, too: `+12`. */
export function signedCount(n: number): string {
  return Math.round(n) > 0 ? `+${count(n)}` : count(n);
}

/** A number of things: `1 block`, `2 blocks`, `0 entries`. */
export function counted(n: number, one: string, many = `${one}s`): string {
  return `${count(n)} ${Math.abs(Math.round(n)) === 1 ? one : many}`;
}

/** A count in few characters, for a sentence: `4,213`, `301 k`, `14.4 M`. Columns use `count`. */
export function shortCount(n: number): string {
  if (n < 10 * KILO) return count(n);
  if (n < 999.5 * KILO) return `${trimmed(n / KILO)} k`;
  return n < 999.5 * KILO ** 2 ? `${trimmed(n / KILO ** 2)} M` : `${trimmed(n / KILO ** 3)} G`;
}

const trimmed = (n: number) => n.toFixed(n < 100 ? 1 : 0);

/** A share in whole percent, or `<1 %`. */
export function percent(part: number, whole: number): string {
  const share = whole > 0 ? (100 * part) / whole : 0;
  return share > 0 && share < 1 ? "<1 %" : `${Math.round(share) + 0} %`;
}
