// Matching two traces: functions and lines that moved between two versions of a program.

import { describe, expect, it } from "vitest";
import { StackTree } from "../trace/tree.js";
import { align, inTermsOf, type Matched, matchFiles } from "./trace-match.js";

type Row = [name: string, file: string, firstLine: number, ...lines: number[]];

/** A trace of functions without callers, each with the lines that have allocations. */
function trace(rows: readonly Row[], command: readonly string[] = []): Matched {
  const tree = new StackTree();
  rows.forEach(([name, file, firstLine, ...lines], k) => {
    tree.addFunction({ name, file, firstLine });
    for (const line of lines) tree.addNode(0, k + 1, line);
  });
  return { tree, command };
}

/** The frames of the first trace, with the lines of the second. */
function moved(before: readonly Row[], after: readonly Row[], ...commands: string[]): string[] {
  const [first = "", second = ""] = commands;
  const tree = inTermsOf(trace(after, [second]), trace(before, [first]));
  return Array.from({ length: tree.length - 1 }, (_, k) => {
    const { function: f, line } = tree.frame(k + 1);
    return `${f.name} ${f.file}:${f.firstLine} ${line}`;
  });
}

describe("align", () => {
  it.each([
    [[1, 2, 3], [1, 2, 3], "1-1 2-2 3-3"],
    [[1, 2], [2, 3], "1-2 2-3"],
    [[5], [1, 6, 20], "5-6"],
    [[1, 5, 9], [5, 9], "5-5 9-9"],
    [[10, 20], [100], ""],
    [[], [1], ""],
  ])("pairs %j with %j", (before, after, pairs) => {
    expect([...align(before, after, 30)].map(([a, b]) => `${a}-${b}`).join(" ")).toBe(pairs);
  });

  it("is quick with lists of any length", () => {
    const many = Array.from({ length: 5000 }, (_, k) => k);
    expect(align(many, many, 10).size).toBe(5000);
  });
});

describe("a trace in terms of another", () => {
  const before: Row[] = [
    ["<module>", "app.py", 1, 2, 12, 40],
    ["load", "app.py", 10, 11, 12],
    ["Parser.load", "app.py", 30, 33],
  ];

  it("is itself if they are alike", () => {
    expect(moved(before, before)).toEqual([
      "<module> app.py:1 2",
      "<module> app.py:1 12",
      "<module> app.py:1 40",
      "load app.py:10 11",
      "load app.py:10 12",
      "Parser.load app.py:30 33",
    ]);
  });

  it("has the lines that comments and new functions moved", () => {
    const after: Row[] = [
      ["<module>", "app.py", 1, 3, 13, 160],
      ["load", "app.py", 11, 12, 14],
      ["Parser.load", "app.py", 150, 153],
    ];
    expect(moved(before, after)).toEqual([
      "<module> app.py:1 3",
      "<module> app.py:1 13",
      "<module> app.py:1 160",
      "load app.py:11 12",
      "load app.py:11 14",
      "Parser.load app.py:150 153",
    ]);
  });

  it("pairs functions of the same name by their order, or by their lines if one trace has more of them", () => {
    const lambdas = (...lines: number[]): Row[] => lines.map((line) => ["<lambda>", "app.py", line, line]);
    expect(moved(lambdas(3, 7), lambdas(5, 90))).toEqual(["<lambda> app.py:5 5", "<lambda> app.py:90 90"]);
    expect(moved(lambdas(3, 7, 11), lambdas(8, 12))).toEqual([
      "<lambda> app.py:3 3",
      "<lambda> app.py:8 8",
      "<lambda> app.py:12 12",
    ]);
  });

  it("keeps what only it has", () => {
    expect(moved([["gone", "app.py", 5, 6]], [["come", "app.py", 5, 6]])).toEqual(["gone app.py:5 6"]);
    expect(moved([["<module>", "app.py", 1, 7]], [["<module>", "app.py", 1, 700]])).toEqual(["<module> app.py:1 7"]);
  });

  it("has files of another folder, and the program under another name", () => {
    const rows = (...files: string[]): Row[] => files.map((file) => ["f", file, 1, 2]);
    const files = (a: string[], b: string[], ...command: string[]) =>
      Object.fromEntries(matchFiles(trace(rows(...a), [command[0] ?? ""]), trace(rows(...b), [command[1] ?? ""])));
    expect(files(["old/app.py", "old/a/util.py"], ["new/app.py", "new/a/util.py"])).toMatchObject({
      "old/app.py": "new/app.py",
      "old/a/util.py": "new/a/util.py",
    });
    expect(
      files(["/lib/python3.13/json/decoder.py"], ["/lib/python3.14/json/decoder.py", "x/decoder.py"]),
    ).toMatchObject({
      "/lib/python3.13/json/decoder.py": "/lib/python3.14/json/decoder.py",
    });
    expect(files(["first.py"], ["second.py"], "first.py", "second.py")).toMatchObject({ "first.py": "second.py" });
    // It can't be known which of the two it is.
    expect(files(["util.py"], ["a/util.py", "b/util.py"])).not.toHaveProperty("util.py");
    expect(files(["a/util.py", "b/util.py"], ["c/util.py"])).toEqual({ "": "" });
  });
});
