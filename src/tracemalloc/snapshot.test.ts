// Snapshots: statistics, differences, filters, and their form as JSON.

import { describe, expect, it } from "vitest";
import { DomainFilter, Filter } from "./filter.js";
import { Snapshot, type Trace } from "./snapshot.js";
import { Traceback } from "./traceback.js";

const back = (...places: string[]) =>
  new Traceback(
    places.map((place) => {
      const [filename = "", lineno] = place.split(":");
      return { filename, lineno: Number(lineno), name: "f" };
    }),
    places.length,
  );
const trace = (size: number, count: number, places: string[], domain: Trace["domain"] = "mem"): Trace => ({
  size,
  count,
  domain,
  traceback: back(...places),
});

describe("a snapshot", () => {
  const old = new Snapshot([trace(100, 1, ["m.py:1", "a.py:5"]), trace(50, 2, ["m.py:2"], "raw")], 25);
  const now = new Snapshot(
    [
      trace(10, 1, ["m.py:1", "r.py:3", "r.py:3", "a.py:5"]),
      trace(10, 1, ["m.py:1", "a.py:6"], "object"),
      trace(400, 4, ["m.py:9", "lib/b.py:1"]),
    ],
    25,
  );
  const rows = (list: readonly { traceback: Traceback; size: number; count: number }[]) =>
    list.map(({ traceback, size, count }) => `${traceback} ${size} ${count}`);

  it("sums up by line, file and traceback", () => {
    expect(rows(now.statistics("lineno"))).toEqual(["lib/b.py:1 400 4", "a.py:6 10 1", "a.py:5 10 1"]);
    expect(rows(now.statistics("filename"))).toEqual(["lib/b.py:0 400 4", "a.py:0 20 2"]);
    expect(now.statistics("traceback")[0]?.traceback.format()).toEqual([
      '  File "m.py", line 9, in f',
      '  File "lib/b.py", line 1, in f',
    ]);
    expect(now.statistics("traceback")[0]?.traceback.format({ mostRecentFirst: true })[0]).toContain("lib/b.py");
  });

  it("sums up what is on a stack, once for each block", () => {
    expect(rows(now.statistics("lineno", { cumulative: true }))).toEqual([
      "m.py:9 400 4",
      "lib/b.py:1 400 4",
      "m.py:1 20 2",
      "r.py:3 10 1",
      "a.py:6 10 1",
      "a.py:5 10 1",
    ]);
    expect(rows(now.statistics("filename", { cumulative: true }))[0]).toBe("m.py:0 420 6");
    expect(() => now.statistics("traceback", { cumulative: true })).toThrow("Cannot make cumulative statistics");
  });

  it("says a statistic in a line, as Python does", () => {
    expect(String(now.statistics("lineno")[0])).toBe("lib/b.py:1: size=400 B, count=4, average=100 B");
    expect(now.compareTo(old, "lineno").map(String)).toContain("a.py:5: size=10 B (-90 B), count=1 (+0), average=10 B");
    expect(now.compareTo(old, "lineno").map(String)).toContain("m.py:2: size=0 B (-50 B), count=0 (-2)");
  });

  it("says what changed, most first", () => {
    const diffs = now.compareTo(old, "lineno");
    expect(
      diffs.map(({ traceback, sizeDiff, countDiff, size }) => [`${traceback}`, sizeDiff, countDiff, size]),
    ).toEqual([
      ["lib/b.py:1", 400, 4, 400],
      ["a.py:5", -90, 0, 10],
      ["m.py:2", -50, -2, 0],
      ["a.py:6", 10, 1, 10],
    ]);
    expect(now.compareTo(now, "traceback").every(({ sizeDiff, countDiff }) => sizeDiff === 0 && countDiff === 0)).toBe(
      true,
    );
  });

  it.each([
    ["a file", [new Filter(true, "a.py")], [10, 10]],
    ["a pattern", [new Filter(true, "*/[a-c]?py")], [400]],
    ["a pattern with a set that is left out", [new Filter(true, "[!a].py")], []],
    ["without a file", [new Filter(false, "a.py")], [400]],
    ["a line", [new Filter(true, "a.py", { lineno: 6 })], [10]],
    ["all frames", [new Filter(true, "r.py", { allFrames: true })], [10]],
    ["without any frame in", [new Filter(false, "r.py", { allFrames: true })], [10, 400]],
    ["a domain", [new DomainFilter(true, "object")], [10]],
    ["all but a domain", [new DomainFilter(false, "mem")], [10]],
    ["a file in a domain", [new Filter(true, "*", { domain: "mem" })], [10, 400]],
    ["not a file in a domain", [new Filter(false, "*.py", { domain: "mem" })], [10]],
    ["some of one and none of another", [new Filter(true, "*.py"), new Filter(false, "lib/*")], [10, 10]],
    ["one or another", [new Filter(true, "lib*"), new DomainFilter(true, "object")], [10, 400]],
    ["characters that mean something elsewhere", [new Filter(true, "(a|b).py")], []],
  ])("is filtered by %s", (_, filters, sizes) => {
    expect(now.filterTraces(filters).traces.map(({ size }) => size)).toEqual(sizes);
  });

  it("is kept as text, and read again", () => {
    const read = Snapshot.load(now.dump());
    expect(read).toEqual(now);
    expect(read.compareTo(now, "traceback").every(({ sizeDiff }) => sizeDiff === 0)).toBe(true);
    for (const text of ["", "{}", "[1]", "null", '{"version":1}', '{"version":1,"traces":[{}],"tracebackLimit":1}']) {
      expect(() => Snapshot.load(text)).toThrow("Cannot load a snapshot");
    }
  });
});
