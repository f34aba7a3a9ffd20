export function median(values: readonly number[]): number;
export function verdict(
  before: readonly number[],
  after: readonly number[],
  atLeast?: boolean,
): "WORSE" | "better" | "";
