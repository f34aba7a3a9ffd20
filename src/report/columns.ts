// Rows of text in columns, without lines between them.

import Table from "cli-table3";

const EDGES = ["top", "top-mid", "top-left", "top-right", "bottom", "bottom-mid", "bottom-left", "bottom-right"];
const INNER = ["left", "left-mid", "mid", "mid-mid", "right", "right-mid"];

export type Cell = string | { readonly content: string; readonly hAlign: "right" | "left" };

export function layOut(rows: readonly (readonly Cell[])[], alignment: readonly ("left" | "right")[]): string {
  const layout = new Table({
    chars: { ...Object.fromEntries([...EDGES, ...INNER].map((name) => [name, ""])), middle: "  " },
    style: { "padding-left": 0, "padding-right": 0, head: [], border: [] },
    colAligns: [...alignment],
  });
  layout.push(...rows.map((row) => [...row]));
  return layout
    .toString()
    .split("\n")
    .map((line) => `  ${line}`.trimEnd())
    .join("\n");
}
