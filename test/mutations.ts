// Randomly broken traces, for tests of the reader and for npm run fuzz.

import { crc32 } from "../src/ground/crc32.js";
import { Heap, type TraceOptions } from "../src/index.js";
import { BLOCK_HEADER, FILE_HEADER } from "../src/trace/format.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

export interface SampleOptions extends Omit<TraceOptions, "write"> {
  /** The number of blocks that are allocated before the recording, and are only counted. */
  readonly startSteps?: number;
  /** The steps of the program; the default is 4000. */
  readonly steps?: number;
}

/** A small trace of a random program with every kind of event. */
export async function sampleTrace({ steps = 4000, startSteps = 0, ...options }: SampleOptions = {}): Promise<{
  bytes: Uint8Array;
  events: number;
  liveBytes: number;
}> {
  const heap = await Heap.create();
  const tape = new Tape();
  const start = startSteps > 0 ? heap.tallyStart() : undefined;
  for (let k = 0; k < startSteps; k++) {
    const block = heap.malloc(8 * k);
    if (k % 3 === 0) heap.free(block);
  }
  const recorder = heap.trace({ write: tape.write, command: ["sample"], start, ...options });
  const random = randomIntegers(42);
  const live: { block: ReturnType<typeof heap.malloc>; size: number }[] = [];
  let events = 0;
  for (let k = 0; k < steps; k++) {
    const size = random(k % 50 === 0 ? 100_000 : 600);
    const kind = random(10);
    const index = random(live.length);
    const chosen = live[index];
    events++;
    if (kind < 4 || !chosen) {
      live.push({ block: kind === 0 ? heap.mem.calloc(1, size) : heap.malloc(size), size });
    } else if (kind < 6) {
      live[index] = { block: heap.realloc(chosen.block, size), size };
    } else {
      heap.free(chosen.block);
      live.splice(index, 1);
    }
    if (k % 500 === 0) recorder.flush();
  }
  recorder.stop();
  return { bytes: tape.bytes, events, liveBytes: live.reduce((sum, { size }) => sum + size, 0) };
}

/** The trace with some bytes changed, overwritten by others, removed, or cut off. With an even seed, its checksums are corrected. */
export function mutate(bytes: Uint8Array, seed: number): Uint8Array {
  const random = randomIntegers(seed);
  let mutant = bytes.slice();
  for (let changes = 1 + random(8); changes > 0; changes--) {
    const at = random(mutant.length);
    const kind = random(8);
    if (kind < 5) mutant[at] = kind === 0 ? 255 : random(256);
    else if (kind === 5) mutant = mutant.slice(0, at + 1);
    else if (kind === 6) mutant.copyWithin(at, random(mutant.length), random(mutant.length));
    else mutant = Uint8Array.from([...mutant.subarray(0, at), ...mutant.subarray(at + random(20))]);
  }
  if (seed % 2 === 0) mend(mutant);
  return mutant;
}

/** Corrects every checksum, as far as there are blocks. */
function mend(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  for (let at = FILE_HEADER; at + BLOCK_HEADER <= bytes.length; ) {
    const length = view.getUint32(at + 4, true);
    const content = bytes.subarray(at + BLOCK_HEADER, at + BLOCK_HEADER + length);
    view.setUint32(at + 8, crc32(content, crc32(bytes.subarray(at, at + 8))), true);
    at += BLOCK_HEADER + length;
  }
}
