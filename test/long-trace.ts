// A trace of some million events, in a moment: the same events again and again. No heap would write it so fast.

import { TraceWriter } from "../src/trace/writer.js";
import { EventEncoder } from "./event-encoder.js";
import { Tape } from "./trace-data.js";

const OBJECT = 2;
const BLOCKS = 10_000;

/**
 * `rounds` times 10,000 blocks of 64 bytes that are freed again, which `busy` allocates; and before that one block of a
 * megabyte that stays, from `kept`.
 */
export function longTrace(rounds: number): Buffer {
  const tape = new Tape();
  const writer = new TraceWriter(tape.write, {
    ...{ command: ["long.py"], started: "2026-01-01T00:00:00.000Z", stacks: "python", python: "3.14.2", sample: 0 },
  });
  writer.functions(["kept", "busy"].map((name) => ({ name, file: "/app/long.py", firstLine: 1 })));
  const events = new EventEncoder();
  events.node(0, 1, 2);
  events.node(0, 2, 5);
  events.allocate(2 ** 24, 2 ** 20, OBJECT, 1);
  const round = () => {
    events.time(1000);
    for (let k = 1; k <= BLOCKS; k++) events.allocate(64 * k, 64, OBJECT, 2);
    for (let k = BLOCKS; k >= 1; k--) events.free(64 * k);
    return events.take();
  };
  writer.events(round());
  // Every later round begins with the address with which it ends.
  const again = round();
  for (let k = 1; k < rounds; k++) writer.events(again);
  writer.end({ duration: 1000 * rounds, cutStacks: 0 });
  return Buffer.from(tape.bytes);
}
