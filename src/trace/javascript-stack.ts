// The stack of a program that calls the heap: functions of JavaScript with their lines, and functions in C with their
// modules. The innermost WebAssembly frames belong to the core, and the frames inside them to this library. If a bundler
// merged the library's files with the program's, the library's functions outside the core are on the stack as well.

import { LIBRARY, labelOf, wasmFrame } from "../alloc/locator.js";
import { engineStack } from "../ground/engine-stack.js";
import type { StackPlace, StackSource } from "./recorder.js";

/** Node's own files. Their functions call the program. */
const ENGINE = "node:internal/";
/**
 * The form of a frame in V8: `at name (file:line:column)` or `at file:line:column`; in others: `name@file:line:column`.
 */
const V8_FRAME = /^\s*at (?:async )?(?:(.*?) \()?(.*?):(\d+):\d+\)?$/;
const OTHER_FRAME = /^(.*?)@(.*?):(\d+):\d+$/;
const MOST_FRAMES = 128;

/** Whether a file is between the program and the heap, or between the program and the engine. */
const isOurs = (file: string) => (LIBRARY !== undefined && file.startsWith(LIBRARY)) || file.startsWith(ENGINE);

/** The frames of the program, from the outermost to the innermost. */
function javaScriptFrames(): StackPlace[] {
  const places: StackPlace[] = [];
  let core: string | undefined;
  for (const line of engineStack(MOST_FRAMES).split("\n")) {
    const frame = wasmFrame(line.trim());
    if (frame) {
      core ??= frame.url;
      if (frame.url !== core) places.push({ name: frame.name, file: labelOf(frame.url), line: 0 });
      continue;
    }
    const match = V8_FRAME.exec(line) ?? OTHER_FRAME.exec(line);
    const file = match?.[2]?.replace(/^file:\/\//, "");
    if (!match || file === undefined || isOurs(file)) continue;
    places.push({ name: match[1] || "<anonymous>", file, line: Number(match[3]) });
  }
  return places.reverse();
}

export const JAVASCRIPT_STACKS: StackSource = {
  kind: "javascript",
  words: [],
  functionAt: () => undefined,
  frames: javaScriptFrames,
};
