// `pyheap run --pyodide FOLDER`: other versions of Pyodide, an unknown version, and folders without a Pyodide.

import { copyFileSync, mkdtempSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, it } from "vitest";
import { pyheap } from "../../test/in-process.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-pyodide-"));
const packageFolder = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

const run = (...words: string[]) => pyheap(words, folder);

const PROGRAM = `import pyheap, sys
kept = [bytes(100_000) for _ in range(10)]
pyheap.check()
print(".".join(map(str, sys.version_info[:2])), len(kept))
sys.exit(3)
`;

/** A copy of Pyodide's folder whose interpreter has an unknown table of offsets. */
function makeUnknown(): string {
  const from = packageFolder("pyodide");
  const to = mkdtempSync(join(folder, "unknown-"));
  for (const file of readdirSync(from).filter((name) => name !== "pyodide.asm.wasm")) {
    // A module's file must not be a link: the module would look for its neighbours where the link leads.
    if (file.endsWith(".mjs")) copyFileSync(join(from, file), join(to, file));
    else symlinkSync(join(from, file), join(to, file));
  }
  const wasm = readFileSync(join(from, "pyodide.asm.wasm"));
  const at = wasm.indexOf("xdebugpy");
  expect(at).toBeGreaterThan(0);
  wasm.write("ydebugpy", at);
  writeFileSync(join(to, "pyodide.asm.wasm"), wasm);
  return to;
}

describe("pyheap run --pyodide", () => {
  beforeAll(() => writeFileSync(join(folder, "app.py"), PROGRAM));

  it.each([
    ["pyodide-0.27", "3.12"],
    ["pyodide-0.29", "3.13"],
    ["pyodide-315", "3.15"],
  ])("runs and records with %s", async (name, python) => {
    const ran = await run("run", "--quiet", "--pyodide", packageFolder(name), "--trace", `${name}.trace`, "app.py");
    expect(ran).toEqual({ status: 3, stdout: `${python} 10\n`, stderr: "" });
    const table = await run("report", "table", "--by", "line", "--at", "end", `${name}.trace`);
    expect(table.stdout).toContain("app.py:2");
  });

  it("runs with one that nobody knows, without stacks, and says so in a line", async () => {
    const unknown = makeUnknown();
    const { status, stdout, stderr } = await run(
      "run",
      "--quiet",
      "--pyodide",
      unknown,
      "--trace",
      "unknown.trace",
      "app.py",
    );
    expect({ status, stdout }).toEqual({ status: 3, stdout: "3.14 10\n" });
    expect(stderr).toMatch(/^pyheap: no Python stacks in recordings and faults: .*\n$/);
    const summary = await run("report", "summary", "unknown.trace");
    expect(summary.status).toBe(0);
    expect(summary.stdout).toContain("<outside Python>");
  });

  it("says that a folder has no Pyodide, and what it lacks", async () => {
    const refused = (path: string) => run("run", "--pyodide", path, "app.py");
    expect(await refused("nowhere")).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("there is no such folder"),
    });
    expect(await refused("app.py")).toMatchObject({ status: 2, stderr: expect.stringContaining("it is a file") });
    const { stderr } = await refused(".");
    expect(stderr).toContain("it has no pyodide.mjs, pyodide.asm.wasm, pyodide-lock.json, python_stdlib.zip");
  });
});
