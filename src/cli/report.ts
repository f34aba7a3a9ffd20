// `pyheap report`: evaluates a trace or a heap snapshot. Each kind of report has a file in report/.

import type { Command } from "commander";
import { addAsked, type Subcommands } from "./subcommands.js";

const EXAMPLES = `
Examples:
  pyheap run --trace app.trace app.py     record first
  pyheap report summary app.trace         the program's memory at its peak
  pyheap report table --by line app.trace
  pyheap report flamegraph app.trace      everything, as one page: app.html
  pyheap report tree --at end app.trace   the program's memory at its end, by call
  pyheap report callers load app.trace    who calls a function, whom it calls, and its lines
  pyheap report table --filter json --hide-imports app.trace
  pyheap report stats --json app.trace
  pyheap report leaks app.trace           what the program did not free, by stack
  pyheap report diff old.trace new.trace  what grew from one run to another
  pyheap report export pprof app.trace    app.pb.gz, for pprof, Pyroscope, Parca
  pyheap run --snapshot app.heapsnapshot app.py
  pyheap report objects app.heapsnapshot        what is in the heap, by type
  pyheap report retainers --type Point app.heapsnapshot
  pyheap report query app.heapsnapshot 'type == Point and retained > 1KiB'
  pyheap report dominators app.heapsnapshot     what holds most of it
  pyheap report diff-objects before.heapsnapshot after.heapsnapshot
  pyheap report page app.heapsnapshot           all of this, as one page: app.objects.html`;

const KINDS: Subcommands = new Map([
  ["summary", async () => (await import("./report/summary.js")).addSummary],
  ["table", async () => (await import("./report/table.js")).addTable],
  ["tree", async () => (await import("./report/tree.js")).addTree],
  ["callers", async () => (await import("./report/callers.js")).addCallers],
  ["stats", async () => (await import("./report/stats.js")).addStats],
  ["leaks", async () => (await import("./report/leaks.js")).addLeaks],
  ["temporary", async () => (await import("./report/temporary.js")).addTemporary],
  ["diff", async () => (await import("./report/diff.js")).addDiff],
  ["export", async () => (await import("./report/export.js")).addExport],
  ["flamegraph", async () => (await import("./report/flamegraph.js")).addFlamegraph],
  ["objects", async () => (await import("./report/objects.js")).addObjects],
  ["retainers", async () => (await import("./report/retainers.js")).addRetainers],
  ["query", async () => (await import("./report/query.js")).addQuery],
  ["dominators", async () => (await import("./report/dominators.js")).addDominators],
  ["diff-objects", async () => (await import("./report/diff-objects.js")).addDiffObjects],
  ["leaks-objects", async () => (await import("./report/diff-objects.js")).addLeaksObjects],
  ["page", async () => (await import("./report/page.js")).addPage],
]);

/** `kind` is the kind of report that is asked for. */
export async function addReport(program: Command, kind: string | undefined): Promise<void> {
  const report = program
    .command("report")
    .summary("show what a trace or a heap snapshot has")
    .description("Evaluates a trace (`pyheap run --trace`) or a heap snapshot (`pyheap run --snapshot`).")
    .addHelpText("after", EXAMPLES);
  await addAsked(report, KINDS, kind);
}
