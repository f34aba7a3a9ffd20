// Signals: what comes to the process goes to the program, which handles it, or ends by it.
//
//   main thread: process.on(...)  -> word `signal` ->  Pyodide, which looks between two bytecodes (Interrupts)
//
// Python's disposition decides there, as it does for `python`: a handler of the program's is called; the default ends the program at once,
// without handlers of exit or `finally`; but SIGINT has a handler from the start, which raises KeyboardInterrupt.

import { type Shared, WORD } from "./shared.js";

export const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type SignalName = keyof typeof SIGNALS;

export function signalName(signal: number): string {
  return Object.entries(SIGNALS).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** What a shell has as the exit code of what a signal ended. */
export const exitCodeOf = (signal: number): number => 128 + signal;

/** A program that did not look for so many milliseconds is ended without it. */
const GRACE = 5000;
/** So does one that was interrupted so often from the keyboard. */
const MOST_PRESSES = 3;

/** Passes signals on, until the function that it answers is called. `end` ends a program that does not take them. */
export function forwardSignals({ words }: Shared, end: (signal: number) => void): () => void {
  let presses = 0;
  const timers: NodeJS.Timeout[] = [];
  const take = (name: SignalName) => {
    const signal = SIGNALS[name];
    const pending = Atomics.load(words, WORD.signal);
    if (signal === SIGNALS.SIGINT ? ++presses >= MOST_PRESSES : pending === signal) return end(signal);
    // Those that end a program are not replaced by the one that it can catch best.
    if (signal === SIGNALS.SIGINT && pending !== 0) return;
    Atomics.store(words, WORD.signal, signal);
    Atomics.notify(words, WORD.signal);
    if (signal === SIGNALS.SIGINT) return;
    const isTaken = () => Atomics.load(words, WORD.signal) !== signal;
    timers.push(setTimeout(() => isTaken() || end(signal), GRACE));
  };
  const names = Object.keys(SIGNALS) as SignalName[];
  for (const name of names) process.on(name, take);
  return () => {
    for (const name of names) process.off(name, take);
    for (const timer of timers) clearTimeout(timer);
  };
}

/** What CPython says of a signal: 0 for the default, 1 if it is ignored, or the address of what handles it. */
export interface Dispositions {
  PyOS_getsig(signal: number): number;
}
const DEFAULT = 0;

/**
 * What Pyodide looks into between two bytecodes, as if it were its buffer for interrupts: `[0]` is the signal that the program is to
 * handle, or 0.
 */
export class Interrupts {
  readonly #words: Int32Array;
  readonly #python: Dispositions;
  readonly #onDue: () => void;
  readonly #onEnd: (signal: number) => void;
  #seen = 0;

  /** `onDue` is called when what was recorded is due; `onEnd` when a signal is to end the program: it does not come back. */
  constructor({ words }: Shared, python: Dispositions, onDue: () => void, onEnd: (signal: number) => void) {
    this.#words = words;
    this.#python = python;
    this.#onDue = onDue;
    this.#onEnd = onEnd;
  }

  get 0(): number {
    if (this.#words[WORD.due] !== 0) {
      Atomics.store(this.#words, WORD.due, 0);
      this.#onDue();
    }
    const signal = this.#words[WORD.signal] ?? 0;
    if (signal !== 0 && this.#python.PyOS_getsig(signal) === DEFAULT) this.#onEnd(signal);
    this.#seen = signal;
    return signal;
  }

  /** Pyodide has taken what it saw; another that came since stays. */
  set 0(_taken: number) {
    Atomics.compareExchange(this.#words, WORD.signal, this.#seen, 0);
  }
}
