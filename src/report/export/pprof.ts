// pprof's profile.proto, in the form of Go's heap profiles: blocks and bytes of each stack. The data are not compressed
// here.
//
// The fields of a Profile may come in any order, and a list may be written one element at a time. So each sample is
// written at once, and what the samples refer to follows.

import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from "pprof-format";
import { functionName } from "../../text/labels.js";
import { ByteWriter } from "../../trace/bytes.js";
import type { TraceFunction } from "../../trace/format.js";
import type { TraceReport } from "../trace-context.js";
import { type Chunks, exportedStacks, nodesOf, PerFrame, START, startOf } from "./stacks.js";

const NANOSECONDS_PER_MICROSECOND = 1000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;
/** The numbers of a Profile's fields. */
const FIELD = { sampleType: 1, sample: 2, location: 4, function: 5 } as const;
/** The wire type of values that begin with their length. */
const WITH_LENGTH = 2;

const out = new ByteWriter();

/** An element of one of the profile's lists. */
function element(field: number, message: ValueType | Sample | Location | PprofFunction): Uint8Array {
  out.clear();
  out.number((field << 3) | WITH_LENGTH);
  out.number(message.length);
  const head = out.written;
  const whole = new Uint8Array(head.length + message.length);
  whole.set(head);
  message.encode(whole.subarray(head.length));
  return whole;
}

export function* pprof(report: TraceReport): Chunks {
  const { summary, view, analysis } = report;
  const texts = new StringTable();
  const text = (value: string) => texts.dedup(value);
  const kind = view === "peak" || view === "end" || view === "leaks" ? "inuse" : "alloc";
  const [objects, space] = [text(`${kind}_objects`), text(`${kind}_space`)];
  const [counts, size] = [text("count"), text("bytes")];
  yield element(FIELD.sampleType, new ValueType({ type: objects, unit: counts }));
  yield element(FIELD.sampleType, new ValueType({ type: space, unit: size }));
  const functions: PprofFunction[] = [];
  const locations: Location[] = [];
  const functionIds = new Map<TraceFunction, number>();
  const functionId = (f: TraceFunction) => {
    const known = functionIds.get(f);
    if (known !== undefined) return known;
    const id = functions.length + 1;
    functionIds.set(f, id);
    // There is no system name: pprof would take it for a mangled name of C++, and cut out the part between < and >.
    const names = { name: text(functionName(f)), systemName: 0, filename: text(f.file), startLine: f.firstLine };
    functions.push(new PprofFunction({ id, ...names }));
    return id;
  };
  const locationId = (f: TraceFunction, line: number) => {
    const id = locations.length + 1;
    locations.push(new Location({ id, line: [new Line({ functionId: functionId(f), line })] }));
    return id;
  };
  const ids = new PerFrame(report, locationId);
  for (const { node, bytes, count } of exportedStacks(report)) {
    const ofStack = Array.from(nodesOf(report, node), (at) => ids.of(at));
    yield element(FIELD.sample, new Sample({ locationId: ofStack, value: [count, bytes] }));
  }
  const start = startOf(report);
  if (start) {
    const value = [start.count, start.bytes];
    yield element(FIELD.sample, new Sample({ locationId: [locationId(START, 0)], value }));
  }
  for (const location of locations) yield element(FIELD.location, location);
  for (const f of functions) yield element(FIELD.function, f);
  const started = Date.parse(summary.metadata.started);
  const profile = new Profile({
    stringTable: texts,
    timeNanos: Number.isNaN(started) ? 0 : BigInt(started) * NANOSECONDS_PER_MILLISECOND,
    durationNanos: Math.round(analysis.endTime * NANOSECONDS_PER_MICROSECOND),
    periodType: new ValueType({ type: text("space"), unit: size }),
    period: Math.max(1, summary.metadata.sample),
    defaultSampleType: space,
  });
  yield profile.encode();
}
