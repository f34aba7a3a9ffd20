// How far a recording has come: while the program runs, in the title of the terminal, so that what the program prints stays what it is;
// and in a few words when it has ended.

import { statSync } from "node:fs";
import type { Colors } from "picocolors/types.js";
import { bytes } from "../text/bytes.js";
import { seconds } from "../text/time.js";
import { forTerminal, visible } from "../text/visible.js";

const EVERY = 1000;
const ESCAPE = "\u001b";
/** The terminal keeps its title, and takes it back. */
const KEEP_TITLE = `${ESCAPE}[22;2t`;
const TAKE_BACK = `${ESCAPE}[23;2t`;

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Shows how long a recording takes and how large its file is, once a second, until the function that it returns is called. */
export function showRecording(file: string, terminal: Terminal, every = EVERY): () => void {
  if (!terminal.isTTY || process.env.CI) return () => undefined;
  const begun = performance.now();
  let isShown = false;
  const timer = setInterval(() => {
    if (!isShown) terminal.write(KEEP_TITLE);
    isShown = true;
    const time = seconds((performance.now() - begun) / 1000);
    terminal.write(`${ESCAPE}]2;pyheap: ${visible(file)}, ${bytes(sizeOf(file))} after ${time}${ESCAPE}\\`);
  }, every);
  return () => {
    clearInterval(timer);
    if (isShown) terminal.write(TAKE_BACK);
  };
}

/** What was recorded, and what shows it: the end of the report of a run. */
export function recordingWords(file: string, colors: Colors): string {
  return [
    "",
    `${colors.bold("Trace")}  ${colors.dim(`${bytes(sizeOf(file))} in ${forTerminal(file)}`)}`,
    `  pyheap report flamegraph ${forTerminal(file)}`,
    "",
  ].join("\n");
}
