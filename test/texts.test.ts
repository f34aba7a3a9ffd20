// The core has no strings, because its modules have no data. Short texts are numbers, each with a comment that shows
// the text.

import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const core = fileURLToPath(new URL("../core", import.meta.url));

/** The characters of a packed text, the first in the lowest byte. */
function unpacked(hex: string): string {
  const bytes = hex.replace(/^0+/, "").match(/../g) ?? [];
  return bytes
    .map((byte) => String.fromCharCode(Number.parseInt(byte, 16)))
    .reverse()
    .join("");
}

test("a text that stands as a number has a comment, which is what it reads", () => {
  const found: string[] = [];
  const expected: string[] = [];
  for (const name of readdirSync(core, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".ts"))) {
    const text = readFileSync(`${core}/${name}`, "utf8");
    const calls = [...text.matchAll(/\b(?:putAscii|isNamed|isText)\([^;]*?\)/g)].join("\n");
    for (const [literal] of calls.matchAll(/0x[0-9a-f]{4,}\b(?! \/\* ")/g))
      found.push(`${name}: ${literal} has no comment`);
    for (const [, hex = "", comment] of text.matchAll(/0x([0-9a-f]+) \/\* "(.*?)" \*\//g)) {
      found.push(`${name}: ${comment}`);
      expected.push(`${name}: ${unpacked(hex)}`);
    }
  }
  expect(expected.length).toBeGreaterThan(40);
  expect(found).toEqual(expected);
});
