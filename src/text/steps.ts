// A path, with a line for each step.

import { counted } from "./numbers.js";

/** How many steps are shown of each end of a long path. */
const END_STEPS = 20;
const MOST_INDENTED = 20;

/** A line for each step, further to the right than the one before. Of a long path, the two ends are shown. */
export function stepLines<Step>(steps: readonly Step[], lineOf: (step: Step) => string): string[] {
  const lines = (some: readonly Step[], depth: number) =>
    some.map((step, k) => `${"  ".repeat(Math.min(depth + k, MOST_INDENTED))}${lineOf(step)}`);
  const omitted = steps.length - 2 * END_STEPS;
  if (omitted <= 1) return lines(steps, 0);
  const more = `${"  ".repeat(MOST_INDENTED)}… ${counted(omitted, "more step")}`;
  return [...lines(steps.slice(0, END_STEPS), 0), more, ...lines(steps.slice(-END_STEPS), MOST_INDENTED)];
}
