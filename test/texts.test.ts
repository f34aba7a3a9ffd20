// The core has no strings, because its modules have no data. Short texts are calls of ascii(), which the compiler
// replaces by numbers.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";
import { packed } from "../scripts/ascii-transform.mjs";

const core = fileURLToPath(new URL("../core", import.meta.url));

test("a text becomes the number whose bytes are its characters, the first in the lowest byte", () => {
  expect(packed("a")).toEqual([0x61, 0]);
  expect(packed("None")).toEqual([0x656e6f4e, 0]);
  expect(packed("__name__")).toEqual([0x616e5f5f, 0x5f5f656d]);
});

test.each(["", "too long!", "é"])("%j is refused: it is not one to eight ASCII characters", (text) => {
  expect(packed(text)).toBeUndefined();
});

test("no text that putAscii, isNamed or isText gets is written as a number", () => {
  const numbers: string[] = [];
  let texts = 0;
  for (const name of readdirSync(core, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))) {
    const text = readFileSync(`${core}/${name}`, "utf8");
    texts += [...text.matchAll(/\bascii\("/g)].length;
    const calls = [...text.matchAll(/\b(?:putAscii|isNamed|isText)\([^;]*?\)/g)].join("\n");
    for (const [literal] of calls.matchAll(/0x[0-9a-f]{2,}\b/g)) numbers.push(`${name}: ${literal}`);
    for (const [literal] of text.matchAll(/0x[0-9a-f]+ \/\* ".*?" \*\//g)) numbers.push(`${name}: ${literal}`);
  }
  expect(texts).toBeGreaterThan(40);
  expect(numbers).toEqual([]);
});
