// The reader: complete parts are read, damage is reported, for any bytes.

import { describe, expect, it } from "vitest";
import { crc32 } from "../src/ground/crc32.js";
import { analyse } from "../src/trace/analysis.js";
import { BLOCK, BLOCK_HEADER, FILE_HEADER } from "../src/trace/format.js";
import { TraceError } from "../src/trace/reader.js";
import { TraceWriter } from "../src/trace/writer.js";
import { recordings, survive } from "./broken-traces.js";
import { mutate, sampleTrace } from "./mutations.js";
import { SEED } from "./random.js";

/** The bytes with one byte changed. */
function changed(bytes: Uint8Array, index: number, byte: number): Uint8Array {
  const copy = bytes.slice();
  copy[index] = byte;
  return copy;
}

describe("crc32", () => {
  it("is zlib's", () => {
    const text = new TextEncoder().encode("123456789");
    expect(crc32(text)).toBe(0xcbf43926);
    expect(crc32(text.subarray(4), crc32(text.subarray(0, 4)))).toBe(0xcbf43926);
    expect(crc32(new Uint8Array(0))).toBe(0);
  });
});

describe("a trace", async () => {
  const { bytes, events, liveBytes } = await sampleTrace();
  const read = (all: Uint8Array) => analyse([all], "app.trace");

  it("is read whole", async () => {
    const { analysis, summary } = await read(bytes);
    expect(summary).toMatchObject({ problem: undefined, events, metadata: { command: ["sample"] } });
    expect(analysis.figures.liveBytes).toBe(liveBytes);
    expect(summary.end?.duration).toBeGreaterThan(0);
  });

  it("is read alike in chunks of any size", async () => {
    const chunks = (size: number) =>
      Array.from({ length: Math.ceil(bytes.length / size) }, (_, k) => bytes.subarray(k * size, (k + 1) * size));
    for (const size of [1, 7, 1000, 65536]) {
      const { analysis, summary } = await analyse(chunks(size), "app.trace");
      expect(summary.problem).toBeUndefined();
      expect(analysis.figures.liveBytes).toBe(liveBytes);
    }
  });

  it("is read up to the last whole block, wherever it ends", async () => {
    const starts = [];
    for (let at = FILE_HEADER; at < bytes.length; ) {
      starts.push(at);
      at += BLOCK_HEADER + new DataView(bytes.buffer, bytes.byteOffset).getUint32(at + 4, true);
    }
    const first = starts[1] ?? 0;
    for (let length = 0; length < bytes.length; length += 1 + (length >> 5)) {
      if (length < first) {
        await expect(read(bytes.subarray(0, length))).rejects.toThrow(TraceError);
        continue;
      }
      const { summary } = await read(bytes.subarray(0, length));
      const whole = starts.filter((start) => start <= length).length - 1;
      expect(summary.blocks, `${length} bytes`).toBe(whole);
      expect(summary.problem).toMatch(
        starts.includes(length)
          ? /not ended in order: [^.]*$/
          : /not ended in order: .*\. The file ends in the middle of block \d+, at byte \d+$/,
      );
    }
  });

  it("says which block is broken", async () => {
    const broken = bytes.slice();
    broken[broken.length >> 1] = (broken[broken.length >> 1] ?? 0) ^ 1;
    const { summary } = await read(broken);
    expect(summary.problem).toMatch(/^Block \d+, at byte \d+, can't be read: its checksum is wrong$/);
    expect(summary.events).toBeLessThan(events);
  });

  it.each([
    ["nothing", new Uint8Array(0), "Cannot read app.trace: it is empty: the recording never began"],
    ["text", new TextEncoder().encode("import sys\nprint(sys.argv)\n"), "it is not a trace of pyheap"],
    ["a newer version", changed(bytes, 8, 9), "its format is version 9, this pyheap reads 1 to 5"],
    ["no metadata", changed(bytes, FILE_HEADER, BLOCK.events), "its first block, at byte 12, is broken"],
  ])("is refused: %s", async (_, content, message) => {
    await expect(read(content)).rejects.toThrow(message);
  });

  it.each([0.5, -1, 2 ** 27, Number.NaN])("is refused if it claims to have a sample every %s bytes", async (sample) => {
    const blocks: Uint8Array[] = [];
    const metadata = { command: [], started: "", stacks: "python", sample } as const;
    new TraceWriter((block) => blocks.push(block.slice()), metadata);
    await expect(analyse(blocks, "app.trace")).rejects.toThrow("a field of its metadata is missing or wrong");
  });

  it(`never crashes or hangs the reader, mutated: 3000 files, half of them with right checksums (PYHEAP_SEED=${SEED})`, async () => {
    let refused = 0;
    let partly = 0;
    for (let k = 0; k < 3000; k++) {
      try {
        const { summary } = await read(mutate(bytes, SEED + k));
        if (summary.problem !== undefined) partly++;
      } catch (error) {
        expect(error, `seed ${SEED + k}`).toBeInstanceOf(TraceError);
        refused++;
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(partly).toBeGreaterThan(1000);
  });

  it(`can be broken, and all reports and exports survive: 600 recordings of every kind, through all reports and exports (PYHEAP_SEED=${SEED})`, async () => {
    const whole = await recordings();
    const survival = { files: 0, refused: 0, partly: 0 };
    for (let k = 0; k < 600; k++) await survive(whole, SEED + k, survival);
    expect(survival.refused).toBeGreaterThan(50);
    expect(survival.partly).toBeGreaterThan(100);
  });
});
