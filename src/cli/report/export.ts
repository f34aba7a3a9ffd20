// `pyheap report export`: a trace in the formats of other tools.

import { type Command, Option } from "commander";
import { collapsed } from "../../report/export/collapsed.js";
import { csv } from "../../report/export/csv.js";
import { heapProfile } from "../../report/export/heapprofile.js";
import { jsonExport } from "../../report/export/json.js";
import { pprof } from "../../report/export/pprof.js";
import { speedscope } from "../../report/export/speedscope.js";
import type { TraceReport } from "../../report/trace-context.js";
import { UsageError } from "../errors.js";
import { OUTPUT_HELP, writeOutput } from "./output.js";
import { addMomentOptions, loadTrace, type TraceOptions } from "./trace-input.js";

/** What a format's file is called after, and what is in it. */
interface Format {
  readonly suffix: string;
  readonly make: (report: TraceReport) => string | Uint8Array;
}

const asJson = (make: (report: TraceReport) => object) => (report: TraceReport) => `${JSON.stringify(make(report))}\n`;

const FORMATS: Readonly<Record<string, Format>> = {
  pprof: { suffix: ".pb.gz", make: pprof },
  speedscope: { suffix: ".speedscope.json", make: asJson(speedscope) },
  heapprofile: { suffix: ".heapprofile", make: asJson(heapProfile) },
  collapsed: { suffix: ".collapsed.txt", make: collapsed },
  csv: { suffix: ".csv", make: csv },
  json: { suffix: ".json", make: asJson(jsonExport) },
};

interface ExportOptions extends TraceOptions {
  readonly leaks?: boolean;
  readonly output?: string;
}

export function addExport(report: Command): void {
  const command = report
    .command("export")
    .summary(`for other tools: ${Object.keys(FORMATS).join(", ")}`)
    .description(
      "Writes a trace's stacks in the format of another tool: pprof (Go's, Pyroscope, Parca), speedscope, heapprofile (Chrome's Memory panel), collapsed (flame graphs), csv, json.",
    )
    .argument("<format>", Object.keys(FORMATS).join(", "))
    .argument("<file>", "the trace")
    .option("-o, --output <file>", `where to, ${OUTPUT_HELP}; the default is beside the trace`);
  addMomentOptions(command)
    .addOption(new Option("--leaks", "only what was allocated and not freed"))
    .action(async (name: string, file: string, options: ExportOptions) => {
      const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      if (!format) {
        throw new UsageError(`Cannot export as ${name}: the formats are ${Object.keys(FORMATS).join(", ")}`);
      }
      const loaded = options.leaks
        ? await loadTrace(file, { ...options, at: "end" }, { view: "leaks" })
        : await loadTrace(file, options);
      if (loaded.summary.problem !== undefined) {
        process.stderr.write(`pyheap: ${loaded.summary.problem}. Exported is what was before.\n`);
      }
      writeOutput(options.output ?? `${file.replace(/\.trace$/, "")}${format.suffix}`, format.make(loaded));
    });
}
