// The progress of a recording. While the program runs it is shown in the terminal's title, because the program's output
// must stay as it is; at the end, in a few words.

import { statSync } from "node:fs";
import type { Colors } from "picocolors/types.js";
import { bytes } from "../text/bytes.js";
import { seconds } from "../text/time.js";
import { forTerminal, visible } from "../text/visible.js";

const EVERY = 1000;
const ESCAPE = "\u001b";
/** Sequences by which the terminal saves its title, and restores it. */
const KEEP_TITLE = `${ESCAPE}[22;2t`;
const TAKE_BACK = `${ESCAPE}[23;2t`;

export interface Terminal {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

const sizeOf = (file: string): number => statSync(file, { throwIfNoEntry: false })?.size ?? 0;

/** Shows once a second how long a recording has taken and how large its file is. Returns a function that ends this. */
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

/** What was recorded, and how to look at it: the end of a run's report. */
export function recordingWords(file: string, colors: Colors): string {
  return [
    "",
    `${colors.bold("Trace")}  ${colors.dim(`${bytes(sizeOf(file))} in ${forTerminal(file)}`)}`,
    `  pyheap report flamegraph ${forTerminal(file)}`,
    "",
  ].join("\n");
}
