// `pyheap report flamegraph`: one page of HTML.

import { dirname } from "node:path";
import type { Command } from "commander";
import { isPageOf } from "../../report/flamegraph.js";
import { makePage } from "../../report/library/page.js";
import { bytes } from "../../text/bytes.js";
import { counted } from "../../text/numbers.js";
import { FORCE } from "../system/files.js";
import { sourceFiles } from "../system/source-files.js";
import { toWhole } from "./options.js";
import { checkOutput, OUTPUT_HELP, PAGE, writeOutput } from "./output.js";
import { loadSnapshot } from "./snapshot-input.js";
import { asUsageError, readFile } from "./trace-input.js";

interface FlamegraphOptions {
  readonly output?: string;
  readonly force?: boolean;
  readonly temporary: number;
  readonly source: boolean;
  readonly snapshot?: string;
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
    .option("--snapshot <file>", "a heap snapshot of the program's end: the heap map then shows types, too")
    .option("--no-source", "omit lines of the program's source code, which everyone who has the page could read")
    .action(async (file: string, options: FlamegraphOptions) => {
      const { output = `${file.replace(/\.trace$/, "")}.html`, force, temporary } = options;
      checkOutput(output, PAGE, {
        ...{ isNamed: options.output !== undefined, force, source: file },
        isOlder: (begin) => isPageOf([file], begin),
      });
      const source = options.source ? sourceFiles([".", dirname(file)]) : undefined;
      const snapshot = options.snapshot === undefined ? undefined : loadSnapshot(options.snapshot);
      const how = { name: file, within: temporary, source, snapshot };
      const page = await asUsageError(file, makePage(readFile(file), how));
      await writeOutput(output, [page.html], {
        more: `: ${bytes(Buffer.byteLength(page.html))}, of ${counted(page.events, "event")}`,
      });
    });
}
