// `pyheap report export`: a trace in the formats of other tools.

import { constants, gunzipSync } from "node:zlib";
import { type Command, Option } from "commander";
import { collapsed } from "../../report/export/collapsed.js";
import { csv } from "../../report/export/csv.js";
import { heapProfile } from "../../report/export/heapprofile.js";
import { jsonExport } from "../../report/export/json.js";
import { pprof } from "../../report/export/pprof.js";
import { speedscope } from "../../report/export/speedscope.js";
import type { TraceReport } from "../../report/trace-context.js";
import { UsageError } from "../errors.js";
import { type FileKind, FORCE, textBegins } from "../files.js";
import { checkOutput, OUTPUT_HELP, writeOutput } from "./output.js";
import { addMomentOptions, loadTrace, type TraceOptions } from "./trace-input.js";

/** What a format's file is called after, what it is, and what is in it. */
interface Format extends FileKind {
  readonly suffix: string;
  readonly make: (report: TraceReport) => string | Uint8Array;
}

const asJson = (make: (report: TraceReport) => object) => (report: TraceReport) => `${JSON.stringify(make(report))}\n`;

/** pprof's profile begins with its first ValueType: field 1, its length, field 1 of it. */
function beginsProfile(bytes: Buffer): boolean {
  try {
    const [field, , inner] = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return field === 0x0a && inner === 0x08;
  } catch {
    return false;
  }
}

/** Every line ends with a number; the last may be cut. */
function beginsStacks(bytes: Buffer): boolean {
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  return lines.length > 0 && lines.every((line) => /\S \d+$/.test(line));
}

/** The formats, by their names. */
export const FORMATS: Readonly<Record<string, Format>> = {
  pprof: { suffix: ".pb.gz", name: "a profile of pprof's", begins: beginsProfile, make: pprof },
  speedscope: {
    suffix: ".speedscope.json",
    name: "a profile of speedscope's",
    begins: textBegins(/^\{"\$schema":"https:\/\/www\.speedscope\.app\/file-format-schema\.json"/),
    make: asJson(speedscope),
  },
  heapprofile: {
    suffix: ".heapprofile",
    name: "a heap profile of Chrome's",
    begins: textBegins(/^\{"head":\{"callFrame":/),
    make: asJson(heapProfile),
  },
  collapsed: { suffix: ".collapsed.txt", name: "collapsed stacks", begins: beginsStacks, make: collapsed },
  csv: { suffix: ".csv", name: "an export as csv", begins: textBegins(/^bytes,blocks,domain,size_class,/), make: csv },
  json: {
    suffix: ".json",
    name: "an export as json",
    begins: textBegins(/^\{"version":\d+,"command":\[/),
    make: asJson(jsonExport),
  },
};

interface ExportOptions extends TraceOptions {
  readonly leaks?: boolean;
  readonly output?: string;
  readonly force?: boolean;
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
    .option("-o, --output <file>", `where to, ${OUTPUT_HELP}; the default is beside the trace`)
    .option(...FORCE);
  addMomentOptions(command)
    .addOption(new Option("--leaks", "only what was allocated and not freed"))
    .action(async (name: string, file: string, options: ExportOptions) => {
      const format = Object.hasOwn(FORMATS, name) ? FORMATS[name] : undefined;
      if (!format) {
        throw new UsageError(`Cannot export as ${name}: the formats are ${Object.keys(FORMATS).join(", ")}`);
      }
      const { output = `${file.replace(/\.trace$/, "")}${format.suffix}`, force } = options;
      checkOutput(output, format, { isNamed: options.output !== undefined, force, source: file });
      const loaded = options.leaks
        ? await loadTrace(file, { ...options, at: "end" }, { view: "leaks" })
        : await loadTrace(file, options);
      if (loaded.summary.problem !== undefined) {
        process.stderr.write(`pyheap: ${loaded.summary.problem}. Exported is what was before.\n`);
      }
      writeOutput(output, format.make(loaded));
    });
}
