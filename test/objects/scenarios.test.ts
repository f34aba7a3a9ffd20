// Garbage, weak references and finalizers on our heap and in a real CPython: the same things happen, in the same order.
//
// CPython 3.14 collects in increments, so only what a full collection shows is compared (docs/collector.md says what differs).

import { loadPyodide, type PyodideAPI } from "pyodide";
import { beforeAll, describe, expect, it } from "vitest";
import { leakFree } from "./leak-free.js";
import { MORE_SCENARIOS } from "./more-scenarios.js";
import { SCENARIOS } from "./scenarios.js";
import { PRELUDE, Stage } from "./stage.js";

let python: PyodideAPI;
beforeAll(async () => {
  python = await loadPyodide();
});

function inPython(code: string): string[] {
  const globals = python.toPy({ __name__: "scenario" });
  python.runPython(`${PRELUDE}${code}`, { globals });
  return python.runPython("log_lines", { globals }).toJs();
}

describe("as in CPython", () => {
  for (const [name, { python: code, ours }] of Object.entries({ ...SCENARIOS, ...MORE_SCENARIOS })) {
    it(name, async () => {
      const expected = inPython(code);
      await leakFree((heap) => {
        heap.gc.disable();
        const stage = new Stage(heap);
        ours(stage);
        expect(stage.lines).toEqual(expected);
      });
      expect(expected.length).toBeGreaterThan(0);
    });
  }
});
