// `pyheap report export`: a trace in the formats of other tools.

import { constants, gunzipSync } from "node:zlib";
import { type Command, Option } from "commander";
import { exportReport, FORMATS, type Format } from "../../report/export/formats.js";
import { counted } from "../../text/numbers.js";
import { visible } from "../../text/visible.js";
import { UsageError } from "../system/errors.js";
import { type FileKind, FORCE, textBegins } from "../system/files.js";
import {
  addMomentOptions,
  addSelectionOptions,
  type SelectionOptions,
  type TraceOptions,
  toCount,
  toShare,
} from "./options.js";
import { checkOutput, OUTPUT_HELP, writeOutput } from "./output.js";
import { exportParquet } from "./parquet.js";
import { loadReport } from "./trace-input.js";

/** A profile of pprof begins with its first ValueType: field 1, its length, and field 1 within it. */
function beginsProfile(bytes: Buffer): boolean {
  try {
    const [field, , inner] = gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });
    return field === 0x0a && inner === 0x08;
  } catch {
    return false;
  }
}

/** Every line ends with a number; the last line may be incomplete. */
function beginsStacks(bytes: Buffer): boolean {
  const lines = bytes.toString("utf8").split("\n").slice(0, -1);
  return lines.length > 0 && lines.every((line) => /\S \d+$/.test(line));
}

/** The files of each format, and how they are recognized. */
export const KINDS: Readonly<Record<keyof typeof FORMATS, FileKind>> = {
  pprof: { name: "a pprof profile", begins: beginsProfile },
  speedscope: {
    name: "a speedscope profile",
    begins: textBegins(/^\{"\$schema":"https:\/\/www\.speedscope\.app\/file-format-schema\.json"/),
  },
  heapprofile: { name: "a heap profile for Chrome", begins: textBegins(/^\{"head":\{"callFrame":/) },
  collapsed: { name: "collapsed stacks", begins: beginsStacks },
  csv: { name: "an export as csv", begins: textBegins(/^bytes,blocks,domain,size_class,/) },
  json: { name: "an export as json", begins: textBegins(/^\{"version":\d+,"command":\[/) },
};

/** Tables of the whole trace, in place of a report's stacks. */
const TABLES = "parquet";
const NAMES = [...Object.keys(FORMATS), TABLES].join(", ");

interface ExportOptions extends TraceOptions, SelectionOptions {
  readonly leaks?: boolean;
  readonly output?: string;
  readonly force?: boolean;
  readonly maxDepth?: number;
  readonly minShare?: number;
}

/** The options that choose a part of a trace. Tables contain the whole trace, and refuse these options. */
const TABLE_REFUSES = [
  ...["at", "from", "to", "withStart", "leaks", "filter", "hideImports", "maxDepth", "minShare"],
] as const;

const kebab = (name: string) => name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

function isFormat(name: string): name is keyof typeof FORMATS {
  return Object.hasOwn(FORMATS, name);
}

export function addExport(report: Command): void {
  const command = report
    .command("export")
    .summary(`for other tools: ${NAMES}`)
    .description(
      "Writes a trace's stacks in the format of another tool: pprof (Go's, Pyroscope, Parca), speedscope, heapprofile (Chrome's Memory panel), collapsed (flame graphs), csv, json. As parquet, the whole trace becomes tables: events, blocks and stacks, for DuckDB, Spark and the like.",
    )
    .argument("<format>", NAMES)
    .argument("<file>", "the trace")
    .option("-o, --output <file>", `where to, ${OUTPUT_HELP}; the default is beside the trace`)
    .option(...FORCE)
    .option("--leaks", "only memory that was allocated and not freed")
    .addOption(
      new Option(
        "--max-depth <n>",
        "the highest number of frames of a stack; of deeper stacks the middle is omitted (default: 256; speedscope, heapprofile: 2000; json: all)",
      ).argParser(toCount),
    )
    .addOption(
      new Option("--min-share <percent>", "put calls with a smaller share of the bytes together").argParser(toShare),
    );
  addSelectionOptions(addMomentOptions(command)).action(async (name: string, file: string, options: ExportOptions) => {
    if (name === TABLES) {
      const given = TABLE_REFUSES.find((option) => command.getOptionValueSource(option) === "cli");
      if (given !== undefined) {
        throw new UsageError(
          `Cannot export tables with --${kebab(given)}: they have the whole trace; choose in the query`,
        );
      }
      const { output = `${file.replace(/\.trace$/, "")}.parquet`, force, byType } = options;
      return exportParquet(file, output, { isNamed: options.output !== undefined, force, source: file, byType });
    }
    if (!isFormat(name)) throw new UsageError(`Cannot export as ${name}: the formats are ${NAMES}`);
    const format: Format = FORMATS[name];
    const { output = `${file.replace(/\.trace$/, "")}${format.suffix}`, force, maxDepth, minShare } = options;
    checkOutput(output, KINDS[name], { isNamed: options.output !== undefined, force, source: file });
    const loaded = options.leaks ? await loadReport(file, options, { at: "leaks" }) : await loadReport(file, options);
    const made = exportReport(loaded, format, { ...loaded.selection, maxDepth, minShare });
    if (made.summary.problem !== undefined) {
      process.stderr.write(`pyheap: ${visible(made.summary.problem)}. Everything before that is exported.\n`);
    }
    const { cut } = made.stacks;
    if (cut > 0) {
      process.stderr.write(
        `pyheap: ${counted(cut, "stack")} had more than ${maxDepth ?? format.maxDepth} frames: their middle is omitted (--max-depth)\n`,
      );
    }
    await writeOutput(output, format.write(made), { isCompressed: format.isCompressed });
  });
}
