// Shows running downloads in one line of a terminal.

import { bytes } from "../../text/bytes.js";
import { visible } from "../../text/visible.js";
import type { Progress } from "./download.js";
import type { Archive } from "./store.js";

/** Milliseconds between two updates of the line. */
const EVERY = 100;

export class DownloadLine {
  readonly #terminal: { write(text: string): unknown } | undefined;
  readonly #downloads = new Map<string, { received: number; total: number | undefined }>();
  #shown = 0;
  #at = Number.NEGATIVE_INFINITY;

  /** Without a terminal, nothing is shown. */
  constructor(terminal: { write(text: string): unknown } | undefined) {
    this.#terminal = terminal;
  }

  /** Adds a download. The returned function takes its progress. */
  follow({ name, version }: Archive): Progress {
    return (received, total) => {
      this.#downloads.set(`${name} ${version}`, { received, total });
      if (this.#terminal && performance.now() - this.#at > EVERY) this.#show();
    };
  }

  #show(): void {
    this.#at = performance.now();
    const all = [...this.#downloads];
    const open = all.filter(([, { received, total }]) => total === undefined || received < total);
    const [[name] = [""]] = open.length > 0 ? open : all;
    const others = open.length > 1 ? ` and ${open.length - 1} more` : "";
    const sum = (n: (download: { received: number; total: number | undefined }) => number) =>
      all.reduce((before, [, download]) => before + n(download), 0);
    const received = sum((download) => download.received);
    const isKnown = all.every(([, { total }]) => total !== undefined);
    const of = isKnown ? ` of ${bytes(sum(({ total }) => total ?? 0))}` : "";
    const line = `loading ${visible(name)}${others}: ${bytes(received)}${of}`;
    this.#terminal?.write(`\r${line.padEnd(this.#shown)}`);
    this.#shown = Math.max(line.length, this.#shown);
  }

  /** Removes the line. */
  clear(): void {
    if (this.#shown > 0) this.#terminal?.write(`\r${" ".repeat(this.#shown)}\r`);
    this.#shown = 0;
    this.#downloads.clear();
  }
}
