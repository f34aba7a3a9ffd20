// Several versions of Pyodide in one thread; and versions that are refused.

import { expect, it } from "vitest";
import { loadPython } from "../../../src/hosts/python/pyodide.js";
import { KNOWN_PYODIDES } from "../../../src/hosts/python/versions/versions.js";
import { loaderOf, VERSIONS } from "./list.js";

/** Starts an interpreter on a heap, and has it work. Returns its version of CPython. */
async function started(name: keyof typeof VERSIONS): Promise<string> {
  const { pyodide, heap } = await loadPython({ loadPyodide: await loaderOf(VERSIONS[name]) });
  expect(pyodide.runPython("sum(range(10))")).toBe(45);
  heap.check();
  return heap.stack.version;
}

it("a version that does not call fsInit is refused by an error that names those that do, and the next load works", async () => {
  // Pyodide 0.27.0 to 0.27.4 load without calling it.
  const load = await loaderOf(VERSIONS["0.27"]);
  const loadPyodide = ((options) => load({ ...options, fsInit: undefined } as object)) as typeof load;
  await expect(loadPython({ loadPyodide })).rejects.toThrow(
    `Cannot use Pyodide 0.27.8: it does not know the option fsInit. A heap needs Pyodide ${KNOWN_PYODIDES}`,
  );
  expect(KNOWN_PYODIDES).toBe("0.27.5 to 315");
  expect(await started("0.27")).toBe("3.12.7");
});

it("different versions run in one thread, one after another and at the same time", async () => {
  expect(await started("0.28")).toBe("3.13.2");
  expect(await Promise.all([started("314"), started("0.27")])).toEqual(["3.14.2", "3.12.7"]);
});
