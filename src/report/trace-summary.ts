// A trace on one screen: figures, the functions that have most, the modules.

import { layOut } from "./columns.js";
import { bytes, count, percent, seconds } from "./figures.js";
import { errorOf, reportHead, type TraceReport, viewSum } from "./trace-context.js";
import { type Grouping, groupBy } from "./trace-groups.js";

const MICROSECONDS = 1e6;

function top(report: TraceReport, by: Grouping, rows: number): string {
  const whole = viewSum(report).bytes;
  const groups = groupBy(report.analysis, report.view, by).slice(0, rows);
  return layOut(
    groups.map(({ label, own, total }) => [
      bytes(own.bytes),
      percent(own.bytes, whole),
      bytes(total.bytes),
      count(Math.round(own.count)),
      label,
    ]),
    ["right", "right", "right", "right", "left"],
  );
}

export function traceSummary(report: TraceReport, rows: number): string {
  const { analysis, summary, colors } = report;
  const { figures: f } = analysis;
  const error = (variance: number) => (variance > 0 ? `± ${bytes(Math.round(errorOf(variance)))}, ` : "");
  const columns = colors.dim("  own, share, total, blocks");
  return [
    ...reportHead(report),
    "",
    layOut(
      [
        ["peak", bytes(f.peakBytes), colors.dim(`${error(f.peakVariance)}after ${seconds(f.peakTime / MICROSECONDS)}`)],
        [
          "live at the end",
          bytes(f.liveBytes),
          colors.dim(`${error(f.liveVariance)}${count(Math.round(f.liveBlocks))} blocks`),
        ],
        [
          "allocated in all",
          bytes(f.allocatedBytes),
          colors.dim(`${error(f.allocatedVariance)}${count(Math.round(f.allocations))} times`),
        ],
        ["from the platform", bytes(f.reservedPeak), ""],
        ["time", seconds(analysis.endTime / MICROSECONDS), colors.dim(`${count(summary.events)} events`)],
      ],
      ["left", "right", "left"],
    ),
    "",
    colors.bold("Functions") + columns,
    top(report, "function", rows),
    "",
    colors.bold("Modules") + columns,
    top(report, "module", Math.ceil(rows / 2)),
    "",
    colors.bold("Domains") + columns,
    top(report, "domain", rows),
    "",
  ].join("\n");
}
