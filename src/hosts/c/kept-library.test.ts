// The library's folders: made once, whole or not at all, and not without end.

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { keptLibrary, keyOf } from "./kept-library.js";

const newFolder = () => mkdtempSync(join(tmpdir(), "pyheap-library-"));
const write = (text: string) => async (folder: string) => writeFileSync(join(folder, "a.o"), text);

it("is made once, also by two processes at once", async () => {
  const place = newFolder();
  const made = await Promise.all(["one", "two"].map((text) => keptLibrary(place, "key", write(text))));
  expect(made).toEqual([join(place, "key"), join(place, "key")]);
  expect(readdirSync(place)).toEqual(["key"]);
  const text = readFileSync(join(place, "key/a.o"), "utf8");
  await keptLibrary(place, "key", write("three"));
  expect(readFileSync(join(place, "key/a.o"), "utf8")).toBe(text);
});

it("is not there if it could not be made", async () => {
  const place = newFolder();
  const fail = async (folder: string) => {
    await write("half")(folder);
    throw new Error("no compiler");
  };
  await expect(keptLibrary(place, "key", fail)).rejects.toThrow("no compiler");
  expect(readdirSync(place)).toEqual([]);
});

it("leaves at most four libraries", async () => {
  const place = newFolder();
  for (let k = 0; k < 6; k++) await keptLibrary(place, `key${k}`, write("text"));
  const kept = readdirSync(place);
  expect(kept).toHaveLength(4);
  expect(kept).toContain("key5");
});

it("has another name for another compiler, other options, and another text", () => {
  const folder = newFolder();
  const compiler = join(newFolder(), "clang");
  writeFileSync(compiler, "a");
  const key = (options: readonly string[]) => keyOf(compiler, options, [folder]);
  const keys = [key([]), key(["-O2"])];
  writeFileSync(join(folder, "a.c"), "int a;");
  keys.push(key([]));
  writeFileSync(compiler, "ab");
  keys.push(key([]));
  expect(new Set(keys).size).toBe(4);
  expect(key([])).toBe(keys[3]);
});
