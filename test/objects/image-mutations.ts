// Heap images that are broken at random, for tests and for npm run fuzz: every other one has checksums that are right again, so that what is
// behind them is put to the test.

import { CHECKED } from "../../src/image/format.js";
import { ObjectCalls } from "../../src/objects/calls.js";
import { instantiateWhole, wholeModule } from "../../src/objects/module.js";
import { crc32 } from "../../src/trace/crc32.js";
import { randomNumbers } from "../mutations.js";

/** Where the header has what; src/image/format.ts says it. */
const [TEXT_BYTES, CHECKSUM, TEXT_CRC, HEADER_CRC, HEADER] = [16, 32, 40, 44, 48];

/** What sums up the memory of an image, as the heap does. */
export type Sum = (memory: Uint8Array) => bigint;

export async function makeSum(): Promise<Sum> {
  const memory = new WebAssembly.Memory({ initial: 64 });
  const table = new WebAssembly.Table({ element: "anyfunc", initial: 1 });
  const { functions } = instantiateWhole(await wholeModule(), memory, table, 0, new ObjectCalls());
  return (bytes) => {
    new Uint8Array(memory.buffer).set(bytes);
    let sum = 0n;
    for (let at = 0; at < bytes.length; at += CHECKED) {
      sum = functions.checksum(at, Math.min(CHECKED, bytes.length - at), sum);
    }
    return BigInt.asUintN(64, sum);
  };
}

/** The image with some bytes changed, cut out or added. */
export function mutate(image: Uint8Array, seed: number, sum: Sum): Uint8Array {
  const random = randomNumbers(seed);
  let mutant = image.slice();
  const memory = HEADER + new DataView(image.buffer, image.byteOffset).getUint32(TEXT_BYTES, true);
  for (let changes = 1 + random(4); changes > 0; changes--) {
    const where = random(20);
    const at =
      where === 0
        ? random(HEADER)
        : where < 3
          ? HEADER + random(memory - HEADER)
          : memory + random(mutant.length - memory);
    const kind = random(12);
    if (kind < 4) mutant[at] = random(256);
    else if (kind < 6) mutant[at] = (mutant[at] as number) ^ (1 << random(8));
    else if (kind < 9) changeWord(mutant, at & ~3, random);
    else if (kind === 9)
      mutant.copyWithin(at, memory + random(mutant.length - memory), memory + random(mutant.length - memory));
    else if (kind === 10) mutant.fill(random(2) * 255, at, at + random(64));
    else if (random(4) === 0) mutant = mutant.slice(0, at + 1);
  }
  if (seed % 2 === 0) mend(mutant, sum);
  return mutant;
}

/** A word becomes another: a small number, one near to what it was, or what stands somewhere else. */
function changeWord(mutant: Uint8Array, at: number, random: (bound: number) => number): void {
  if (at + 4 > mutant.length) return;
  const view = new DataView(mutant.buffer, mutant.byteOffset);
  const old = view.getUint32(at, true);
  const other = view.getUint32(random((mutant.length >> 2) - 1) << 2, true);
  view.setUint32(at, [random(16), old + 4 * (random(9) - 4), other, 0xffff_ffff][random(4)] as number, true);
}

/** The checksums are those of what is there. */
function mend(mutant: Uint8Array, sum: Sum): void {
  if (mutant.length < HEADER) return;
  const view = new DataView(mutant.buffer, mutant.byteOffset);
  const memory = HEADER + view.getUint32(TEXT_BYTES, true);
  if (memory > mutant.length) return;
  view.setBigUint64(CHECKSUM, sum(mutant.subarray(memory)), true);
  view.setUint32(TEXT_CRC, crc32(mutant.subarray(HEADER, memory)), true);
  view.setUint32(HEADER_CRC, crc32(mutant.subarray(0, HEADER_CRC)), true);
}
