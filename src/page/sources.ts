// Source lines for frames: from each file that can be read, the lines of the frames on a page, and the lines around
// them.

import type { PageData } from "./model.js";

/** Longer lines are cut. */
const MOST_CHARACTERS = 200;
/** The number of lines before and after a frame's line. */
export const AROUND = 3;

type Sources = Record<string, Record<number, string>>;

/**
 * Adds source lines to the page's data. `read` returns the lines of a file, or an empty list if the file can't be read.
 */
export function withSources(data: PageData, read: (file: string) => readonly string[]): PageData {
  const { functions, lines } = data.nodes;
  const wanted = new Map<string, Set<number>>();
  for (let node = 1; node < functions.length; node++) {
    const file = data.header.functions[functions[node] ?? 0]?.file ?? "";
    const known = wanted.get(file) ?? new Set();
    wanted.set(file, known.add(lines[node] ?? 0));
  }
  const sources: Sources = {};
  for (const [file, numbers] of wanted) {
    const texts = file === "" ? [] : read(file);
    const found: Record<number, string> = {};
    for (const line of numbers) {
      for (let k = Math.max(1, line - AROUND); line > 0 && k <= Math.min(line + AROUND, texts.length); k++) {
        found[k] = (texts[k - 1] ?? "").slice(0, MOST_CHARACTERS).trimEnd();
      }
    }
    if (Object.keys(found).length > 0) sources[file] = found;
  }
  return { ...data, header: { ...data.header, sources } };
}
