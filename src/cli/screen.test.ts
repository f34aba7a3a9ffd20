// The program's output beside its live view: the final screen of a small terminal shows all of it, in order, with the
// view below.

import { describe, expect, it } from "vitest";
import { Terminal } from "../../test/terminal.js";
import { Screen } from "./screen.js";
import { makeShared, viewShared, WORD } from "./shared.js";

const VIEW = "app.py  1 s\n  live 3 MiB\n";

/** A program's thread and the main thread, on one terminal. */
function setUp(columns = 40) {
  const terminal = new Terminal(columns);
  const shared = viewShared(makeShared());
  const fd2: string[] = [];
  const write = (fd: number, bytes: Uint8Array) => {
    const text = Buffer.from(bytes).toString("utf8");
    if (fd === 5) fd2.push(text);
    else terminal.write(text);
  };
  const make = () => new Screen(shared, (fd) => fd !== 5, write);
  const [program, view] = [make(), make()];
  const print = (text: string, fd = 1) => program.write(fd, Buffer.from(text), Error);
  return { terminal, shared, program, view, print, elsewhere: fd2 };
}

describe("the output of a program that is shown on its terminal", () => {
  it("stays, in order, above the view", () => {
    const { terminal, view, print } = setUp();
    for (let k = 0; k < 12; k++) {
      print(`line ${k}\n`, 1 + (k % 2));
      view.draw(VIEW);
      if (k % 3 === 0) view.draw(VIEW);
    }
    view.end(VIEW);
    const lines = Array.from({ length: 12 }, (_, k) => `line ${k}`);
    expect(terminal.text).toBe(`${lines.join("\n")}\n${VIEW}`);
  });

  it("can be a part of a line: nothing is drawn into it", () => {
    const { terminal, view, print } = setUp();
    view.draw(VIEW);
    for (const dots of ["..", "..", ".."]) {
      print(dots);
      view.draw(VIEW);
      expect(terminal.text).toMatch(/^\.+$/);
    }
    print("done\n");
    view.draw(VIEW);
    expect(terminal.text).toBe(`......done\n${VIEW}`);
  });

  it("can end without a line's end", () => {
    const { terminal, view, print } = setUp();
    view.draw(VIEW);
    print("no end");
    view.draw(VIEW);
    view.end(VIEW);
    expect(terminal.text).toBe(`no end\n${VIEW}`);
  });

  it("can ask, with words and without", () => {
    const { terminal, view, print, program } = setUp();
    const answer = (text: string) => {
      program.reads();
      view.draw(VIEW);
      terminal.write(text);
      program.typed(Buffer.from(text));
      view.draw(VIEW);
    };
    view.draw(VIEW);
    print("Name? ");
    answer("Ada\n");
    expect(terminal.text).toBe(`Name? Ada\n${VIEW}`);
    answer("more\n");
    view.end(VIEW);
    expect(terminal.text).toBe(`Name? Ada\nmore\n${VIEW}`);
  });

  it("keeps its colours, and the view takes none of them", () => {
    const { terminal, view, print } = setUp();
    print("\u001b[1m\u001b[31mred\n");
    view.draw(VIEW);
    expect(terminal.styles[1]?.[0]).toBe("");
    print("still\n");
    expect(terminal.styles[1]?.[0]).toBe("131");
    print("\u001b[0mplain\n");
    view.draw(VIEW);
    print("plain\n");
    expect(terminal.styles[3]?.[0]).toBe("");
  });

  it("is never overwritten by a view that is wider than the terminal", () => {
    const { terminal, view, print } = setUp(8);
    print("one\n");
    view.draw("a line of many words\n");
    print("two\n");
    view.end("a line of many words\n");
    expect(terminal.lines.slice(0, 2)).toEqual(["one", "two"]);
    expect(terminal.lines.length).toBe(4);
  });

  it("is passed on unchanged if it goes to another file", () => {
    const { terminal, view, print, elsewhere } = setUp();
    view.draw(VIEW);
    print("to a file", 5);
    view.draw(VIEW);
    expect({ text: terminal.text, elsewhere }).toEqual({ text: VIEW, elsewhere: ["to a file"] });
  });

  it("is not held up by a thread that was stopped while it wrote; and a drawing waits for nobody", () => {
    const { terminal, shared, view, print } = setUp();
    Atomics.store(shared.words, WORD.lock, 1);
    view.draw(VIEW);
    expect(terminal.text).toBe("");
    print("late\n");
    expect(terminal.text).toBe("late\n");
  });
});
