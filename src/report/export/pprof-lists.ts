// The lists of pprof's profile.proto: texts, functions, and places in them. Every profile in this format is made with
// these.
//
// The fields of a Profile may come in any order, and a list may be written one element at a time. So each sample is
// written at once, and what the samples refer to follows.

import {
  Label,
  Line,
  Location,
  Mapping,
  Function as PprofFunction,
  type Profile,
  Sample,
  StringTable,
  ValueType,
} from "pprof-format";
import { distinctName } from "../../text/labels.js";
import { ByteWriter } from "../../trace/bytes.js";
import type { TraceFunction } from "../../trace/format.js";

/** The numbers of a Profile's fields. */
const FIELD = { sampleType: 1, sample: 2, mapping: 3, location: 4, function: 5 } as const;
/** The wire type of values that begin with their length. */
const WITH_LENGTH = 2;

export const NANOSECONDS_PER_MICROSECOND = 1000;
export const NANOSECONDS_PER_MILLISECOND = 1_000_000n;

const out = new ByteWriter();

/** An element of one of the profile's lists. */
function element(field: number, message: ValueType | Sample | Mapping | Location | PprofFunction): Uint8Array {
  out.clear();
  out.number((field << 3) | WITH_LENGTH);
  out.number(message.length);
  const head = out.written;
  const whole = new Uint8Array(head.length + message.length);
  whole.set(head);
  message.encode(whole.subarray(head.length));
  return whole;
}

/** The unit of a value. */
export type PprofUnit = "count" | "bytes";

export class PprofLists {
  readonly #texts = new StringTable();
  readonly #functions: PprofFunction[] = [];
  readonly #locations: Location[] = [];
  readonly #ids = new Map<TraceFunction, number>();

  /** The number of a text. */
  text(value: string): number {
    return this.#texts.dedup(value);
  }

  valueType(type: string, unit: PprofUnit): ValueType {
    return new ValueType({ type: this.text(type), unit: this.text(unit) });
  }

  /** The id of a new place. */
  addLocation(f: TraceFunction, line: number): number {
    const id = this.#locations.length + 1;
    this.#locations.push(new Location({ id, line: [new Line({ functionId: this.#functionId(f), line })] }));
    return id;
  }

  #functionId(f: TraceFunction): number {
    const known = this.#ids.get(f);
    if (known !== undefined) return known;
    const id = this.#functions.length + 1;
    this.#ids.set(f, id);
    // There is no system name: pprof would take it for a mangled name of C++, and cut out the part between < and >.
    // pprof takes functions of one name for one.
    const names = { name: this.text(distinctName(f)), systemName: 0, filename: this.text(f.file) };
    this.#functions.push(new PprofFunction({ id, ...names, startLine: f.firstLine }));
    return id;
  }

  /** The bytes of a type of the samples' values. */
  sampleType(type: string, unit: PprofUnit): Uint8Array {
    return element(FIELD.sampleType, this.valueType(type, unit));
  }

  /** The bytes of a sample: its places, the innermost first, a value of each type, and its labels. */
  sample(locationId: number[], value: number[], labels: Readonly<Record<string, string>> = {}): Uint8Array {
    const label = Object.entries(labels).map(([key, text]) => new Label({ key: this.text(key), str: this.text(text) }));
    return element(FIELD.sample, new Sample({ locationId, value, label }));
  }

  /**
   * The bytes of everything that samples refer to, and of the profile's own fields. pprof shows the program's name; without
   * one, it would say that a binary is missing.
   */
  *rest(program: string, makeProfile: (texts: StringTable) => Profile): Generator<Uint8Array> {
    for (const location of this.#locations) yield element(FIELD.location, location);
    for (const f of this.#functions) yield element(FIELD.function, f);
    const known = { hasFunctions: true, hasFilenames: true, hasLineNumbers: true, hasInlineFrames: true };
    yield element(FIELD.mapping, new Mapping({ id: 1, filename: this.text(program), ...known }));
    yield makeProfile(this.#texts).encode();
  }
}
