// The README's table of runtimes has a row for each runtime of the list, and a reason for each "no".

import { expect, it } from "vitest";
import { FEATURES, PLACES, RUNTIMES } from "./list.js";
import { inReadme, markdown } from "./table.js";

it("has the rows and columns of the list", () => {
  const rows = inReadme()
    .split("\n")
    .filter((line) => line.startsWith("|"))
    .map((line) => line.split("|").map((cell) => cell.trim()));
  const [head = [], , ...body] = rows;
  expect(head.slice(2, -1)).toEqual(Object.values(FEATURES));
  const names = RUNTIMES.flatMap(({ kind, name }) =>
    kind === "browser" ? PLACES.map((place) => `${name}, ${place}`) : [name],
  );
  // "Node 20.20.2" is "Node 20" in the list, "Bun 1.4.5" is "Bun": the README has the versions that were tried.
  const short = (name = "") =>
    name.replace(/^(Node \d+)[\d.]*/, "$1").replace(/^(Bun|Deno|Chromium|Firefox) [\d.]+/, "$1");
  expect(body.map(([, name]) => short(name))).toEqual(names);
});

it("has a number for each reason", () => {
  const [first, second, third] = ["a", "b", "a"];
  const text = markdown([{ name: "One", features: { heap: true, python: first, run: second, promises: third } }]);
  expect(text).toContain("| One | yes | | | | no (1) | no (2) | | no (1) |");
  expect(text).toContain("\n\n(1) a.\n\n(2) b.");
});
