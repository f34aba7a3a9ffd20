// Source lines for reports: which files are read, and which are not.

import { mkdirSync, mkdtempSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { describe, expect, it } from "vitest";
import { Sources } from "../../report/sources.js";
import { sourceFiles } from "./source-files.js";

const folder = mkdtempSync(join(tmpdir(), "pyheap-sources-"));
const started = "2026-01-01T00:00:00.000Z";

/** Writes a file with a time before the recording, or after it. */
function write(name: string, text: string, time = "2025-12-31T00:00:00Z"): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  utimesSync(file, new Date(time), new Date(time));
  return file;
}

describe("lines of source", () => {
  it("are those of files, by path, in a folder, or by address", () => {
    const file = write("app.py", "import json\n\n\tload  (1)  \r\nlast");
    write("secret", "is not source code");
    const sources = new Sources({ command: ["app.py"], started }, sourceFiles(["nowhere", folder]));
    for (const name of ["app.py", file, pathToFileURL(file).href]) {
      expect([1, 2, 3, 4, 5, 0].map((line) => sources.line(name, line))).toEqual([
        "import json",
        undefined,
        "load (1)",
        "last",
        undefined,
        undefined,
      ]);
    }
    mkdirSync(join(folder, "folder.py"));
    const none = ["<frozen zipimport>", "no.py", "", "a\0b.py", ".", "secret", "folder.py", "app.py/in_archive.py"];
    for (const name of [...none, "file://host/app.py", "file:%00.py", `${"long".repeat(100)}.py`]) {
      expect(sources.line(name, 1)).toBeUndefined();
    }
  });

  it("are those of the code after -c", () => {
    expect(new Sources({ command: ["-c", "a = 1\nb = 2"], started }, sourceFiles()).line("<string>", 2)).toBe("b = 2");
    expect(new Sources({ command: ["app.py", "a = 1"], started }, sourceFiles()).line("<string>", 1)).toBeUndefined();
  });

  it("are omitted if the file has changed since, and cut if they are long", () => {
    write("new.py", "x = 1", "2026-01-02T00:00:00Z");
    write("long.py", `x = ${"1".repeat(200)}`);
    const sources = new Sources({ command: [], started }, sourceFiles([folder]));
    expect(sources.line("new.py", 1)).toBeUndefined();
    expect([...sources.changed]).toEqual(["new.py"]);
    expect(sources.line("long.py", 1)).toMatch(/^x = 1{75}…$/);
  });
});
