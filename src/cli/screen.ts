// The terminal that a program writes to and its live view is drawn on: what the program writes stays, in order, above the view.
//
//   the program's output ...
//   the view, `drawn` lines      <- taken away before the program writes, and drawn again later, below
//
// The program's thread writes at once, so the two threads share a lock, and three words of memory (shared.ts): a drawing that would have to wait is
// left out. While the program's line is not finished (a prompt, a bar of progress) nothing is drawn, so the cursor is where the program has it.

import { isatty } from "node:tty";
import { type Shared, WORD } from "./shared.js";
import { writeAll } from "./stdio.js";

/** How the program's line stands, as the word `line` has it. */
const LINE = { whole: 0, begun: 1 } as const;
const NEWLINE = 10;
const STDERR = 2;
const ESCAPE = "\u001b";
const NO_STYLE = `${ESCAPE}[0m`;
/** Colours and the like, which the program sets and the view must not take from it. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for.
const STYLE = /\u001b\[([\d;:]*)m/g;
/** The most characters of styles that are kept, if a program sets styles and never resets them. */
const MOST_STYLE = 256;
/** A lock that is held longer than this is that of a thread that was stopped. */
const PATIENCE = 1000;

type Fail = (code: string) => Error;
type Write = (fd: number, bytes: Uint8Array, fail: Fail) => void;

const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

export class Screen {
  readonly #words: Int32Array;
  readonly #isTerminal: (fd: number) => boolean;
  readonly #write: Write;
  #style = "";

  constructor({ words }: Shared, isTerminal: (fd: number) => boolean = isatty, write: Write = writeAll) {
    this.#words = words;
    this.#isTerminal = isTerminal;
    this.#write = write;
  }

  /** Writes for the program; throws what `fail` makes of an error's code. */
  write(fd: number, bytes: Uint8Array, fail: Fail): void {
    if (bytes.length === 0 || !this.#isTerminal(fd)) {
      this.#write(fd, bytes, fail);
      return;
    }
    this.#lock();
    try {
      const taken = this.#takeAway();
      if (taken !== "") this.#write(STDERR, bytesOf(taken + this.#style), fail);
      this.#write(fd, bytes, fail);
      this.#noteStyle(bytes);
      Atomics.store(this.#words, WORD.line, bytes.at(-1) === NEWLINE ? LINE.whole : LINE.begun);
    } finally {
      this.#unlock();
    }
  }

  /** The program waits for what the user types, which the terminal shows where the program's line is. */
  reads(): void {
    this.#lock();
    try {
      this.#write(STDERR, bytesOf(this.#takeAway() + this.#style), Error);
      Atomics.store(this.#words, WORD.line, LINE.begun);
    } finally {
      this.#unlock();
    }
  }

  /** The terminal has shown what the user typed. */
  typed(bytes: Uint8Array): void {
    if (bytes.at(-1) === NEWLINE) Atomics.store(this.#words, WORD.line, LINE.whole);
  }

  /** Draws the view, whose lines end each with a line break, unless the program is in the middle of a line or of writing. */
  draw(text: string): void {
    if (!this.#tryLock()) return;
    try {
      if (Atomics.load(this.#words, WORD.line) === LINE.whole) this.#draw(text);
    } finally {
      this.#unlock();
    }
  }

  /** Draws the view a last time, below all that the program wrote, and leaves it there. */
  end(text: string): void {
    this.#lock();
    if (Atomics.load(this.#words, WORD.line) === LINE.begun) this.#write(STDERR, bytesOf("\n"), Error);
    Atomics.store(this.#words, WORD.line, LINE.whole);
    this.#draw(text);
    Atomics.store(this.#words, WORD.drawn, 0);
    this.#unlock();
  }

  /** A line that is wider than the terminal is cut there, so that each takes one row. */
  #draw(text: string): void {
    const drawing = `${this.#takeAway()}${NO_STYLE}${ESCAPE}[?7l${text}${ESCAPE}[?7h`;
    this.#write(STDERR, bytesOf(drawing), Error);
    Atomics.store(this.#words, WORD.drawn, text.split("\n").length - 1);
  }

  /** What takes the view away, and leaves the cursor where its first line was. */
  #takeAway(): string {
    const drawn = Atomics.exchange(this.#words, WORD.drawn, 0);
    return drawn === 0 ? "" : `\r${ESCAPE}[${drawn}A${ESCAPE}[J`;
  }

  #noteStyle(bytes: Uint8Array): void {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1");
    for (const [whole, codes] of text.matchAll(STYLE)) {
      if (/^[0;:]*$/.test(codes ?? "")) this.#style = "";
      else this.#style = `${this.#style}${whole}`.slice(-MOST_STYLE);
    }
  }

  #tryLock(): boolean {
    return Atomics.compareExchange(this.#words, WORD.lock, 0, 1) === 0;
  }

  #lock(): void {
    for (const until = performance.now() + PATIENCE; !this.#tryLock() && performance.now() < until; ) {
      Atomics.wait(this.#words, WORD.lock, 1, 10);
    }
  }

  #unlock(): void {
    Atomics.store(this.#words, WORD.lock, 0);
    Atomics.notify(this.#words, WORD.lock);
  }
}
