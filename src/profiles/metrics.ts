// A heap's figures as metrics: named after OpenTelemetry's semantic conventions, and written as Prometheus reads them.
//
// Sources: OpenTelemetry, "Semantic conventions for CPython runtime metrics" and, for the names of memory metrics,
// those for Go and the JVM; "Prometheus and OpenMetrics Compatibility", for the change of names; Prometheus,
// "Exposition formats", text format 0.0.4.

import type { HeapStats } from "../alloc/stats.js";
import type { PressureAccount } from "../pressure/books.js";
import type { CollectionEvent } from "../pressure/events.js";
import { NO_LIMIT } from "../pressure/policy.js";

/** A heap, as far as metrics need it. */
export interface MeasuredHeap {
  stats(): HeapStats;
  readonly limit: number;
  readonly softLimit: number;
  readonly pressureAccount: PressureAccount;
  on(name: "collect", listener: (event: CollectionEvent) => void): () => void;
}

/** A counter only grows; a gauge is what is there at the moment. */
export type MetricKind = "counter" | "gauge";
/** UCUM units: bytes, seconds, or things that are counted. */
export type MetricUnit = "By" | "s" | "{block}" | "{collection}" | "{object}" | "{run}";

/** A value, for one combination of attributes. */
export interface MetricPoint {
  readonly value: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** What is measured, with its values at one moment. */
export interface Metric {
  /** OpenTelemetry's name: `pyheap.memory.used`. */
  readonly name: string;
  readonly kind: MetricKind;
  readonly unit: MetricUnit;
  readonly description: string;
  readonly points: readonly MetricPoint[];
}

const single = (value: number): MetricPoint[] => [{ value, attributes: {} }];

function points(attribute: string, values: Readonly<Record<string, number>>): MetricPoint[] {
  return Object.entries(values).map(([key, value]) => ({ value, attributes: { [attribute]: key } }));
}

/** Runs of a generation. */
interface Runs {
  collections: number;
  collected: number;
  uncollectable: number;
}

/** Watches a heap: its collections are counted from here on. */
export class HeapMetrics {
  readonly #heap: MeasuredHeap;
  readonly #runs = new Map<number, Runs>();
  readonly #stopWatching: () => void;

  constructor(heap: MeasuredHeap) {
    this.#heap = heap;
    this.#stopWatching = heap.on("collect", (event) => this.#note(event));
  }

  #note({ generation, collected, uncollectable }: CollectionEvent): void {
    const runs = this.#runs.get(generation) ?? { collections: 0, collected: 0, uncollectable: 0 };
    runs.collections++;
    runs.collected += collected;
    runs.uncollectable += uncollectable;
    this.#runs.set(generation, runs);
  }

  /** Ends watching: later collections are not counted. */
  stop(): void {
    this.#stopWatching();
  }

  /** The metrics as of now. A limit that is not set has no metric. */
  now(): Metric[] {
    return [...this.#memory(), ...this.#pressure(), ...this.#collections()];
  }

  #memory(): Metric[] {
    const { account, allocatedBlocks, platformPeak } = this.#heap.stats();
    const { limit, softLimit } = this.#heap;
    const gauge = (name: string, unit: MetricUnit, description: string, list: readonly MetricPoint[]): Metric => ({
      ...{ name: `pyheap.memory.${name}`, kind: "gauge", unit, description, points: list },
    });
    const used = { ...account.live, native: account.native, escaped: account.escaped };
    const free = { pools: account.freeInPools, idle_pools: account.freePools, raw: account.rawFree };
    return [
      gauge("used", "By", "Memory in use, by allocation domain.", points("pyheap.domain", used)),
      gauge("free", "By", "Memory that the heap has and that nothing uses.", points("pyheap.memory.type", free)),
      gauge("overhead", "By", "Headers, padding and the heap's own tables.", single(account.overhead)),
      gauge("committed", "By", "Memory that the platform gave: the sum of used, free and overhead.", [
        ...single(account.platform),
      ]),
      gauge("peak", "By", "The most that the platform gave at any time.", single(platformPeak)),
      gauge("blocks", "{block}", "Blocks in use in the domains mem and object.", single(allocatedBlocks)),
      ...(limit === NO_LIMIT ? [] : [gauge("limit", "By", "The hard limit on committed memory.", single(limit))]),
      ...(softLimit === NO_LIMIT
        ? []
        : [gauge("soft_limit", "By", "The soft limit: above it, measures run.", single(softLimit))]),
    ];
  }

