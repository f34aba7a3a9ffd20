// Profiles and metrics in OTLP's JSON encoding, as OpenTelemetry's collectors take them over HTTP.
//
// Numbers of 64 bits are texts there, and every table begins with an empty element, so that 0 means "none".
//
// Sources: OpenTelemetry, "OTLP specification"; opentelemetry-proto 1.9, metrics/v1 and profiles/v1development. The second is
// not stable yet.

import { nodesOf, PerFrame } from "../report/export/stacks.js";
import { functionName } from "../text/labels.js";
import type { HeapProfile, StackSums } from "./continuous.js";
import type { Metric } from "./metrics.js";

const CUMULATIVE = 2;
const SCOPE = { name: "pyheap" };

/** The four values of a profile, as OTLP has them: a profile for each. */
const VALUES: readonly { readonly type: string; readonly unit: string; readonly of: (sums: StackSums) => number }[] = [
  { type: "alloc_objects", unit: "count", of: ({ allocCount }) => allocCount },
  { type: "alloc_space", unit: "bytes", of: ({ allocBytes }) => allocBytes },
  { type: "inuse_objects", unit: "count", of: ({ liveCount }) => liveCount },
  { type: "inuse_space", unit: "bytes", of: ({ liveBytes }) => liveBytes },
];

const nanoseconds = (ms: number) => String(BigInt(Math.round(ms)) * 1_000_000n);

function attributes(values: Readonly<Record<string, string>>) {
  return Object.entries(values).map(([key, stringValue]) => ({ key, value: { stringValue } }));
}

/** An ExportMetricsServiceRequest. `began` and `now` are milliseconds since 1970. */
export function otlpMetrics(
  metrics: readonly Metric[],
  resource: Readonly<Record<string, string>>,
  began: number,
  now: number,
): object {
  const times = { startTimeUnixNano: nanoseconds(began), timeUnixNano: nanoseconds(now) };
  const written = metrics
    .filter(({ points }) => points.length > 0)
    .map(({ name, unit, description, kind, points }) => {
      const dataPoints = points.map(({ value, attributes: own }) => ({
        ...times,
        ...(Number.isInteger(value) ? { asInt: String(value) } : { asDouble: value }),
        attributes: attributes(own),
      }));
      const data =
        kind === "gauge"
          ? { gauge: { dataPoints } }
          : { sum: { aggregationTemporality: CUMULATIVE, isMonotonic: true, dataPoints } };
      return { name, unit, description, ...data };
    });
  const scopeMetrics = [{ scope: SCOPE, metrics: written }];
  return { resourceMetrics: [{ resource: { attributes: attributes(resource) }, scopeMetrics }] };
}

/** A list in which equal texts have one number. */
class Texts {
  readonly list: string[] = [""];
  readonly #numbers = new Map([["", 0]]);

  number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.list.length);
    return this.list.push(text) - 1;
  }
}

/** An ExportProfilesServiceRequest. */
export function otlpProfiles(profile: HeapProfile, resource: Readonly<Record<string, string>>): object {
  const { tree, stacks, began, duration, sample } = profile;
  const texts = new Texts();
  const functionTable: object[] = [{}];
  const locationTable: object[] = [{}];
  const stackTable: object[] = [{}];
  const functions = new Map<number, number>();
  const places = new PerFrame(tree, (f, line, number) => {
    const known = functions.get(number);
    const names = { nameStrindex: texts.number(functionName(f)), filenameStrindex: texts.number(f.file) };
    const functionIndex = known ?? functionTable.push({ ...names, startLine: String(f.firstLine) }) - 1;
    functions.set(number, functionIndex);
    return locationTable.push({ lines: [{ functionIndex, line: String(line) }] }) - 1;
  });
  const indexes = stacks.map(({ node }) => {
    const locationIndices = Array.from(nodesOf(tree, node), (at) => places.of(at));
    return stackTable.push({ locationIndices }) - 1;
  });
  const valueType = (type: string, unit: string) => ({
    typeStrindex: texts.number(type),
    unitStrindex: texts.number(unit),
  });
  const profiles = VALUES.map(({ type, unit, of }) => ({
    sampleType: valueType(type, unit),
    samples: stacks.flatMap((sums, k) =>
      of(sums) === 0 ? [] : [{ stackIndex: indexes[k], values: [String(of(sums))] }],
    ),
    ...{ timeUnixNano: nanoseconds(began), durationNano: nanoseconds(duration) },
    ...{ periodType: valueType("space", "bytes"), period: String(Math.max(1, Math.round(sample))) },
  }));
  const scopeProfiles = [{ scope: SCOPE, profiles }];
  return {
    resourceProfiles: [{ resource: { attributes: attributes(resource) }, scopeProfiles }],
    dictionary: {
      ...{ mappingTable: [{}], locationTable, functionTable, linkTable: [{}] },
      ...{ stringTable: texts.list, attributeTable: [{}], stackTable },
    },
  };
}
