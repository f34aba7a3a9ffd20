// The slope of a series of measurements: of leaks, of caches that fill, and of noise.

import { describe, expect, it } from "vitest";
import { randomNumbers, SEED } from "../../test/random.js";
import { type Confidence, slopeOf } from "./slope.js";

const series = (value: (k: number) => number, n = 20) => Array.from({ length: n }, (_, k) => value(k));

describe("the slope of a series", () => {
  it("is what a steady leak adds each time, also if it comes in steps", () => {
    expect(
      slopeOf(
        series((k) => 1000 + 64 * k),
        0.99,
      ),
    ).toEqual({ value: 64, least: 64, most: 64 });
    const steps = slopeOf(
      series((k) => 256 * Math.floor(k / 4)),
      0.99,
    );
    expect(steps.value).toBeCloseTo(64, -1);
    expect(steps.least).toBeGreaterThan(0);
  });

  it("is 0 if the values grow only at first, or once", () => {
    expect(
      slopeOf(
        series((k) => 5000 * Math.min(k, 8)),
        0.99,
      ),
    ).toMatchObject({ least: 0 });
    expect(
      slopeOf(
        series((k) => (k > 11 ? 100_000 : 0)),
        0.99,
      ).least,
    ).toBe(0);
    expect(
      slopeOf(
        series(() => 7),
        0.95,
      ),
    ).toEqual({ value: 0, least: 0, most: 0 });
  });

  it.each([
    [0.95, 0.05],
    [0.99, 0.01],
  ] as const)(`has an interval that covers the truth as often as it says: %s (seed ${SEED})`, (confidence, misses) => {
    const random = randomNumbers(SEED);
    const COUNT = 4000;
    const covered = Array.from({ length: COUNT }, () => {
      // Noise that is not normal: now and then a value is far away.
      const noise = () => (random() < 0.1 ? 5000 * random() : 100 * random());
      const { least, most } = slopeOf(
        series((k) => 10 * k + noise()),
        confidence as Confidence,
      );
      return least <= 10 && 10 <= most;
    });
    const share = covered.filter(Boolean).length / COUNT;
    // Six standard deviations of such a share: this fails once in 10^9 seeds.
    const slack = 6 * Math.sqrt((misses * (1 - misses)) / COUNT);
    expect(share).toBeGreaterThan(1 - misses - slack);
  });
});
