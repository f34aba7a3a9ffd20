// Numbers, sizes, times and names in the form that reports show.

import { describe, expect, it } from "vitest";
import { bytes, exactBytes, signedBytes } from "./bytes.js";
import { count, counted, percent, shortCount, signedCount } from "./numbers.js";
import { instant, instantIn, seconds, stretch } from "./time.js";

describe("sizes", () => {
  it.each([
    [0, "0 B"],
    [-0.4, "0 B"],
    [811.6, "812 B"],
    [1023, "1023 B"],
    [1023.6, "1.0 KiB"],
    [1024, "1.0 KiB"],
    [1024 * 1023.94, "1023.9 KiB"],
    [1024 * 1023.96, "1.0 MiB"],
    [-3 * 2 ** 20, "-3.0 MiB"],
    [3.5 * 2 ** 20, "3.5 MiB"],
    [4 * 2 ** 30, "4.0 GiB"],
    [2 ** 52, "4096.0 TiB"],
  ])("%d", (n, text) => {
    expect(bytes(n)).toBe(text);
  });

  it("have a sign where they differ, and as many decimals with either", () => {
    expect([-3 * 2 ** 20, 0, 3 * 2 ** 20, 0.3].map(signedBytes)).toEqual(["-3.0 MiB", "0 B", "+3.0 MiB", "0 B"]);
  });

  it("are exact where a class is named", () => {
    expect([512, 1024, 1536, 2 ** 31].map(exactBytes)).toEqual(["512 B", "1 KiB", "1536 B", "2 GiB"]);
  });
});

describe("counts", () => {
  it("agree with what they count", () => {
    expect([0, 1, 1.2, 2, -1, 1234].map((n) => counted(n, "block"))).toEqual([
      "0 blocks",
      "1 block",
      "1 block",
      "2 blocks",
      "-1 block",
      "1,234 blocks",
    ]);
    expect(counted(2, "entry", "entries")).toBe("2 entries");
  });

  it("are short in a sentence", () => {
    expect([0, 9_999, 59_345, 301_212, 999_700, 14_400_000, 2e9].map(shortCount)).toEqual([
      "0",
      "9,999",
      "59.3 k",
      "301 k",
      "1.0 M",
      "14.4 M",
      "2.0 G",
    ]);
  });

  it("have a sign where they differ", () => {
    expect([-1200, -0.2, 0, 7].map(signedCount)).toEqual(["-1,200", "0", "0", "+7"]);
    expect([-0.2, 1e6].map(count)).toEqual(["0", "1,000,000"]);
  });

  it("are shares of a whole", () => {
    expect([percent(1, 1000), percent(0, 5), percent(5, 0), percent(2, 3), percent(-0.001, 1)]).toEqual([
      "<1 %",
      "0 %",
      "0 %",
      "67 %",
      "0 %",
    ]);
  });
});

describe("times", () => {
  it("have the precision that is worth something", () => {
    expect([0, 0.0004, 0.031, 0.12, 7.44, 83.2].map(seconds)).toEqual([
      "0.00 s",
      "0.4 ms",
      "31 ms",
      "0.12 s",
      "7.4 s",
      "83 s",
    ]);
    expect([4200, 482_000, 5_230_000, 83_100_000].map(instant)).toEqual(["4.2 ms", "0.482 s", "5.23 s", "83.1 s"]);
    expect([instantIn(5_231_234, 2000), instantIn(5_231_234, 10_000_000), instantIn(31_234, 2000)]).toEqual([
      "5.23123 s",
      "5.23 s",
      "31.23 ms",
    ]);
    expect(stretch(1_579_100, 1_582_300)).toBe("1.5791 s to 1.5823 s");
    expect(stretch(4_900_000, 5_410_000)).toBe("4.90 s to 5.41 s");
  });
});
