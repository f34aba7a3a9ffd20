// The words of the page: numbers and places in the form that it shows, and the names of views and of code's origins.

import { OTHER_TYPES, SMALLER } from "../src/page/fold.js";
import type { PageFunction } from "../src/page/model.js";
import { bytes } from "../src/text/bytes.js";
import { counted } from "../src/text/numbers.js";
import type { View } from "../src/trace/accounts.js";
import type { Metric } from "./state.js";

export { byteRange, bytes } from "../src/text/bytes.js";
export { functionName, placeOf, programName } from "../src/text/labels.js";
export { count, counted, percent, shortCount } from "../src/text/numbers.js";
export { instant, instantIn, stretch, time, when } from "../src/text/time.js";

export const measure = (value: number, metric: Metric): string =>
  metric === "bytes" ? bytes(value) : counted(value, "block");

export const VIEWS: readonly { readonly view: View; readonly name: string; readonly says: string }[] = [
  { view: "peak", name: "Peak", says: "live at the peak" },
  { view: "end", name: "End", says: "live at the end" },
  { view: "leaks", name: "Leaks", says: "allocated, and not freed by the end" },
  { view: "temporary", name: "Temporary", says: "freed before anything else was allocated" },
  { view: "allocated", name: "Allocated", says: "all that was allocated, freed or not" },
];

const NOW = { view: "end", name: "Now", says: "live now" } as const;

/** The name of a view, for a running program or for one that has ended. */
export function viewOf(view: View, isLive: boolean): { readonly name: string; readonly says: string } {
  if (isLive && view === "end") return NOW;
  return VIEWS.find((known) => known.view === view) ?? { name: view, says: view };
}

/** The views that show a moment, so that the heap map can show them. */
export const MOMENT_VIEWS: readonly View[] = ["peak", "end", "leaks"];

/** The origins of code, by which frames are coloured. */
export const ORIGINS = ["program", "package", "library", "frozen", "outside", "smaller", "type"] as const;
export type Origin = (typeof ORIGINS)[number];

export const ORIGIN_NAMES: Readonly<Record<Origin, string>> = {
  program: "program",
  package: "packages",
  library: "standard library",
  frozen: "interpreter",
  outside: "outside Python",
  smaller: "smaller calls",
  type: "types of objects",
};

/**
 * The file names of code that is typed, given with -c, or run by a page. The standard library makes some code with the
 * same names.
 */
const NAMES_OF_CODE = ["<string>", "<stdin>", "<console>", "<exec>"];

export function originOf({ name, file, ofStart, isType }: PageFunction): Origin {
  if (isType) return "type";
  if (isSmaller({ name, file })) return "smaller";
  if (file === "") return "outside";
  if (file.startsWith("<") && (ofStart || !NAMES_OF_CODE.includes(file))) return "frozen";
  if (file.includes("site-packages/")) return "package";
  return /\/python\d+(\.\d+|\d*\.zip)\//.test(file) ? "library" : "program";
}

const isSmaller = ({ name, file }: Pick<PageFunction, "name" | "file">) => file === "" && name === SMALLER.name;

/** What a name means that the page has given to several functions or types together; "" for all others. */
export function meaningOf(f: PageFunction): string {
  if (isSmaller(f))
    return "Many different calls, each with too little memory to be shown by itself. Their sum is exact.";
  return f.isType && f.name === OTHER_TYPES.name
    ? "Many types, each with too little memory to be shown by itself."
    : "";
}

/**
 * The text with which a function is searched for: its name; or its file, if the name is one that many functions have,
 * such as `<lambda>`.
 */
export function searchFor({ name, file }: Pick<PageFunction, "name" | "file">): string {
  return name.startsWith("<") && file !== "" ? file : name;
}
