// Counts the files that a new type needs, for docs/adding-a-type.md.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const root = fileURLToPath(new URL("..", import.meta.url));
const core = `${root}/core/objects`;

/** The folders of operations on a type, which the page's last section mentions. */
const OPERATIONS = ["capi/", "host/", "operations/"];

const NUMBERS = ["none", "one", "two", "three", "four", "five", "six", "seven", "eight"];

test("a type is named in the files that docs/adding-a-type.md lists, and in no others", () => {
  const named = readdirSync(core, { recursive: true, encoding: "utf8" })
    .filter((name) => /(?<!\.gen)\.ts$/.test(name) && !OPERATIONS.some((folder) => name.startsWith(folder)))
    .filter((name) => /\bFROZENSET\b/.test(readFileSync(`${core}/${name}`, "utf8")))
    .map((name) => `core/objects/${name}`);
  const page = readFileSync(`${root}/docs/adding-a-type.md`, "utf8");
  const listed = [...page.matchAll(/^\| `((?:core|protocol)\/[^`]+)`/gm)].map(([, name = ""]) => name);
  expect(named.sort()).toEqual(listed.filter((name) => name.startsWith("core/")).sort());
  const [, count = "", fresh = ""] = /needs (\w+) files, (\w+) of them new/.exec(page) ?? [];
  expect([count, fresh].map((word) => NUMBERS.indexOf(word))).toEqual([
    listed.length,
    page.split("(a new file)").length - 1,
  ]);
});
