// Bytes in the unit that makes them shortest, exactly: `512 B`, `4 KiB`.

const UNITS = ["B", "KiB", "MiB", "GiB"] as const;

/** A power of two, or any number of bytes below 1 KiB. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value} ${UNITS[unit]}`;
}
