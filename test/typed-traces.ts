// A recording with types, like one of an interpreter. It is written event by event, because types can't be recorded in
// a heap without an interpreter.

import { typeFunction } from "../src/trace/format.js";
import { TotalsWriter } from "../src/trace/totals-writer.js";
import { type TraceOutput, TraceWriter } from "../src/trace/writer.js";
import { EventEncoder } from "./event-encoder.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

const FILE = "app.py";
const TYPES = ["app.Point", "str", "list"];
/** Stacks by number: three places of one function, and below each of them the types. */
const PLACES = 3;
const OBJECT = 2;
const MEM = 1;

/** The node of a place; with a type, that of the type below it. */
const nodeOf = (place: number, type?: number) =>
  type === undefined ? place + 1 : PLACES + place * TYPES.length + type + 1;

/** Records random allocations of objects and of other blocks, and frees of some of them. */
function record(output: TraceOutput, seed: number, steps: number): void {
  const random = randomIntegers(seed);
  const events = new EventEncoder();
  output.functions([{ name: "load", file: FILE, firstLine: 1 }, ...TYPES.map(typeFunction)]);
  for (let place = 0; place < PLACES; place++) events.node(0, 1, place + 10);
  for (let place = 0; place < PLACES; place++) {
    for (const [type] of TYPES.entries()) events.node(nodeOf(place), type + 2, 0);
  }
  events.program();
  const live: number[] = [];
  for (let step = 1; step <= steps; step++) {
    if (step % 64 === 0) events.time(500);
    if (live.length > 0 && random(3) === 0) {
      events.free(live.splice(random(live.length), 1)[0] as number);
      continue;
    }
    const type = random(TYPES.length + 1);
    const isObject = type < TYPES.length;
    const node = nodeOf(random(PLACES), isObject ? type : undefined);
    live.push(64 * step);
    events.allocate(64 * step, 16 + 8 * random(6), isObject ? OBJECT : MEM, node);
  }
  output.events(events.take());
  output.end({ duration: 500 * steps, cutStacks: 0 });
}

/** The bytes of such a recording, of all events or aggregated. */
export function typedTrace({
  seed,
  steps = 300,
  aggregate = false,
}: {
  seed: number;
  steps?: number;
  aggregate?: boolean;
}): Uint8Array {
  const tape = new Tape();
  const metadata = {
    command: [FILE],
    started: new Date(0).toISOString(),
    stacks: "python",
    sample: 0,
    types: true,
  } as const;
  record(aggregate ? new TotalsWriter(tape.write, metadata) : new TraceWriter(tape.write, metadata), seed, steps);
  return tape.bytes;
}
