// `pyheap report callers`: sums of a function, its lines, its callers and its callees.

import { describe, expect, it } from "vitest";
import { randomIntegers } from "../../test/random.js";
import { type Place, reportOf } from "../../test/report-data.js";
import { callsOf } from "./calls.js";
import { traceCallers } from "./trace-callers.js";

const at = (name: string, line: number): Place => [name, "app.py", line];
const OPTIONS = { functions: 5, rows: 10, minShare: 0 };

describe("callers and callees", () => {
  it("of a function that calls itself count a stack once", () => {
    const { stacks } = reportOf([
      [100, at("main", 1), at("walk", 10), at("walk", 11), at("visit", 20)],
      [30, at("main", 1), at("walk", 11), at("walk", 12)],
      [7, at("other", 2), at("walk", 10), at("copy", 30), at("walk", 10)],
      [5, at("main", 1)],
    ]);
    const calls = callsOf(stacks, "end", "walk (app.py:1)");
    const list = (shares: typeof calls.lines) =>
      shares.map(({ frame: { function: f, line }, bytes }) => `${f.name}:${line} ${bytes}`);
    expect({ own: calls.own.bytes, total: calls.total.bytes }).toEqual({ own: 37, total: 137 });
    expect(list(calls.callers)).toEqual(["main:1 130", "other:2 7"]);
    expect(list(calls.callees)).toEqual(["visit:1 100"]);
    expect(list(calls.lines)).toEqual(["walk:11 100", "walk:12 30", "walk:10 7"]);
  });

  it("add up, in random stacks", () => {
    for (let seed = 1; seed <= 50; seed++) {
      const random = randomIntegers(seed);
      const made = Array.from({ length: 30 }, (): [number, ...Place[]] => {
        const frames = Array.from({ length: 1 + random(8) }, () => at("fgh"[random(3)] ?? "", 1 + random(3)));
        return [1 + random(50), ...frames];
      });
      const { stacks } = reportOf(made);
      const { own, total, lines, callers, callees } = callsOf(stacks, "end", "f (app.py:1)");
      const sum = (list: readonly { bytes: number }[]) => list.reduce((all, { bytes }) => all + bytes, 0);
      const having = (test: (names: string[]) => boolean) =>
        made.reduce((all, [bytes, ...frames]) => (test(frames.map(([name]) => name)) ? all + bytes : all), 0);
      expect(total.bytes).toBe(having((names) => names.includes("f")));
      expect(own.bytes).toBe(having((names) => names.at(-1) === "f"));
      expect(sum(callers)).toBe(having((names) => names.indexOf("f") > 0));
      expect(sum(callees) + own.bytes).toBe(total.bytes);
      expect(sum(lines)).toBe(total.bytes);
    }
  });

  it("are shown of each function that matches", () => {
    const report = reportOf([
      [3000, at("main", 1), at("load", 10)],
      [1000, at("main", 2), at("load", 11), at("parse", 20)],
    ]);
    expect(traceCallers(report, { ...OPTIONS, pattern: /^load/iu })).toBe(`app.py  live after 1.0 s: 3.9 KiB in 2 blocks

load (app.py:1)  total 3.9 KiB 100 %, own 2.9 KiB 75 %, 1 block
  called from
  2.9 KiB  75 %  1  main app.py:1
   1000 B  25 %  1  main app.py:2
  in its lines
  2.9 KiB  75 %  1  load app.py:10
   1000 B  25 %  1  load app.py:11
  calls
  1000 B  25 %  1  parse app.py:1
`);
    expect(traceCallers(report, { ...OPTIONS, pattern: /nope/iu })).toMatch(
      /\n {2}No function with allocations matches nope\.\n/,
    );
  });
});
