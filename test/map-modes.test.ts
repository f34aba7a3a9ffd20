// The classes of the heap map's blocks.

import { expect, it } from "vitest";
import { OTHER_TYPES_NAME } from "../src/page/model.js";
import { type MapBlocks, UNKNOWN } from "../viewer/map/blocks.js";
import { classesOf } from "../viewer/map/modes.js";
import type { Model } from "../viewer/model.js";

it.each([
  ["of the program", 5000, [-900, 100, 4800], [5, 4, 0]],
  ["of the interpreter's start", -400, [-900, -500, -401], [5, 1, 0]],
  ["at which the program begins", 0, [-900, -500, -1], [5, 3, 0]],
])("ages are told apart at a moment %s", (_, time, born, expected) => {
  const model = { data: { header: { begin: -1000 } }, timeOf: (bucket: number) => born[bucket] } as unknown as Model;
  const blocks = { births: Uint32Array.of(0, 1, 2, UNKNOWN) } as unknown as MapBlocks;
  const { kindOf } = classesOf("age", { model, blocks, time, span: undefined });
  expect([0, 1, 2, 3].map(kindOf)).toEqual([...expected, 0]);
});

it("the largest types have a colour each; smaller types, and what a page sums up as other types, share one", () => {
  const types = ["Point", OTHER_TYPES_NAME, "Line", "a", "b", "c", "d", "e"];
  const model = { data: { header: { types } }, hasTypes: true } as unknown as Model;
  const blocks = {
    types: Uint32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 0),
    sizes: Uint32Array.of(90, 80, 70, 60, 50, 40, 30, 20, 10),
  } as unknown as MapBlocks;
  const { classes, kindOf } = classesOf("type", { model, blocks, time: 0, span: undefined });
  expect(classes.map(({ name }) => name)).toEqual([
    ...["Point", "Line", "a", "b", "c", "d"],
    ...[OTHER_TYPES_NAME, "no object, or of the interpreter's start"],
  ]);
  expect([...blocks.sizes.keys()].map(kindOf)).toEqual([0, 6, 1, 2, 3, 4, 5, 6, 7]);
});
