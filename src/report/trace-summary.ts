// A trace on one screen: figures, and the functions, modules and domains with the most bytes.

import { bytes } from "../text/bytes.js";
import { count, counted, percent } from "../text/numbers.js";
import { time, when } from "../text/time.js";
import type { View } from "../trace/accounts.js";
import { layOut } from "./columns.js";
import { intervalWords, reportHead, type TraceReport, viewInterval, viewSum } from "./trace-context.js";
import { type Grouping, groupBy } from "./trace-groups.js";
import { chooseRows, type TableOptions } from "./trace-table.js";

export type SummaryOptions = Omit<TableOptions, "by">;

export const SUMMARY_DEFAULTS: SummaryOptions = { rows: 12, sort: "own", minShare: 0 };

function top(report: TraceReport, by: Grouping, options: SummaryOptions): string {
  const whole = viewSum(report).bytes;
  const { shown } = chooseRows(groupBy(report.stacks, report.view, by), whole, options);
  return layOut(
    shown.map(({ label, own, total }) => [
      bytes(own.bytes),
      percent(own.bytes, whole),
      bytes(total.bytes),
      count(own.count),
      label,
    ]),
    ["right", "right", "right", "right", "left"],
  );
}

export function traceSummary(report: TraceReport, options: SummaryOptions): string {
  const { analysis, summary, colors } = report;
  const { figures: f, start } = analysis;
  const within = (view: View) => {
    const words = intervalWords(viewInterval({ analysis, view }));
    return words === "" ? "" : `${words}, `;
  };
  const columns = colors.dim("  own, share, total, blocks");
  return [
    ...reportHead(report),
    "",
    layOut(
      [
        ["peak", bytes(f.peakBytes), colors.dim(`${within("peak")}${when(analysis.sinceProgram(f.peakTime))}`)],
        ["live at the end", bytes(f.liveBytes), colors.dim(`${within("end")}${counted(f.liveBlocks, "block")}`)],
        [
          "allocated in all",
          bytes(f.allocatedBytes),
          colors.dim(`${within("allocated")}${counted(analysis.accounts.sum("allocated").count, "time")}`),
        ],
        ...(start.end.count < 0.5
          ? []
          : [
              [
                "interpreter start",
                bytes(start.end.bytes),
                colors.dim(`${counted(start.end.count, "block")} at the end`),
              ],
            ]),
        ["from the platform", bytes(f.reservedPeak), ""],
        ["time", time(analysis.sinceProgram(analysis.endTime)), colors.dim(counted(summary.events, "event"))],
      ],
      ["left", "right", "left"],
    ),
    "",
    colors.bold("Functions") + columns,
    top(report, "function", options),
    "",
    colors.bold("Modules") + columns,
    top(report, "module", { ...options, rows: Math.ceil(options.rows / 2) }),
    "",
    colors.bold("Domains") + columns,
    top(report, "domain", options),
    "",
  ].join("\n");
}
