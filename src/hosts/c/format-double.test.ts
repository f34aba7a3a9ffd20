// printf's doubles: compared with C's results, and with JavaScript's where both are the same.

import { describe, expect, it } from "vitest";
import { randomNumbers } from "../../../test/random.js";
import { formatDouble } from "./format-double.js";

describe("formatDouble", () => {
  it("rounds halves to even, from the exact value", () => {
    expect([0.5, 1.5, 2.5, 0.125, 0.375].map((x) => formatDouble(x, "f", x < 0.4 ? 2 : 0, false))).toEqual([
      ...["0", "2", "2", "0.12", "0.38"],
    ]);
    expect(formatDouble(1.005, "f", 2, false)).toBe("1.00");
    expect(formatDouble(9.5, "e", 0, false)).toBe("1e+01");
    expect(formatDouble(8.5, "e", 0, false)).toBe("8e+00");
  });

  it("agrees with JavaScript where that rounds exactly too", () => {
    const random = randomNumbers(4711);
    for (let k = 0; k < 2000; k++) {
      const value = random() * 10 ** Math.floor(random() * 40 - 20);
      const precision = Math.floor(random() * 18);
      const [digits = "", power = ""] = value.toExponential(precision).split("e");
      // JavaScript rounds a value in the middle between two away from zero, so these are not compared.
      const isTie = (rest: string) => /^50*$/.test(rest);
      const padded = `${digits}e${power[0]}${power.slice(1).padStart(2, "0")}`;
      const figures = value.toExponential(100).replace(/e.*|\./g, "");
      if (!isTie(figures.slice(precision + 1))) {
        expect(formatDouble(value, "e", precision, false), `${value} ${precision}`).toBe(padded);
      }
      const rest = value.toFixed(100).split(".")[1]?.slice(precision) ?? "";
      if (value < 1e21 && !isTie(rest))
        expect(formatDouble(value, "f", precision, false)).toBe(value.toFixed(precision));
      expect(Number(formatDouble(value, "g", 17, false))).toBe(value);
    }
  });

  it("has capitals, and keeps zeros where it is asked to", () => {
    expect(formatDouble(1e-10, "E", 1, false)).toBe("1.0E-10");
    expect(formatDouble(100, "g", 6, true)).toBe("100.000");
    expect(formatDouble(0, "g", 0, true)).toBe("0.");
    expect(formatDouble(1e100, "g", 3, false)).toBe("1e+100");
  });
});
