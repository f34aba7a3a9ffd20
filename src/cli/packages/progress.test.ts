// Downloads that run are shown in one line of the terminal.

import { afterEach, expect, it, vi } from "vitest";
import { DownloadLine } from "./progress.js";

const archive = (name: string) => ({ name, version: "1.0", url: "", sha256: undefined });

afterEach(() => vi.useRealTimers());

it("shows downloads in one line, which it takes away", () => {
  vi.useFakeTimers({ toFake: ["performance"], now: 1000 });
  const written: string[] = [];
  const line = new DownloadLine({ write: (text) => written.push(text) });
  const [first, second] = [line.follow(archive("first")), line.follow(archive("\u001b[31msecond"))];
  first(1024, 2048);
  vi.advanceTimersByTime(101);
  second(1024, 4096);
  vi.advanceTimersByTime(101);
  first(2048, 2048);
  line.clear();
  line.clear();
  const texts = written.map((text) => text.slice(1));
  expect(texts.slice(0, 3)).toEqual([
    "loading first 1.0: 1.0 KiB of 2.0 KiB",
    "loading first 1.0 and 1 more: 2.0 KiB of 6.0 KiB",
    "loading \\x1b[31msecond 1.0: 3.0 KiB of 6.0 KiB".padEnd(texts[1]?.length ?? 0),
  ]);
  expect(written.every((text) => text.startsWith("\r"))).toBe(true);
  // The line is removed once, by as many blanks as the longest text has characters.
  expect(written.slice(3)).toEqual([`\r${" ".repeat(texts[1]?.length ?? 0)}\r`]);
});

it("shows nothing without a terminal", () => {
  const line = new DownloadLine(undefined);
  line.follow(archive("first"))(1, undefined);
  expect(() => line.clear()).not.toThrow();
});
