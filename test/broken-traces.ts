// Reads broken traces with the reader, every report and every export but parquet: what can be read is reported, and the problem is
// stated. For the tests, and for npm run fuzz -- --only trace.

import colors from "picocolors";
import { buildPage } from "../src/page/build.js";
import { Spans } from "../src/page/spans.js";
import { decodePage, encodePage } from "../src/page/wire.js";
import { exportReport, FORMATS } from "../src/report/export/formats.js";
import { isImport } from "../src/report/selection.js";
import { traceCallers } from "../src/report/trace-callers.js";
import { type TraceReport, traceReport } from "../src/report/trace-context.js";
import { traceDiff } from "../src/report/trace-diff.js";
import { GROUPINGS, type Grouping } from "../src/report/trace-groups.js";
import { traceStacks } from "../src/report/trace-stacks.js";
import { traceStats, traceStatsText } from "../src/report/trace-stats.js";
import { traceSummary } from "../src/report/trace-summary.js";
import { traceTable } from "../src/report/trace-table.js";
import { traceTree } from "../src/report/trace-tree.js";
import { VIEWS } from "../src/trace/accounts.js";
import { analyse } from "../src/trace/analysis.js";
import { readTrace, TraceError } from "../src/trace/reader.js";
import { mutate, sampleTrace } from "./mutations.js";
import { typedTrace } from "./typed-traces.js";

/** Milliseconds that a small file may take in total; a hang takes longer. */
const MOST_TIME = 10_000;
const COLORS = colors.createColors(false);
const NAME = "app.trace";

/** What happened to the files, as numbers of files. */
export interface Survival {
  files: number;
  /** Nothing could be read. */
  refused: number;
  /** The beginning could be read. */
  partly: number;
}

const ROWS = 3;

/** Makes every report and every export but parquet of one view; tables with one grouping. */
function reportAll(report: TraceReport, by: Grouping): void {
  const rows = { rows: ROWS, sort: "own", minShare: 0 } as const;
  traceSummary(report, rows);
  traceTable(report, { by, ...rows });
  traceTree(report, { minShare: 1, depth: ROWS, sort: "total" });
  traceStacks(report, { rows: ROWS, frames: 8, sort: "bytes", minShare: 0 });
  traceCallers(report, { pattern: /./u, functions: 2, rows: ROWS, minShare: 0 });
  for (const format of Object.values(FORMATS)) {
    for (const _ of format.write(exportReport(report, format, { maxDepth: 3, minShare: 0.01, hide: isImport })));
  }
  JSON.stringify(traceStats(report.analysis, report.summary));
  traceStatsText(traceStats(report.analysis, report.summary), COLORS);
  traceDiff(report, report, { by, rows: ROWS, sort: "bytes" }, COLORS);
}

async function makePage(bytes: Uint8Array): Promise<void> {
  const spans = new Spans();
  const { metadata, problem = null } = await readTrace([bytes], NAME, spans);
  const { command, started, python = null, sample } = metadata;
  decodePage(encodePage(buildPage(spans, { command, started, python, sample, problem })));
}

/** Recordings of each kind: of every event, with and without a start before it, sampled, aggregated, with types. */
export async function recordings(): Promise<readonly Uint8Array[]> {
  const kinds = [
    {},
    { startSteps: 200 },
    { sample: 2000, seed: 1 },
    { aggregate: true },
    { aggregate: true, sample: 2000, seed: 2 },
  ];
  const made = await Promise.all(kinds.map((options) => sampleTrace({ steps: 300, ...options })));
  const typed = [false, true].map((aggregate) => typedTrace({ seed: 3, aggregate }));
  return [...made.map(({ bytes }) => bytes), ...typed];
}

/**
 * Breaks one of the recordings, as `seed` determines, and reads it. Throws if anything but the reader's own error occurs,
 * or if reading takes too long.
 */
export async function survive(whole: readonly Uint8Array[], seed: number, survival: Survival): Promise<void> {
  const broken = mutate(whole[(seed >>> 1) % whole.length] as Uint8Array, seed);
  const begun = performance.now();
  survival.files++;
  try {
    const { analysis, summary } = await analyse([broken], NAME, { byType: (seed >>> 4) % 2 === 1 });
    if (summary.problem !== undefined) survival.partly++;
    const view = VIEWS[(seed >>> 3) % VIEWS.length] ?? "peak";
    reportAll(
      traceReport({ analysis, summary, view, colors: COLORS }),
      GROUPINGS[(seed >>> 3) % GROUPINGS.length] ?? "line",
    );
    await makePage(broken);
  } catch (error) {
    if (!(error instanceof TraceError)) throw new Error(`seed ${seed}: ${error}`, { cause: error });
    survival.refused++;
  }
  if (performance.now() - begun > MOST_TIME) throw new Error(`seed ${seed}: it took more than ${MOST_TIME} ms`);
}
