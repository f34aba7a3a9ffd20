// What C prints on a page, where the console takes whole lines only.

import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { writeText } from "./output.js";

const shown: string[] = [];

beforeEach(() => {
  shown.length = 0;
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  vi.spyOn(process, "stdout", "get").mockReturnValue(undefined as unknown as typeof process.stdout);
  vi.spyOn(console, "log").mockImplementation((line: string) => void shown.push(line));
  vi.spyOn(console, "error").mockImplementation((line: string) => void shown.push(`error: ${line}`));
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const print = (fd: number, text: string) => writeText(fd, new TextEncoder().encode(text));

it("lines are joined while C runs, and a last line without an end is shown too", () => {
  print(1, "one ");
  print(1, "line\nand a");
  print(2, "why");
  print(1, " half");
  expect(shown).toEqual(["one line"]);
  vi.runAllTimers();
  expect(shown).toEqual(["one line", "and a half", "error: why"]);
  print(1, "next\n");
  vi.runAllTimers();
  expect(shown.slice(3)).toEqual(["next"]);
});
