// The table of runtimes: for the terminal, and for the README between two marks.

import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { ROOT } from "../needs.js";
import { FEATURE_NAMES, FEATURES, type Feature } from "./list.js";

/** What was found in one runtime, or in one place of a browser. */
export interface Row {
  readonly name: string;
  /** yes; or why not; undefined if the feature does not exist there. */
  readonly features: Partial<Readonly<Record<Feature, true | string>>>;
}

export const BEGIN = "<!-- runtimes: npm run test:runtimes -- --readme -->";
export const END = "<!-- end of runtimes -->";
const README = join(ROOT, "README.md");

/** The table in Markdown, with a number at each "no" and the reasons below. */
export function markdown(rows: readonly Row[]): string {
  const reasons: string[] = [];
  const cell = (found: true | string | undefined) => {
    if (found === undefined) return "";
    if (found === true) return "yes";
    if (!reasons.includes(found)) reasons.push(found);
    return `no (${reasons.indexOf(found) + 1})`;
  };
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`.replace(/\| {2}(?=\|)/g, "| ");
  const table = [
    line(["", ...Object.values(FEATURES)]),
    `|${"---|".repeat(FEATURE_NAMES.length + 1)}`,
    ...rows.map(({ name, features }) => line([name, ...FEATURE_NAMES.map((feature) => cell(features[feature]))])),
  ];
  return [table.join("\n"), ...reasons.map((reason, k) => `(${k + 1}) ${reason}.`)].join("\n\n");
}

/** The part of the README between the marks. */
export function inReadme(): string {
  const text = readFileSync(README, "utf8");
  return text.slice(text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)).trim();
}

export function writeReadme(rows: readonly Row[]): void {
  const text = readFileSync(README, "utf8");
  const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  writeFileSync(README, `${text.slice(0, begin)}\n${markdown(rows)}\n${text.slice(end)}`);
}
