// The older file is written in place only if its folder takes no second file.

import * as fs from "node:fs";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { expect, it } from "vitest";
import { Replacement } from "./replacement.js";

it("what was written in place stays when it is dropped, because the folder takes no other file", () => {
  const folder = mkdtempSync(join(tmpdir(), "replacement-"));
  const file = join(folder, "app.trace");
  writeFileSync(file, "old");
  const accessSync = () => {
    throw new Error("EACCES: permission denied");
  };
  const made = new Replacement({ ...fs, accessSync, dirname }, file, 1);
  expect(made.path).toBe(file);
  writeFileSync(made.path, "new");
  made.drop();
  expect(readFileSync(file, "utf8")).toBe("new");
  expect(readdirSync(folder)).toEqual(["app.trace"]);
  rmSync(folder, { recursive: true });
});
