// What the page and the thread that Python lives in say to each other.

import type { PageData } from "../../src/page/model.js";

/** The page asks for a line to be run. */
export interface RunLine {
  readonly line: string;
}

export type PythonMessage =
  | { readonly kind: "ready"; readonly banner: string }
  | { readonly kind: "output"; readonly text: string; readonly isError: boolean }
  /** The line was run; `isWhole` says whether the statement is complete. */
  | { readonly kind: "done"; readonly isWhole: boolean }
  | { readonly kind: "data"; readonly data: PageData };
