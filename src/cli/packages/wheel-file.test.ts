// The names in a wheel.

import { unzipSync } from "fflate";
import { expect, it } from "vitest";
import { makeWheel, wheelFileName } from "./wheel-file.js";

it("are the same for the file and its folder, if the package's name and version have other characters", () => {
  const release = { name: "Spam.Eggs", version: "1.0-1", summary: undefined, requires: [], requiresPython: undefined };
  expect(wheelFileName(release, "py3-none-any")).toBe("spam_eggs-1.0_1-py3-none-any.whl");
  const paths = Object.keys(unzipSync(makeWheel(release, "py3-none-any", new Map())));
  expect(paths.sort()).toEqual(["METADATA", "RECORD", "WHEEL"].map((name) => `spam_eggs-1.0_1.dist-info/${name}`));
});
