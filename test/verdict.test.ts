// Whether a benchmark's row became worse, as `npm run bench:compare` says.

import { expect, it } from "vitest";
import { verdict } from "../scripts/verdict.mjs";

it("is worse if all values are higher, and better if all are lower", () => {
  expect(verdict([1, 1.1, 1.05], [1.2, 1.3, 1.25])).toBe("WORSE");
  expect(verdict([1.2, 1.3, 1.25], [1, 1.1, 1.05])).toBe("better");
});

it("is the other way round for a row that is to be at least its goal", () => {
  expect(verdict([1, 1.1, 1.05], [1.2, 1.3, 1.25], true)).toBe("better");
  expect(verdict([1.2, 1.3, 1.25], [1, 1.1, 1.05], true)).toBe("WORSE");
});

it("is nothing if values overlap, or differ by 2 % or less", () => {
  expect(verdict([1, 1.3, 1.2], [1.25, 1.4, 1.3])).toBe("");
  expect(verdict([1, 1, 1], [1.015, 1.015, 1.015], true)).toBe("");
});
