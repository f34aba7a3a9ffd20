// pprof's profile.proto, with the view of a report: blocks and bytes of each stack. The data are not compressed here.

import { Profile } from "pprof-format";
import { programName } from "../../text/labels.js";
import type { TraceReport } from "../trace-context.js";
import { NANOSECONDS_PER_MICROSECOND, NANOSECONDS_PER_MILLISECOND, PprofLists } from "./pprof-lists.js";
import { type Chunks, exportedStacks, nodesOf, PerFrame, START, startOf } from "./stacks.js";

export function* pprof(report: TraceReport): Chunks {
  const { summary, view, analysis } = report;
  const lists = new PprofLists();
  const kind = view === "peak" || view === "end" || view === "leaks" ? "inuse" : "alloc";
  yield lists.sampleType(`${kind}_objects`, "count");
  yield lists.sampleType(`${kind}_space`, "bytes");
  const { tree } = report.stacks;
  const ids = new PerFrame(tree, (f, line) => lists.addLocation(f, line));
  for (const { node: innermost, bytes, count } of exportedStacks(report)) {
    // A type is a label of the sample, and not a place: pprof -tagfocus, -tagleaf type.
    const { node, type } = tree.withoutType(innermost);
    const places = Array.from(nodesOf(tree, node), (at) => ids.of(at));
    yield lists.sample(places, [count, bytes], type === undefined ? {} : { type });
  }
  const start = startOf(report);
  if (start) yield lists.sample([lists.addLocation(START, 0)], [start.count, start.bytes]);
  const started = Date.parse(summary.metadata.started);
  yield* lists.rest(
    programName(summary.metadata.command),
    (stringTable) =>
      new Profile({
        stringTable,
        timeNanos: Number.isNaN(started) ? 0 : BigInt(started) * NANOSECONDS_PER_MILLISECOND,
        durationNanos: Math.round(analysis.endTime * NANOSECONDS_PER_MICROSECOND),
        periodType: lists.valueType("space", "bytes"),
        period: Math.max(1, summary.metadata.sample),
        defaultSampleType: lists.text(`${kind}_space`),
      }),
  );
}
