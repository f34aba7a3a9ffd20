// The keys of the live view under npm: what they do, and that the terminal gets its mode back.

import { EventEmitter } from "node:events";
import { expect, it } from "vitest";
import { isUnderNpm, type KeyInput, Keys } from "./keys.js";

class Terminal extends EventEmitter {
  readonly modes: boolean[] = [];
  isPaused = true;
  setRawMode(mode: boolean): this {
    this.modes.push(mode);
    return this;
  }
  resume(): this {
    this.isPaused = false;
    return this;
  }
  pause(): this {
    this.isPaused = true;
    return this;
  }
}

it("keys take snapshots, send the terminal's signals, and keep what is typed for the program", () => {
  const terminal = new Terminal();
  const done: string[] = [];
  const keys = new Keys(
    terminal as unknown as KeyInput,
    () => done.push("snapshot"),
    (group, signal) => done.push(`${signal} to ${group}`),
  );
  const press = (text: string) => terminal.emit("data", Buffer.from(text));
  expect([terminal.modes, terminal.isPaused]).toEqual([[true], false]);
  press("\x1c");
  press("yes\r\x03");
  press("\x1a");
  expect(done).toEqual(["snapshot", "SIGINT to 0", "SIGTSTP to 0"]);
  expect(terminal.modes).toEqual([true, false]);
  process.emit("SIGCONT");
  expect(terminal.modes).toEqual([true, false, true]);
  expect(Buffer.from(keys.end()).toString()).toBe("yes\n");
  expect([terminal.modes.at(-1), terminal.isPaused]).toEqual([false, true]);
  press("\x1c");
  process.emit("SIGCONT");
  expect([done.length, terminal.modes.length, keys.end().length]).toEqual([3, 4, 0]);
});

it("npm and npx say that they started the command", () => {
  expect([{}, { npm_command: "exec" }, { npm_lifecycle_event: "start" }].map(isUnderNpm)).toEqual([false, true, true]);
});
