// Numbers in a trace: they are read as they were written, up to the largest.

import { describe, expect, it } from "vitest";
import { BrokenContent, ByteReader, ByteWriter } from "./bytes.js";

describe("numbers in bytes", () => {
  it("are read as they were written, up to the largest", () => {
    const out = new ByteWriter();
    const all = [0, 1, 127, 128];
    for (let power = 8; power <= 53; power++) all.push(2 ** power - 1, ...(power < 53 ? [2 ** power] : []));
    for (const value of all) out.number(value);
    const signed = all.filter((value) => value < 2 ** 52).flatMap((value) => [value, -value]);
    for (const value of signed) out.signed(value);
    const from = new ByteReader(out.written);
    for (const value of all) expect(from.number()).toBe(value);
    for (const value of signed) expect(from.signed() + 0).toBe(value + 0);
    expect(from.atEnd).toBe(true);
  });

  it.each([
    ["too long", [255, 255, 255, 255, 255, 255, 255, 255, 1]],
    ["too large", [255, 255, 255, 255, 255, 255, 255, 127]],
    ["cut", [255, 255]],
  ])("are refused: %s", (_, bytes) => {
    expect(() => new ByteReader(Uint8Array.from(bytes)).number()).toThrow(BrokenContent);
  });
});
