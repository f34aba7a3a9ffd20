// Numbers and places as the page writes them.

import type { PageFunction } from "../src/page/model.js";
import { bytes, count, seconds } from "../src/report/figures.js";
import type { View } from "../src/trace/accounts.js";
import type { Metric } from "./state.js";

export { bytes, count, percent, programName } from "../src/report/figures.js";

const MICROSECONDS = 1e6;
const KILO = 1000;

export const time = (microseconds: number): string => seconds(microseconds / MICROSECONDS);

/** A moment of the recording, with what precision a page has: `4.2 ms`, `0.482 s`, `5.23 s`, `83.1 s`. */
export function instant(microseconds: number): string {
  const n = microseconds / MICROSECONDS;
  if (n > 0 && n < 0.1) return `${Number((n * 1000).toFixed(1))} ms`;
  return `${n.toFixed(n < 1 ? 3 : n < 20 ? 2 : 1)} s`;
}

/** A span of the recording, precise enough for its length: `4.90 s to 5.41 s`, `1.5791 s to 1.5823 s`. */
export function stretch(from: number, to: number): string {
  const [begin, end] = [instant(from), instant(to)];
  const length = (to - from) / MICROSECONDS;
  if (begin.endsWith(" ms") || length <= 0 || length > 0.1) return `${begin} to ${end}`;
  const decimals = Math.min(6, 1 - Math.floor(Math.log10(length)));
  return `${(from / MICROSECONDS).toFixed(decimals)} s to ${(to / MICROSECONDS).toFixed(decimals)} s`;
}

/** A count in few characters: `4,213`, `14.4 M`. */
export function shortCount(n: number): string {
  if (n < 100 * KILO) return count(Math.round(n));
  return n < KILO * KILO ? `${(n / KILO).toFixed(0)} k` : `${(n / KILO / KILO).toFixed(1)} M`;
}

export const measure = (value: number, metric: Metric): string =>
  metric === "bytes" ? bytes(Math.round(value)) : `${count(Math.round(value))} blocks`;

export const VIEWS: readonly { readonly view: View; readonly name: string; readonly says: string }[] = [
  { view: "peak", name: "Peak", says: "live when most was" },
  { view: "end", name: "End", says: "live at the end" },
  { view: "leaks", name: "Leaks", says: "allocated and not freed" },
  { view: "temporary", name: "Temporary", says: "freed again at once" },
  { view: "allocated", name: "Allocated", says: "everything, freed or not" },
];

/** Views that are of a moment, which the heap map can show. */
export const MOMENT_VIEWS: readonly View[] = ["peak", "end", "leaks"];

/** Where the code of a function comes from: what frames are coloured by. */
export const ORIGINS = ["program", "package", "library", "frozen", "outside"] as const;
export type Origin = (typeof ORIGINS)[number];

export const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  program: "program",
  package: "packages",
  library: "standard library",
  frozen: "interpreter",
  outside: "no Python",
};

/** What code is called that is typed, given with -c, or run by a page; the standard library makes some with the same names. */
const NAMES_OF_CODE = ["<string>", "<stdin>", "<console>", "<exec>"];

export function originOf({ file, ofStart }: PageFunction): Origin {
  if (file === "") return "outside";
  if (file.startsWith("<") && (ofStart || !NAMES_OF_CODE.includes(file))) return "frozen";
  if (file.includes("site-packages/")) return "package";
  return /\/python\d+(\.\d+|\d*\.zip)\//.test(file) ? "library" : "program";
}

/** The last parts of a path, as many as fit into `most` characters. */
export function shortPath(path: string, most = 40): string {
  if (path.length <= most) return path;
  const cut = path.slice(-most);
  return `…${cut.slice(Math.max(0, cut.indexOf("/")))}`;
}
