// The messages between the page and the thread in which Python runs.

/** The page asks for a line to be run. */
export interface RunLine {
  readonly line: string;
}

export type PythonMessage =
  | { readonly kind: "ready"; readonly banner: string }
  | { readonly kind: "output"; readonly text: string; readonly isError: boolean }
  /** The line was run; `isWhole` tells whether the statement is complete. */
  | { readonly kind: "done"; readonly isWhole: boolean }
  /** Python's heap, for the panel. */
  | { readonly kind: "heap"; readonly port: MessagePort };
