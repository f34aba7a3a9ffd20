// Shares as bars of text.

const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/** A bar of `width` characters for a share from 0 to 1, to an eighth of a character. */
export function bar(share: number, width: number): string {
  const eighths = Math.round(Math.min(1, Math.max(0, share)) * width * 8);
  const filled = "█".repeat(eighths >> 3) + (EIGHTHS[eighths & 7] ?? "");
  return filled.padEnd(width, " ");
}
