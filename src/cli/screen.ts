// The terminal to which a program writes, and on which its live view is drawn. The program's output stays, in order,
// above the view.
//
//   the program's output ...
//   the view, `drawn` lines      <- removed before the program writes, and drawn again later, below
//
// The program's thread writes at once. The two threads share a lock and three words of memory (shared.ts); a drawing
// that would have to wait for the lock is omitted. While the program's last line is not finished (a prompt, a progress
// bar), nothing is drawn, so that the cursor stays where the program expects it.

import { isatty } from "node:tty";
import { type Shared, WORD } from "./shared.js";
import { writeAll } from "./stdio.js";

/** Values of the word `line`: whether the program's last line is finished. */
const LINE = { whole: 0, begun: 1 } as const;
const NEWLINE = 10;
const STDERR = 2;
const ESCAPE = "\u001b";
const NO_STYLE = `${ESCAPE}[0m`;
/** Sequences for colours and the like. The program sets them, and the view must not change them. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern is for such sequences.
const STYLE = /\u001b\[([\d;:]*)m/g;
/** The most characters of styles to remember, in case a program sets styles and never resets them. */
const MOST_STYLE = 256;
/** Milliseconds: a lock that is held longer belongs to a thread that was stopped. */
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

  /** Writes for the program. Throws the error that `fail` makes of an error's code. */
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

  /** To be called when the program waits for input from the user. The terminal shows what is typed at the program's line. */
  reads(): void {
    this.#lock();
    try {
      this.#write(STDERR, bytesOf(this.#takeAway() + this.#style), Error);
      Atomics.store(this.#words, WORD.line, LINE.begun);
    } finally {
      this.#unlock();
    }
  }

  /** To be called when the terminal has shown what the user typed. */
  typed(bytes: Uint8Array): void {
    if (bytes.at(-1) === NEWLINE) Atomics.store(this.#words, WORD.line, LINE.whole);
  }

  /**
   * Draws the view, each of whose lines ends with a line break. Does nothing while the program is in the middle of a
   * line or of writing.
   */
  draw(text: string): void {
    if (!this.#tryLock()) return;
    try {
      if (Atomics.load(this.#words, WORD.line) === LINE.whole) this.#draw(text);
    } finally {
      this.#unlock();
    }
  }

  /** Draws the view a last time, below all output of the program, and leaves it there. */
  end(text: string): void {
    this.#lock();
    if (Atomics.load(this.#words, WORD.line) === LINE.begun) this.#write(STDERR, bytesOf("\n"), Error);
    Atomics.store(this.#words, WORD.line, LINE.whole);
    this.#draw(text);
    Atomics.store(this.#words, WORD.drawn, 0);
    this.#unlock();
  }

  /** Lines wider than the terminal are cut, so that each takes one row. */
  #draw(text: string): void {
    const drawing = `${this.#takeAway()}${NO_STYLE}${ESCAPE}[?7l${text}${ESCAPE}[?7h`;
    this.#write(STDERR, bytesOf(drawing), Error);
    Atomics.store(this.#words, WORD.drawn, text.split("\n").length - 1);
  }

  /** The characters that remove the view, and put the cursor where its first line was. */
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
