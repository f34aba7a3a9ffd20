// `pyheap report tree`: who called whom.

import { type Command, InvalidArgumentError } from "commander";
import { traceTree } from "../../report/trace-tree.js";
import { addMomentOptions, loadTrace, type TraceOptions, toCount } from "./trace-input.js";

function toShare(text: string): number {
  const percent = Number(text);
  if (text.trim() === "" || !(percent >= 0 && percent <= 100)) throw new InvalidArgumentError("It is a percentage.");
  return percent / 100;
}

export function addTree(report: Command): void {
  addMomentOptions(
    report
      .command("tree")
      .summary("from the outermost call inwards")
      .description("Shows the tree of calls, with what each and its callees have.")
      .argument("<file>", "the trace")
      .option("--least <percent>", "leave out branches with less of the bytes", toShare, 0.01)
      .option("--depth <n>", "levels that are shown at most", toCount, 60),
  ).action(async (file: string, options: TraceOptions & { least: number; depth: number }) => {
    process.stdout.write(traceTree(await loadTrace(file, options), options));
  });
}