  #pressure(): Metric[] {
    const { measures, vainMs } = this.#heap.pressureAccount;
    const each = Object.entries(measures);
    const by = (value: (totals: (typeof each)[number][1]) => number) =>
      points("pyheap.measure", Object.fromEntries(each.map(([measure, totals]) => [measure, value(totals)])));
    const counter = (name: string, unit: MetricUnit, description: string, list: readonly MetricPoint[]): Metric => ({
      ...{ name: `pyheap.pressure.${name}`, kind: "counter", unit, description, points: list },
    });
    return [
      counter(
        "runs",
        "{run}",
        "Measures against memory pressure that ran.",
        by(({ runs }) => runs),
      ),
      counter(
        "time",
        "s",
        "Time that measures took.",
        by(({ ms }) => ms / 1000),
      ),
      counter(
        "gained",
        "By",
        "Memory that measures gained.",
        by(({ gained }) => gained),
      ),
      counter("vain_time", "s", "Time of measures that no gain paid for.", single(vainMs / 1000)),
    ];
  }

  #collections(): Metric[] {
    const each = [...this.#runs].sort(([a], [b]) => a - b);
    const metric = (name: string, unit: MetricUnit, description: string, value: (runs: Runs) => number): Metric => ({
      ...{ name: `cpython.gc.${name}`, kind: "counter", unit, description },
      points: each.map(([generation, runs]) => ({
        value: value(runs),
        attributes: { "cpython.gc.generation": String(generation) },
      })),
    });
    return [
      metric("collections", "{collection}", "Runs of the cycle collector.", ({ collections }) => collections),
      metric("collected_objects", "{object}", "Objects that the cycle collector freed.", ({ collected }) => collected),
      metric(
        "uncollectable_objects",
        "{object}",
        "Objects that the cycle collector could not free.",
        (runs) => runs.uncollectable,
      ),
    ];
  }
}

/** The units that are part of a name in Prometheus. */
const SUFFIXES: Readonly<Partial<Record<MetricUnit, string>>> = { By: "_bytes", s: "_seconds" };

const underscored = (name: string) => name.replace(/[^a-zA-Z0-9_]/g, "_");
const escaped = (text: string) => text.replace(/\\/g, "\\\\").replace(/\n/g, "\\n");
const quoted = (text: string) => `"${escaped(text).replace(/"/g, '\\"')}"`;

/** The name of a metric in Prometheus: `pyheap_memory_used_bytes`, `cpython_gc_collections_total`. */
export function prometheusName({ name, unit, kind }: Metric): string {
  return `${underscored(name)}${SUFFIXES[unit] ?? ""}${kind === "counter" ? "_total" : ""}`;
}

/** Metrics in Prometheus's text format; `labels` are added to each point. */
export function prometheusText(metrics: readonly Metric[], labels: Readonly<Record<string, string>> = {}): string {
  const lines: string[] = [];
  for (const metric of metrics) {
    if (metric.points.length === 0) continue;
    const name = prometheusName(metric);
    lines.push(`# HELP ${name} ${escaped(metric.description)}`, `# TYPE ${name} ${metric.kind}`);
    for (const { value, attributes } of metric.points) {
      const all = Object.entries({ ...labels, ...attributes });
      const inBraces = all.map(([key, text]) => `${underscored(key)}=${quoted(text)}`).join(",");
      lines.push(`${name}${inBraces === "" ? "" : `{${inBraces}}`} ${value}`);
    }
  }
  return `${lines.join("\n")}\n`;
}
