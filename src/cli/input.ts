// Standard input for the thread in which Python runs. The main thread reads it, so that Ctrl-C reaches a program that
// waits for input. The reader asks by a message, then waits for the word `input`; the main thread stores the bytes and
// sets the word.

import { type Shared, WORD } from "./shared.js";

const END = -1;
/** Milliseconds after which a wait looks for an interrupt, because an interrupt just before the wait does not end it. */
const LOOK_EVERY = 50;

/** The main thread's side: sends bytes of standard input when it is asked. */
export class InputSender {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  #pending: Uint8Array = new Uint8Array(0);
  #ended = false;
  #listening = false;

  constructor({ words, input }: Shared) {
    this.#words = words;
    this.#bytes = input;
  }

  /** Adds bytes that come before those of standard input. */
  add(bytes: Uint8Array): void {
    if (bytes.length > 0) this.#pending = bytes;
  }

  /** To be called when the reader waits for bytes. */
  request(): void {
    if (this.#pending.length > 0 || this.#ended) {
      this.#send();
      return;
    }
    if (this.#listening) {
      process.stdin.resume();
      return;
    }
    this.#listening = true;
    process.stdin.on("data", (chunk: Buffer) => {
      process.stdin.pause();
      this.#pending = chunk;
      this.#send();
    });
    const end = () => {
      this.#ended = true;
      this.#send();
    };
    process.stdin.on("end", end);
    process.stdin.on("error", end);
    // It is paused if the keys of the live view were read before.
    process.stdin.resume();
  }

  /** Stops reading standard input. */
  close(): void {
    if (this.#listening) process.stdin.destroy();
  }

  #send(): void {
    if (Atomics.load(this.#words, WORD.input) !== 0) return;
    const count = Math.min(this.#pending.length, this.#bytes.length);
    this.#bytes.set(this.#pending.subarray(0, count));
    this.#pending = this.#pending.subarray(count);
    Atomics.store(this.#words, WORD.input, count > 0 ? count : END);
    Atomics.notify(this.#words, WORD.input);
  }
}

/** The side of the thread in which Python runs. */
export class InputReader {
  readonly #words: Int32Array;
  readonly #bytes: Uint8Array;
  readonly #ask: () => void;
  readonly #interrupted: () => Error;
  #taken = 0;

  /** `ask` makes the main thread call `request`; `interrupted` makes the error for a wait that was interrupted. */
  constructor({ words, input }: Shared, ask: () => void, interrupted: () => Error) {
    this.#words = words;
    this.#bytes = input;
    this.#ask = ask;
    this.#interrupted = interrupted;
  }

  /**
   * Waits for bytes, and copies as many as fit. Returns their number; 0 at the end of input. Throws if a signal comes meanwhile. If none
   * fit, it does not wait: the C library asks for 0 bytes after each byte that it reads from a terminal.
   */
  read(into: Uint8Array): number {
    if (into.length === 0) return 0;
    if (Atomics.load(this.#words, WORD.input) === 0) this.#ask();
    while (Atomics.load(this.#words, WORD.input) === 0) {
      if (Atomics.load(this.#words, WORD.signal) !== 0) throw this.#interrupted();
      Atomics.wait(this.#words, WORD.input, 0, LOOK_EVERY);
    }
    const have = Atomics.load(this.#words, WORD.input);
    if (have === END) return 0;
    const count = Math.min(have - this.#taken, into.length);
    into.set(this.#bytes.subarray(this.#taken, this.#taken + count));
    this.#taken += count;
    if (this.#taken === have) {
      this.#taken = 0;
      Atomics.store(this.#words, WORD.input, 0);
    }
    return count;
  }
}
