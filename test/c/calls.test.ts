// The API's functions, called with every combination of arguments from a table (test/c/both/calls_*.c): results, errors and their words, what
// became of arguments, and their reference counts are CPython's, but for the differences that docs/c-api.md tells.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { canCompile, ROOT } from "../needs.js";
import { startPython } from "../python/start.js";
import { DIFFERENCES } from "./both/differences.js";
import { CALLS, calledFunctions, differing, isCall, onCPython, onHeap } from "./both-ways.js";

describe.runIf(canCompile)("each call gives the same on CPython and on a heap", () => {
  const found: [string, string][] = [];
  let calls = 0;
  let pyodide: Awaited<ReturnType<typeof startPython>>["pyodide"];
  beforeAll(async () => {
    ({ pyodide } = await startPython());
    pyodide.runPython(
      "import warnings; warnings.simplefilter('ignore'); import sys; sys.unraisablehook = lambda _: None",
    );
  });

  it.each(CALLS)("%s", async (name) => {
    const right = await onCPython(pyodide, name);
    const ours = await onHeap(name, {});
    expect(ours.lines.length).toBe(right.length);
    const differences = differing(right, ours.lines);
    expect(differences.filter(([line]) => !DIFFERENCES.some((kind) => kind.line.test(line)))).toEqual([]);
    expect(ours).toMatchObject({ blocks: 0, objects: 0 });
    found.push(...differences);
    calls += right.filter(isCall).length;
  });

  it("but for the documented differences, each of which is there", () => {
    const page = readFileSync(join(ROOT, "docs/c-api.md"), "utf8").replace(/\s+/g, " ");
    for (const { sentence, line, calls } of DIFFERENCES) {
      expect(page).toContain(sentence);
      expect([sentence, found.filter(([right]) => line.test(right)).length]).toEqual([sentence, calls]);
    }
    expect(found.length).toBeLessThanOrEqual(100);
    expect(calls).toBeGreaterThan(80_000);
  });

  it("for most of the functions that docs/c-api.md lists", () => {
    expect(calledFunctions().length).toBeGreaterThanOrEqual(281);
  });
});
