// Which stacks a report shows: filters, hidden frames, depth, and small shares.

import { describe, expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { type Place, reportOf, shownStacks } from "../../test/report-data.js";
import { isImport } from "./selection.js";

const at = (name: string, line = 1, file = "app.py"): Place => [name, file, line];
const IMPORT: Place = ["_find_and_load", "<frozen importlib._bootstrap>", 9];

describe("what a report shows", () => {
  const stacks = [
    [100, at("main"), at("load"), at("parse")],
    [30, at("main"), IMPORT, ["<module>", "json/__init__.py", 3]],
    [20, at("main"), IMPORT],
    [5, at("main"), at("save")],
    [1],
  ] as const;

  it("is everything, unless something is asked for", () => {
    expect(shownStacks(reportOf(stacks))).toEqual([
      "main;load;parse 100",
      "main;_find_and_load;<module> 30",
      "main;_find_and_load 20",
      "main;save 5",
      " 1",
    ]);
  });

  it("is only stacks with a function whose name or file matches", () => {
    const { stacks: chosen } = reportOf(stacks, { filter: /json/iu });
    expect(chosen.sum).toEqual({ bytes: 30, count: 1 });
    expect(shownStacks(reportOf(stacks, { filter: /^load|outside/iu }))).toEqual(["main;load;parse 100", " 1"]);
    expect(shownStacks(reportOf(stacks, { filter: /nothing/ }))).toEqual([]);
  });

  it("counts the memory of hidden frames as the caller's", () => {
    expect(shownStacks(reportOf(stacks, { hide: isImport }))).toEqual([
      "main;load;parse 100",
      "main;<module> 30",
      "main 20",
      "main;save 5",
      " 1",
    ]);
    expect(shownStacks(reportOf([[7, IMPORT, IMPORT]], { hide: isImport }))).toEqual([" 7"]);
  });

  it("puts calls with few bytes together", () => {
    const small = [
      [100, at("main"), at("a")],
      [2, at("main"), at("b"), at("c")],
      [3, at("main"), at("d")],
    ] as const;
    expect(shownStacks(reportOf(small, { minShare: 0.1 }))).toEqual(["main;a 100", "main;smaller calls 5"]);
  });

  it("keeps both ends of deep stacks", () => {
    const deep = (...names: string[]) => [1, ...names.map((name) => at(name))] as const;
    const report = reportOf([deep("a", "b", "c", "d", "e", "f"), deep("a", "b", "c", "d", "e"), deep("a", "b")], {
      maxDepth: 5,
    });
    expect(shownStacks(report)).toEqual(["a;b;c;frames left out;e;f 1", "a;b;c;d;e 1", "a;b 1"]);
    expect(report.stacks.cut).toBe(1);
    expect(shownStacks(reportOf([deep("a", "b", "c")], { maxDepth: 1 }))).toEqual(["a;frames left out 1"]);
  });

  it("adds up, whatever is left out: random stacks, compared with lists of names", () => {
    for (let seed = 1; seed <= 60; seed++) {
      const random = randomIntegers(seed);
      const names = ["main", "load", "find", "<module>"];
      const made = Array.from({ length: 40 }, (): [number, ...Place[]] => {
        const frames = Array.from({ length: random(9) }, () => at(names[random(4)] ?? "", 1 + random(2)));
        return [1 + random(100), ...frames];
      });
      const maxDepth = 1 + random(8);
      const [filter, hide] = [random(2) ? /load/ : undefined, random(2) ? "find" : ""];
      const expected = new Map<string, number>();
      for (const [bytes, ...frames] of made) {
        if (filter && !frames.some(([name]) => filter.test(name))) continue;
        let shown = frames.map(([name]) => name).filter((name) => name !== hide);
        if (shown.length > maxDepth) {
          const [outer, inner] = [Math.ceil(maxDepth / 2), Math.floor(maxDepth / 2)];
          shown = [...shown.slice(0, outer), "frames left out", ...shown.slice(shown.length - inner)];
        }
        const key = shown.join(";");
        expected.set(key, (expected.get(key) ?? 0) + bytes);
      }
      const report = reportOf(made, { filter, maxDepth, hide: ({ name }) => name === hide });
      const sums = new Map<string, number>();
      for (const row of shownStacks(report)) {
        const [, key = "", bytes] = /^(.*) (\d+)$/.exec(row) ?? [];
        sums.set(key, (sums.get(key) ?? 0) + Number(bytes));
      }
      expect(sums, `seed ${seed}`).toEqual(expected);
      expect(report.stacks.sum.bytes).toBe([...expected.values()].reduce((a, b) => a + b, 0));
    }
  });
});
