// Source lines beside frames: of each file that can be read, the lines that stand on a page's stacks.

import type { PageData } from "./model.js";

/** Longer lines are cut. */
const MOST_CHARACTERS = 200;

/** The page's data with the lines that `read` knows: it answers the lines of a file, or undefined. */
export function withSources(data: PageData, read: (file: string) => readonly string[] | undefined): PageData {
  const sources = new Map<string, Map<number, string>>();
  const texts = new Map<string, readonly string[] | undefined>();
  const { functions, lines } = data.nodes;
  for (let node = 1; node < functions.length; node++) {
    const file = data.header.functions[functions[node] ?? 0]?.file ?? "";
    if (!texts.has(file)) texts.set(file, file === "" ? undefined : read(file));
    const line = lines[node] ?? 0;
    const text = texts.get(file)?.[line - 1]?.trim().slice(0, MOST_CHARACTERS);
    if (!text) continue;
    const known = sources.get(file) ?? new Map<number, string>();
    sources.set(file, known.set(line, text));
  }
  const entries = [...sources].map(([file, known]) => [file, Object.fromEntries(known)] as const);
  return { ...data, header: { ...data.header, sources: Object.fromEntries(entries) } };
}
