// Comma-separated values (RFC 4180): a line for each stack, domain and size class.

import { BLOCK_DOMAINS } from "../../core/catalogue.gen.js";
import { placeOf } from "../../text/labels.js";
import { sizeClassName } from "../../trace/size-class.js";
import type { TraceReport } from "../trace-context.js";

const COLUMNS = ["bytes", "blocks", "domain", "size_class", "function", "file", "line", "stack"];

/** A field; one that a spreadsheet would take for a formula is kept a text by an apostrophe. */
function field(value: string | number): string {
  const text = typeof value === "string" && /^[=+\-@\t\r]/.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv({ analysis, view }: TraceReport): string {
  const { accounts, tree } = analysis;
  const lines = [COLUMNS.join(",")];
  for (let account = 0; account < accounts.length; account++) {
    const { bytes, count } = accounts.read(view, account);
    if (bytes < 0.5 && count < 0.5) continue;
    const node = accounts.nodes.at(account);
    const { function: f, line } = tree.frame(node);
    const stack = tree.stack(node).map((frame) => `${frame.function.name} (${placeOf(frame.function, frame.line)})`);
    const row = [Math.round(bytes), Math.round(count), BLOCK_DOMAINS[accounts.domain(account)] ?? "unknown"];
    lines.push(
      [...row, sizeClassName(accounts.sizeClass(account)), f.name, f.file, line, stack.join(" < ")]
        .map(field)
        .join(","),
    );
  }
  return `${lines.join("\r\n")}\r\n`;
}
