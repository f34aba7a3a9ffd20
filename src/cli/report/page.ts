// `pyheap report page`: heap snapshots as one page of HTML.

import { basename } from "node:path";
import type { Command } from "commander";
import { isPageOf, snapshotsPage } from "../../report/flamegraph.js";
import { SNAPSHOT_ENDING } from "../../snapshot/reader.js";
import { bytes } from "../../text/bytes.js";
import { FORCE } from "../system/files.js";
import { checkOutput, OUTPUT_HELP, PAGE, writeOutput } from "./output.js";
import { loadSnapshot } from "./snapshot-input.js";

interface PageOptions {
  readonly output?: string;
  readonly force?: boolean;
}

export function addPage(report: Command): void {
  report
    .command("page")
    .summary("one HTML page of a heap snapshot, or of two: types, who holds what, what is new")
    .description(
      "Writes one HTML page that shows heap snapshots and needs nothing else: types, objects and who holds them, what holds most, and what is new in the later one.",
    )
    .argument("<file>", "the snapshot: app.heapsnapshot")
    .argument("[later]", "a later snapshot of the same program, to compare")
    .option(
      "-o, --output <file>",
      `the page, ${OUTPUT_HELP}; the default is the last snapshot's name with .objects.html`,
    )
    .option(...FORCE)
    .action(async (file: string, later: string | undefined, options: PageOptions) => {
      const files = later === undefined ? [file] : [file, later];
      const source = later ?? file;
      const { output = `${source.replace(SNAPSHOT_ENDING, "")}.objects.html`, force } = options;
      checkOutput(output, PAGE, {
        ...{ isNamed: options.output !== undefined, force, source },
        isOlder: (begin) => isPageOf(files, begin),
      });
      const snapshots = files.map((each) => ({
        name: basename(each).replace(SNAPSHOT_ENDING, ""),
        graph: loadSnapshot(each),
      }));
      const page = await snapshotsPage(snapshots, files);
      await writeOutput(output, [page], { more: `: ${bytes(Buffer.byteLength(page))}` });
    });
}
