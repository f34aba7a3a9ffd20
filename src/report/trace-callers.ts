// One function of a trace: its lines, who calls it, and whom it calls.
//
//   total    what is on stacks that it stands on; a stack counts once, however often
//   own      what it allocated itself
//   callers  by whom such a stack's outermost call of it was made:     they add up to the total
//   callees  whom such a stack's innermost call of it called:          with its own, they add up to the total

import { bytes } from "../text/bytes.js";
import { placeOf } from "../text/labels.js";
import { count, counted, percent } from "../text/numbers.js";
import { forTerminal } from "../text/visible.js";
import type { Measure, View } from "../trace/accounts.js";
import type { Frame } from "../trace/tree.js";
import { layOut } from "./columns.js";
import { frameText, reportFoot, reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { type Groupable, groupBy, labelOf, sumByNode } from "./trace-groups.js";

export interface CallersOptions {
  /** The functions that are shown: those whose name or file matches. */
  readonly pattern: RegExp;
  /** Functions, and rows of each list, that are shown at most. */
  readonly functions: number;
  readonly rows: number;
  /** Rows with less than this share of the function's bytes, from 0 to 1, are left out. */
  readonly minShare: number;
}

interface Share extends Measure {
  readonly frame: Frame;
}

/** What there is to say of a function. */
export interface FunctionCalls {
  readonly label: string;
  readonly own: Measure;
  readonly total: Measure;
  readonly lines: readonly Share[];
  readonly callers: readonly Share[];
  readonly callees: readonly Share[];
}

/** Sums by a key, each with a frame of it. */
class Shares {
  readonly #shares = new Map<string, { frame: Frame; bytes: number; count: number }>();

  add(key: string, frame: Frame, size: number, blocks: number): void {
    const share = this.#shares.get(key) ?? { frame, bytes: 0, count: 0 };
    this.#shares.set(key, share);
    share.bytes += size;
    share.count += blocks;
  }

  /** Those that have something, the most bytes first. */
  get list(): Share[] {
    const all = [...this.#shares.values()].filter((share) => share.bytes >= 0.5 || share.count >= 0.5);
    return all.sort((a, b) => b.bytes - a.bytes || b.count - a.count);
  }
}

/** A function's calls; `label` is what labelOf calls it. */
export function callsOf(stacks: Groupable, view: View, label: string): FunctionCalls {
  const { tree } = stacks;
  const { ownBytes, ownCount, totalBytes, totalCount } = sumByNode(stacks, view);
  const isIt = Uint8Array.from({ length: tree.length }, (_, node) =>
    labelOf(tree, node, "function") === label ? 1 : 0,
  );
  /** Whether it is among a node's callers. */
  const isBelow = new Uint8Array(tree.length);
  /** What is at a node and below it on stacks that it stands on no further inside. */
  const [apartBytes, apartCount] = [ownBytes.slice(), ownCount.slice()];
  for (let node = 1; node < tree.length; node++) {
    const caller = tree.parent(node);
    isBelow[node] = (isBelow[caller] as number) | (isIt[caller] as number);
  }
  for (let node = tree.length - 1; node > 0; node--) {
    if (isIt[node]) continue;
    const caller = tree.parent(node);
    apartBytes[caller] = (apartBytes[caller] as number) + (apartBytes[node] as number);
    apartCount[caller] = (apartCount[caller] as number) + (apartCount[node] as number);
  }
  const [lines, callers, callees] = [new Shares(), new Shares(), new Shares()];
  const sum = { own: { bytes: 0, count: 0 }, total: { bytes: 0, count: 0 } };
  for (let node = 0; node < tree.length; node++) {
    const caller = tree.parent(node);
    const place = placeOf(tree.frame(caller).function, tree.line(caller));
    if (isIt[node]) {
      sum.own.bytes += ownBytes[node] as number;
      sum.own.count += ownCount[node] as number;
      lines.add(String(tree.line(node)), tree.frame(node), apartBytes[node] as number, apartCount[node] as number);
      // The root has only what has no stack.
      const [allBytes, allCount] = node === 0 ? [ownBytes, ownCount] : [totalBytes, totalCount];
      if (isBelow[node]) continue;
      sum.total.bytes += allBytes[node] as number;
      sum.total.count += allCount[node] as number;
      if (caller === 0) continue;
      callers.add(
        `${labelOf(tree, caller, "function")} ${place}`,
        tree.frame(caller),
        allBytes[node] as number,
        allCount[node] as number,
      );
    } else if (node !== 0 && caller !== 0 && isIt[caller]) {
      const f = tree.frame(node).function;
      const frame = { function: f, line: f.firstLine };
      callees.add(labelOf(tree, node, "function"), frame, apartBytes[node] as number, apartCount[node] as number);
    }
  }
  return { label, ...sum, lines: lines.list, callers: callers.list, callees: callees.list };
}

/** The labels of the functions that match and have something, those with most in total first. */
function matching({ stacks, view }: TraceReport, pattern: RegExp): string[] {
  return groupBy(stacks, view, "function")
    .filter(({ frame }) => frame && (pattern.test(frame.function.name) || pattern.test(stacks.fileOf(frame.function))))
    .sort((a, b) => b.total.bytes - a.total.bytes)
    .map(({ label }) => label);
}

export function traceCallers(report: TraceReport, options: CallersOptions): string {
  const { colors, stacks, view } = report;
  const found = matching(report, options.pattern);
  const whole = viewSum(report).bytes;
  const list = (title: string, shares: readonly Share[], of: number, text: (share: Share) => string): string[] => {
    const shown = shares.filter((share) => share.bytes >= of * options.minShare).slice(0, options.rows);
    if (shares.length === 0) return [];
    const rows = shown.map((share) => [bytes(share.bytes), percent(share.bytes, of), count(share.count), text(share)]);
    const more = shares.length - shown.length;
    return [
      `  ${colors.dim(title)}`,
      ...(rows.length === 0 ? [] : [layOut(rows, ["right", "right", "right", "left"])]),
      ...(more > 0 ? [colors.dim(`  ${count(more)} more`)] : []),
    ];
  };
  const frame = (share: Share) => frameText(report, share.frame);
  const shown = found.slice(0, options.functions).flatMap((label) => {
    const f = callsOf(stacks, view, label);
    const share = (measure: Measure) => `${bytes(measure.bytes)} ${percent(measure.bytes, whole)}`;
    return [
      "",
      `${colors.bold(f.label)}  total ${share(f.total)}, own ${share(f.own)}, ${counted(f.own.count, "block")}`,
      ...list("called from", f.callers, f.total.bytes, frame),
      ...list("in its lines", f.lines, f.total.bytes, frame),
      ...list("calls", f.callees, f.total.bytes, frame),
    ];
  });
  const more = found.length - options.functions;
  return [
    ...reportHead(report),
    ...(found.length === 0
      ? ["", `  No function that has something is called ${forTerminal(options.pattern.source)}.`]
      : shown),
    ...(more > 0 ? ["", colors.dim(`  ${counted(more, "more function")} matched`)] : []),
    ...reportFoot(report),
    "",
  ].join("\n");
}
