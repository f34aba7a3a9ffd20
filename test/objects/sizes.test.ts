// Sizes near 32 bits and beyond: impossible sizes are refused at once, and possible ones work.

import { describe, expect, it } from "vitest";
import { Heap, MemoryError, type PyBytes, type PyInt, type PyStr } from "../../src/index.js";

const MIB = 2 ** 20;

describe("an int that no memory has room for", () => {
  const powers: readonly [number | bigint, bigint][] = [
    [2, 2n ** 70n],
    [2, 2n ** 3000n],
    [3, 10n ** 18n],
    [-2, 2n ** 40n],
    [99, 46121365199752341898594435536n],
    [2n ** 64n, 2n ** 35n],
    [3n ** 1000n, 2n ** 31n],
  ];

  it("that is a power: MemoryError before anything is multiplied", async () => {
    for (const limit of [64 * MIB, 2 ** 32]) {
      const heap = await Heap.create({ limit });
      for (const [a, b] of powers) {
        expect(() => heap.binary(a, "**", b), `${a} ** ${b}`).toThrow(MemoryError);
        expect(() => heap.pow(a, b, null), `pow(${a}, ${b}, None)`).toThrow(MemoryError);
      }
      heap.check();
    }
  });

  it("that is a power: MemoryError if the last step does not fit within a limit", async () => {
    const heap = await Heap.create({ limit: MIB });
    const { reserved } = heap;
    expect(() => heap.binary(3, "**", 10_000_000)).toThrow(MemoryError);
    expect(() => heap.binary(2, "**", 8 * MIB)).toThrow(MemoryError);
    expect(heap.binary(2, "**", 100_000)).toBe(2n ** 100_000n);
    heap.release();
    expect(heap.reserved).toBe(reserved);
  });

  it("powers of 0, 1 and -1, and powers with a modulus, have results", async () => {
    const heap = await Heap.create({ limit: 4 * MIB });
    const most = 2n ** 3000n;
    expect([0, 1, -1].map((a) => heap.binary(a, "**", most))).toEqual([0, 1, 1]);
    expect(heap.binary(-1, "**", most + 1n)).toBe(-1);
    expect(heap.pow(7, most, 1000)).toBe(Number(modulo(7n, most, 1000n)));
  });

  it("that is shifted to the left: an error; to the right, any int can be shifted", async () => {
    const heap = await Heap.create({ limit: 64 * MIB });
    for (const bits of [2n ** 34n, 2n ** 62n, 2n ** 64n, 2n ** 200n]) {
      expect(() => heap.binary(1, "<<", bits)).toThrow("too many digits in integer");
      expect([heap.binary(2n ** 100n, ">>", bits), heap.binary(-(2n ** 100n), ">>", bits)]).toEqual([0, -1]);
      expect([heap.binary(12, ">>", bits), heap.binary(-12, ">>", bits), heap.binary(0, "<<", bits)]).toEqual([
        0, -1, 0,
      ]);
    }
    for (const bits of [2n ** 31n - 1n, 2n ** 31n, 2n ** 32n])
      expect(() => heap.binary(1, "<<", bits)).toThrow(MemoryError);
    heap.check();
  });
});

function modulo(base: bigint, exponent: bigint, modulus: bigint): bigint {
  let result = 1n;
  for (let e = exponent, b = base % modulus; e > 0n; e >>= 1n, b = (b * b) % modulus) {
    if (e & 1n) result = (result * b) % modulus;
  }
  return result;
}

it("an int of more than 2^32 bits works", async () => {
  const heap = await Heap.create({ policy: false });
  const bits = 2n ** 32n + 7n;
  const large = heap.exact(() => heap.binary(1, "<<", bits)) as unknown as PyInt;
  expect(large.bitLength).toBe(Number(bits) + 1);
  expect(heap.binary(large, ">>", 2n ** 32n)).toBe(128);
  expect(heap.compare(large, ">", 1e308)).toBe(true);
  expect(heap.compare(large, "<", 128)).toBe(false);
  expect(() => heap.binary(large, "/", 1)).toThrow("integer division result too large for a float");
  expect(heap.binary(1, "/", large)).toBe(0);
  expect(() => heap.binary(large, "+", 0.5)).toThrow("int too large to convert to float");
  large.release();
  heap.check();
});

describe("a sequence that no memory has room for", () => {
  it("is refused at once, whatever its items are", async () => {
    const heap = await Heap.create({ limit: 2 ** 32 });
    const values = [heap.list([1, 2, 3]), heap.tuple([1, 2, 3]), "abc", "ab\u20ac", heap.from(new Uint8Array(3))];
    for (const value of values) {
      for (const count of [2 ** 30, 2 ** 31 - 1, Math.floor(2 ** 32 / 3), 2 ** 29]) {
        if (count === 2 ** 29 && typeof value === "string") continue;
        if (count === 2 ** 29 && value === values.at(-1)) continue;
        expect(() => heap.binary(value, "*", count), `${heap.repr(value)} * ${count}`).toThrow(MemoryError);
      }
      expect(() => heap.binary(value, "*", 2n ** 31n)).toThrow("cannot fit 'int' into an index-sized integer");
      expect(() => heap.binary(value, "*", 2n ** 64n)).toThrow("cannot fit 'int' into an index-sized integer");
    }
    const list = heap.list([1, 2, 3]);
    expect(() => list.repeat(2 ** 30)).toThrow(MemoryError);
    expect([...list]).toEqual([1, 2, 3]);
    heap.check();
  });

  it("is refused as an instance, and as a typed block", async () => {
    const heap = await Heap.create();
    for (const items of ["object", "uint8", "float64"] as const) {
      const type = heap.type(`Row_${items}`, { items });
      for (const count of [2 ** 31 - 1, 2 ** 31, 2 ** 32 - 1]) expect(() => type.new({}, count)).toThrow(MemoryError);
      expect(() => type.new({}, 2 ** 32)).toThrow(RangeError);
    }
    for (const length of [2 ** 28, 2 ** 31, 2 ** 32 + 1])
      expect(() => heap.new("float64", length)).toThrow(MemoryError);
    heap.check();
  });
});

it("a str and bytes of more than 2^29 items work", async () => {
  const heap = await Heap.create({ policy: false });
  const n = 2 ** 29 + 100;
  const text = heap.exact(() => heap.binary("x", "*", n)) as unknown as PyStr;
  expect([text.length, text.sizeof]).toEqual([n, n + 21]);
  expect([text.getItem(-1), text.slice(n - 2), text.at(n)]).toEqual(["x", "xx", undefined]);
  expect([
    text.indexOf("y", n - 5),
    text.indexOf("x", n - 1),
    text.indexOf("x", n),
    text.indexOf("x", 2 ** 32),
  ]).toEqual([-1, n - 1, -1, -1]);
  text.release();
  const bytes = heap.exact(() => heap.binary(heap.from(Uint8Array.of(7)), "*", n)) as unknown as PyBytes;
  expect([bytes.length, bytes.getItem(-1), bytes.slice(n - 3).length]).toEqual([n, 7, 3]);
  bytes.release();
  heap.check();
});
