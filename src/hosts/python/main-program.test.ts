// Where the configuration of an interpreter is found.

import { expect, it } from "vitest";
import { findProgram, MARKED_WORDS } from "./main-program.js";
import type { PyodideExports } from "./pyodide-module.js";

const [STATE, COMMAND, ARGV, TEXT, WORD, ITEMS] = [1024, 4000, 3824, 200_000, 201_000, 202_000];

function interpreter(): { python: PyodideExports; words: Uint32Array } {
  const memory = new WebAssembly.Memory({ initial: 32 });
  const words = new Uint32Array(memory.buffer);
  const [, command = "", word = ""] = MARKED_WORDS;
  const write = (address: number, text: string) =>
    words.set(
      [...text, "\0"].map((char) => char.codePointAt(0) ?? 0),
      address / 4,
    );
  write(TEXT, `${command}\n`);
  write(WORD, word);
  words.set([0, WORD], ITEMS / 4);
  words.set([TEXT, 0, 0], COMMAND / 4);
  words.set([2, ITEMS], ARGV / 4);
  return { python: { memory, data: { _PyRuntime: STATE } } as unknown as PyodideExports, words };
}

it("the configuration is found even if the state has the words of argv a second time, far from it", () => {
  const { python, words } = interpreter();
  expect(findProgram(python)).toEqual({ command: COMMAND, words: ARGV });
  words.set([2, ITEMS], 300_000 / 4);
  expect(findProgram(python)).toEqual({ command: COMMAND, words: ARGV });
  words.set([2, ITEMS], (COMMAND + 400) / 4);
  expect(findProgram(python)).toBeUndefined();
});
