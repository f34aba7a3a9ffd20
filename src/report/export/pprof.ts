// pprof's profile.proto, gzipped, as Go's heap profiles are: blocks and bytes of each stack.

import { gzipSync } from "node:zlib";
import { Line, Location, Function as PprofFunction, Profile, Sample, StringTable, ValueType } from "pprof-format";
import type { TraceFunction } from "../../trace/format.js";
import type { TraceReport } from "../trace-context.js";
import { exportedStacks } from "./stacks.js";

const NANOSECONDS_PER_MICROSECOND = 1000;
const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

/** Numbers a thing from 1 the first time that it comes. */
class Numbers<T> {
  readonly #ids = new Map<string, number>();
  readonly all: T[] = [];

  of(key: string, make: (id: number) => T): number {
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const id = this.#ids.size + 1;
    this.#ids.set(key, id);
    this.all.push(make(id));
    return id;
  }
}

export function pprof(report: TraceReport): Uint8Array {
  const { summary, view, analysis } = report;
  const texts = new StringTable();
  const text = (value: string) => texts.dedup(value);
  const functions = new Numbers<PprofFunction>();
  const locations = new Numbers<Location>();
  const functionId = ({ name, file, firstLine }: TraceFunction) =>
    functions.of(
      `${name}\0${file}\0${firstLine}`,
      (id) =>
        new PprofFunction({ id, name: text(name), systemName: text(name), filename: text(file), startLine: firstLine }),
    );
  const sample = exportedStacks(report).map(
    ({ bytes, count, frames }) =>
      new Sample({
        locationId: frames.map(({ function: f, line }) => {
          const called = functionId(f);
          return locations.of(
            `${called} ${line}`,
            (id) => new Location({ id, line: [new Line({ functionId: called, line })] }),
          );
        }),
        value: [count, bytes],
      }),
  );
  const kind = view === "peak" || view === "end" || view === "leaks" ? "inuse" : "alloc";
  const [objects, space] = [text(`${kind}_objects`), text(`${kind}_space`)];
  const [counts, bytes] = [text("count"), text("bytes")];
  const started = Date.parse(summary.metadata.started);
  const profile = new Profile({
    sampleType: [new ValueType({ type: objects, unit: counts }), new ValueType({ type: space, unit: bytes })],
    sample,
    location: locations.all,
    function: functions.all,
    stringTable: texts,
    timeNanos: Number.isNaN(started) ? 0 : BigInt(started) * NANOSECONDS_PER_MILLISECOND,
    durationNanos: Math.round(analysis.endTime * NANOSECONDS_PER_MICROSECOND),
    periodType: new ValueType({ type: text("space"), unit: bytes }),
    period: Math.max(1, summary.metadata.sample),
    defaultSampleType: space,
  });
  return gzipSync(profile.encode());
}
