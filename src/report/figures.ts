// Numbers as people read them.

import prettyBytes from "pretty-bytes";

/** Bytes in KiB and MiB: `12.4 MiB`. */
export function bytes(n: number): string {
  return prettyBytes(n, { binary: true, minimumFractionDigits: n >= 1024 ? 1 : 0, maximumFractionDigits: 1 });
}

/** A share as whole per cents, or `<1 %`. */
export function percent(part: number, whole: number): string {
  const share = whole > 0 ? (100 * part) / whole : 0;
  return share > 0 && share < 1 ? "<1 %" : `${Math.round(share)} %`;
}

/** Seconds with what precision is worth: `0.4 ms`, `31 ms`, `0.12 s`, `7.4 s`, `83 s`. */
export function seconds(n: number): string {
  if (n > 0 && n < 0.1) return `${(n * 1000).toFixed(n < 0.01 ? 1 : 0)} ms`;
  return `${n.toFixed(n < 1 ? 2 : n < 20 ? 1 : 0)} s`;
}

/** A program by its command, in one line. */
export function programName(command: readonly string[]): string {
  return command.join(" ").replace(/\s+/g, " ").trim() || "A program";
}

export function count(n: number): string {
  return n.toLocaleString("en-US");
}

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `width` characters for a share from 0 to 1, to an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const filled = "█".repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? "");
  return filled.padEnd(width, " ");
}
