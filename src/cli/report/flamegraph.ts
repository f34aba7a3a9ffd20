// `pyheap report flamegraph`: one page of HTML.

import { dirname } from "node:path";
import type { Command } from "commander";
import { buildPage } from "../../page/build.js";
import { withSources } from "../../page/sources.js";
import { Spans } from "../../page/spans.js";
import { flamegraphPage } from "../../report/flamegraph.js";
import { Sources } from "../../report/sources.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { readTrace } from "../../trace/reader.js";
import { UsageError } from "../system/errors.js";
import { type FileKind, FORCE, textBegins } from "../system/files.js";
import { toWhole } from "./options.js";
import { checkOutput, OUTPUT_HELP, writeOutput } from "./output.js";
import { asUsageError, readFile } from "./trace-input.js";

const PAGE: FileKind = {
  name: "a page of pyheap's",
  begins: textBegins(/<meta name="generator" content="pyheap">/),
};

interface FlamegraphOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly temporary: number;
  readonly source: boolean;
}

export function addFlamegraph(report: Command): void {
  report
    .command("flamegraph")
    .summary("one HTML page: timeline, flame graph, table, heap map")
    .description(
      "Writes one HTML page that shows everything and needs nothing else: timeline, flame graph, table, heap map.",
    )
    .argument("<file>", "the trace")
    .option("-o, --output <file>", `the page, ${OUTPUT_HELP}; the default is the trace's name with .html`)
    .option(...FORCE)
    .option(
      "--temporary <n>",
      "a block is temporary if it is freed before more than this number of others are allocated",
      toWhole,
      0,
    )
    .option("--no-source", "without lines of the program's source, which everyone who has the page could read")
    .action(async (file: string, options: FlamegraphOptions) => {
      const { output = `${file.replace(/\.trace$/, "")}.html`, force, temporary } = options;
      checkOutput(output, PAGE, { isNamed: options.output !== undefined, force, source: file });
      const spans = new Spans({ temporary: temporary + 1 });
      const summary = await asUsageError(file, readTrace(readFile(file), file, spans));
      const { command, started, python = null, sample, aggregated } = summary.metadata;
      if (aggregated && temporary > 0) {
        throw new UsageError(
          `Cannot show other temporary blocks of ${file}: it was recorded with --aggregate, which keeps totals only`,
        );
      }
      const facts = {
        ...{ command, started, python, sample, problem: summary.problem ?? null },
        ...(aggregated && { totals: { start: spans.startLeft } }),
      };
      const data = buildPage(spans, facts);
      const sources = new Sources(facts, [".", dirname(file)]);
      const page = flamegraphPage(options.source ? withSources(data, (name) => sources.lines(name)) : data);
      await writeOutput(output, [page], {
        more: `: ${bytes(Buffer.byteLength(page))}, of ${counted(summary.events, "event")}`,
      });
    });
}
