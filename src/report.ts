// pyheap/report: what was recorded, as data, as text, as a page, and as files of other tools. It needs nothing that only
// Node has, so it works in a page.

export type { FunctionCalls, Share } from "./report/calls.js";
export type { TraceInput } from "./report/library/input.js";
export { flamegraphPage, type PageOptions } from "./report/library/page.js";
export {
  type Amount,
  type AnalyseOptions,
  analyse,
  EXPORT_FORMATS,
  type ExportFormat,
  type ExportOptions,
  Report,
  type ReportFrame,
  type ReportGroup,
  type ReportStack,
} from "./report/library/report.js";
export type { TextReports } from "./report/library/text.js";
export { type MomentOptions, ReportError, type SpanOptions, type TraceBytes } from "./report/load.js";
export type { ReadSource } from "./report/sources.js";
export type { CallersOptions } from "./report/trace-callers.js";
export type { Difference, DiffOptions } from "./report/trace-diff.js";
export { GROUPINGS, type Grouping } from "./report/trace-groups.js";
export type { StacksOptions } from "./report/trace-stacks.js";
export type { TraceStats } from "./report/trace-stats.js";
export type { SummaryOptions } from "./report/trace-summary.js";
export { SORTINGS, type Sorting, type TableOptions } from "./report/trace-table.js";
export type { TreeOptions } from "./report/trace-tree.js";
export type { Measure, View } from "./trace/accounts.js";
export type { TraceFunction } from "./trace/format.js";
export { TraceError } from "./trace/reader.js";
export type { Interval } from "./trace/sampling.js";
export type { TimelinePoint } from "./trace/timeline.js";
export type { Frame } from "./trace/tree.js";
