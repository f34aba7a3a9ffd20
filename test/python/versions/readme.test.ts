// The README's table of versions equals the list of the tests, and each version has its test file.

import { existsSync, readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { VERSIONS } from "./list.js";

it("names the versions that are tested", () => {
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const rows = [...readme.matchAll(/^\| ([\d.]+)(?: \(pre-release\))? \| (3\.\d+) \| yes \| yes \|$/gm)];
  expect(rows.map(([, pyodide, python]) => [pyodide, python])).toEqual(
    Object.values(VERSIONS)
      .sort((a, b) => Number(a.pyodide) - Number(b.pyodide))
      .map(({ pyodide, python }) => [pyodide, python]),
  );
  for (const { pyodide } of Object.values(VERSIONS)) {
    expect(existsSync(new URL(`pyodide-${pyodide}.test.ts`, import.meta.url)), pyodide).toBe(true);
  }
});
