// Memory that the main thread shares with the program's thread.
//
//   word
//   signal     0, or a signal that waits for the program
//   input      0: no bytes; n: n bytes; -1: the end
//   due        bits: what the program's thread is to do between two bytecodes (DUE)
//   taken      number of signals that the program took
//   handled    bit s: signal s does not end the program
//   lock       1: one of the threads writes to the terminal (screen.ts)
//   drawn      lines of the live view that are on the terminal
//   line       1: the program's line on the terminal is not finished
//   received   number of pieces of a recording that the main thread has taken
//   provided   1: the main thread has answered a request for packages
//
// The bytes of standard input follow these words.

export const WORD = {
  signal: 0,
  input: 1,
  due: 2,
  taken: 3,
  handled: 4,
  lock: 5,
  drawn: 6,
  line: 7,
  received: 8,
  provided: 9,
} as const;
/** Bits of the word `due`. */
export const DUE = {
  /** The recording is to be flushed. */
  flush: 1,
  /** A heap snapshot is to be taken. */
  snapshot: 2,
} as const;

const WORDS = Object.keys(WORD).length;
const INPUT_BYTES = 65536;

export interface Shared {
  readonly words: Int32Array<SharedArrayBuffer>;
  readonly input: Uint8Array<SharedArrayBuffer>;
}

export function makeShared(): SharedArrayBuffer {
  return new SharedArrayBuffer(4 * WORDS + INPUT_BYTES);
}

/** Asks the program's thread for a heap snapshot. A program that sleeps is woken for it. */
export function askForSnapshot({ words }: Shared): void {
  Atomics.or(words, WORD.due, DUE.snapshot);
  Atomics.notify(words, WORD.signal);
}

export function viewShared(shared: SharedArrayBuffer): Shared {
  return { words: new Int32Array(shared, 0, WORDS), input: new Uint8Array(shared, 4 * WORDS) };
}
