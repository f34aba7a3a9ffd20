// Standard input for the thread in which Python runs: a line that is read byte by byte, as the C library reads from a terminal.

import { expect, it } from "vitest";
import { InputReader, InputSender } from "./input.js";
import { makeShared, viewShared } from "./shared.js";

it("reading no bytes does not wait for input, so a line is complete when its last byte was read", () => {
  const shared = viewShared(makeShared());
  const sender = new InputSender(shared);
  sender.add(Buffer.from("Ada\n"));
  let asked = 0;
  const ask = () => {
    asked++;
    if (asked > 1) throw new Error("it waits for another line");
    sender.request();
  };
  const reader = new InputReader(shared, ask, () => new Error("interrupted"));
  const line: string[] = [];
  const [byte, nothing] = [new Uint8Array(1), new Uint8Array(0)];
  while (line.at(-1) !== "\n") {
    expect(reader.read(byte)).toBe(1);
    line.push(String.fromCharCode(byte[0] as number));
    expect(reader.read(nothing)).toBe(0);
  }
  expect([line.join(""), asked]).toEqual(["Ada\n", 1]);
});
