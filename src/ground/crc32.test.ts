// The checksum is zlib's.

import { crc32 as zlib } from "node:zlib";
import { expect, it } from "vitest";
import { crc32 } from "./crc32.js";

it("is zlib's, of any length and after any bytes, before and after zlib is loaded", () => {
  const bytes = Uint8Array.from({ length: 2 ** 16 }, (_, k) => (k * 2654435761) >>> 13);
  for (let round = 0; round < 40; round++) {
    for (let length = 0; length < 20; length++) {
      const some = bytes.subarray(round, round + length);
      expect(crc32(some, crc32(bytes.subarray(0, round)))).toBe(zlib(bytes.subarray(0, round + length)));
    }
    expect(crc32(bytes, round)).toBe(zlib(bytes, round));
  }
});
