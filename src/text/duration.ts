// Durations as people write them: 30s, 500ms, 5m, 1h, 90.

const UNITS: Readonly<Record<string, number>> = { ms: 1, "": 1000, s: 1000, m: 60_000, min: 60_000, h: 3_600_000 };

/** The number of milliseconds; undefined if the text is not a duration. A number without a unit means seconds. */
export function parseDuration(text: string): number | undefined {
  const match = /^(\d+(?:\.\d+)?)\s*([a-z]*)$/.exec(text.trim());
  const unit = UNITS[match?.[2] ?? "?"];
  return match && unit !== undefined ? Number(match[1]) * unit : undefined;
}
