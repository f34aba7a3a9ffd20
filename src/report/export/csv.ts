// Comma-separated values (RFC 4180). The first line has the names of the columns. Each further line is for one stack, domain
// and size class, and for one type if types are shown. The last line is for the interpreter's start, if the report shows it.

import { BLOCK_DOMAINS } from "../../core/catalogue.gen.js";
import { placeOf } from "../../text/labels.js";
import { sizeClassName } from "../../trace/size-class.js";
import type { TraceReport } from "../trace-context.js";
import { type Chunks, nodesOf, PerFrame, START, startOf } from "./stacks.js";

const COLUMNS = ["bytes", "blocks", "domain", "size_class", "function", "file", "line", "stack"];
/** Matches a text that a spreadsheet would read as a formula. The last four characters are full-width forms. */
const FORMULA = /^\s*[=+\-@|＝＋－＠]/;

/** A field. An apostrophe keeps a spreadsheet from reading it as a formula. */
function field(value: string | number): string {
  const text = typeof value === "string" && FORMULA.test(value) ? `'${value}` : String(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

const row = (values: readonly (string | number)[]) => `${values.map(field).join(",")}\r\n`;

export function* csv(report: TraceReport): Chunks {
  const { stacks, view } = report;
  const { accounts, tree } = stacks;
  const places = new PerFrame(report.stacks.tree, (f, line) => `${f.name} (${placeOf(f, line)})`);
  const { wantsTypes } = report.analysis;
  yield row(wantsTypes ? [...COLUMNS, "type"] : COLUMNS);
  for (let account = 0; account < accounts.length; account++) {
    const { bytes, count } = accounts.read(view, account);
    const { node, type = "" } = tree.withoutType(accounts.nodes.at(account));
    const { function: f, line } = tree.frame(node);
    const stack = node === 0 ? "" : Array.from(nodesOf(report.stacks.tree, node), (at) => places.of(at)).join(" < ");
    const kind = [BLOCK_DOMAINS[accounts.domain(account)] ?? "unknown", sizeClassName(accounts.sizeClass(account))];
    const types = wantsTypes ? [type] : [];
    yield row([Math.round(bytes), Math.round(count), ...kind, f.name, f.file, line, stack, ...types]);
  }
  const start = startOf(report);
  if (start) yield row([start.bytes, start.count, "", "", START.name, "", 0, "", ...(wantsTypes ? [""] : [])]);
}
