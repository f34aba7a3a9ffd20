// `pyheap report`: evaluates a trace or a heap snapshot. Each kind of report has a file in report/.

import type { Command } from "commander";
import { addCallers } from "./report/callers.js";
import { addDiff } from "./report/diff.js";
import { addDiffObjects, addLeaksObjects } from "./report/diff-objects.js";
import { addDominators } from "./report/dominators.js";
import { addExport } from "./report/export.js";
import { addFlamegraph } from "./report/flamegraph.js";
import { addLeaks } from "./report/leaks.js";
import { addObjects } from "./report/objects.js";
import { addPage } from "./report/page.js";
import { addQuery } from "./report/query.js";
import { addRetainers } from "./report/retainers.js";
import { addStats } from "./report/stats.js";
import { addSummary } from "./report/summary.js";
import { addTable } from "./report/table.js";
import { addTemporary } from "./report/temporary.js";
import { addTree } from "./report/tree.js";

const EXAMPLES = `
Examples:
  pyheap run --trace app.trace app.py     record first
  pyheap report summary app.trace         what the program had when it had most
  pyheap report table --by line app.trace
  pyheap report flamegraph app.trace      everything, as one page: app.html
  pyheap report tree --at end app.trace   what it had at the end, by call
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

export function addReport(program: Command): void {
  const report = program
    .command("report")
    .summary("show what a trace or a heap snapshot has")
    .description("Evaluates a trace (`pyheap run --trace`) or a heap snapshot (`pyheap run --snapshot`).")
    .addHelpText("after", EXAMPLES);
  addSummary(report);
  addTable(report);
  addTree(report);
  addCallers(report);
  addStats(report);
  addLeaks(report);
  addTemporary(report);
  addDiff(report);
  addExport(report);
  addFlamegraph(report);
  addObjects(report);
  addRetainers(report);
  addQuery(report);
  addDominators(report);
  addDiffObjects(report);
  addLeaksObjects(report);
  addPage(report);
}
