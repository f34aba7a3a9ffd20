// A value is made once, however many ask for it; what could not be made is tried again.

import { expect, it } from "vitest";
import { Remembered } from "./remembered.js";

it("makes a value once for each key, also for callers at the same time", async () => {
  const values = new Remembered<string, object>();
  let made = 0;
  const make = async () => ({ number: ++made });
  const [a, again, b] = await Promise.all([values.get("a", make), values.get("a", make), values.get("b", make)]);
  expect([a, b]).toEqual([{ number: 1 }, { number: 2 }]);
  expect(again).toBe(a);
  expect(await values.get("a", make)).toBe(a);
});

it("tries again after a failure, which all who waited for it are told", async () => {
  const values = new Remembered<string, string>();
  const fail = async () => {
    throw new RangeError("no memory");
  };
  const waiting = [values.get("a", fail), values.get("a", async () => "not asked")];
  for (const each of waiting) await expect(each).rejects.toThrow("no memory");
  expect(await values.get("a", async () => "there")).toBe("there");
});
