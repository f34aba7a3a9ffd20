// Signals: a signal to the process is passed to the program, which handles it or is ended by it.
//
//   main thread: process.on(...)  -> word `signal` ->  Pyodide, which looks between two bytecodes (Interrupts)
//
// Python's disposition decides what happens, as it does for `python`. A handler of the program is called. The default
// ends the program at once, without functions of atexit and without `finally`; but SIGINT has a handler from the start,
// which raises KeyboardInterrupt.

import { type Shared, WORD } from "./shared.js";

export const SIGNALS = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;
export type SignalName = keyof typeof SIGNALS;

export function signalName(signal: number): string {
  return Object.entries(SIGNALS).find(([, number]) => number === signal)?.[0] ?? `signal ${signal}`;
}

/** The exit code that shells give to a process that a signal ended. */
export const exitCodeOf = (signal: number): number => 128 + signal;

/**
 * Milliseconds: a program that has not looked for signals for this long is ended from outside, if the signal ends
 * programs.
 */
const GRACE = 5000;
/** The same happens after this many interrupts from the keyboard, if the program has taken none of them. */
const MOST_PRESSES = 3;

/** The source of signals. */
type Source = Pick<NodeJS.EventEmitter, "on" | "off">;

/**
 * Passes signals to the program until the returned function is called. `end` ends a program that does not take them. A
 * signal that comes while the same signal waits is dropped, as in a process.
 */
export function forwardSignals(
  { words }: Shared,
  end: (signal: number) => void,
  source: Source = process,
  grace = GRACE,
): () => void {
  let presses = 0;
  let takenBefore = 0;
  const timers = new Set<NodeJS.Timeout>();
  const taken = () => Atomics.load(words, WORD.taken);
  const isHandled = (signal: number) => (Atomics.load(words, WORD.handled) & (1 << signal)) !== 0;

  const endIfNotTaken = (signal: number) => {
    const before = taken();
    const timer = setTimeout(() => {
      timers.delete(timer);
      const isWaiting = Atomics.load(words, WORD.signal) === signal && taken() === before;
      if (isWaiting && !isHandled(signal)) end(signal);
    }, grace);
    timers.add(timer);
  };

  const take = (name: SignalName) => {
    const signal = SIGNALS[name];
    const pending = Atomics.load(words, WORD.signal);
    if (signal === SIGNALS.SIGINT) {
      if (taken() !== takenBefore) presses = 0;
      takenBefore = taken();
      if (++presses >= MOST_PRESSES) return end(signal);
      // A signal waits already. It may be one that ends programs, and SIGINT, which a program can catch most easily, must not
      // replace it.
      if (pending !== 0) return;
    } else if (pending === signal) return;
    Atomics.store(words, WORD.signal, signal);
    Atomics.notify(words, WORD.signal);
    if (signal !== SIGNALS.SIGINT) endIfNotTaken(signal);
  };
  const names = Object.keys(SIGNALS) as SignalName[];
  for (const name of names) source.on(name, take);
  return () => {
    for (const name of names) source.off(name, take);
    for (const timer of timers) clearTimeout(timer);
  };
}

/**
 * Ends a program that handles no signals, by calling `end` for the first signal that comes. Calls `stop` if `end` does not end
 * the program in time, or after repeated interrupts from the keyboard. The returned function ends this.
 */
export function endBySignals(
  end: (signal: number) => Promise<void>,
  stop: (signal: number) => void,
  source: Source = process,
  grace = GRACE,
): () => void {
  let presses = 0;
  let timer: NodeJS.Timeout | undefined;
  const take = (name: SignalName) => {
    const signal = SIGNALS[name];
    if (signal === SIGNALS.SIGINT && ++presses >= MOST_PRESSES) return stop(signal);
    if (timer) return;
    timer = setTimeout(() => stop(signal), grace);
    void end(signal);
  };
  const names = Object.keys(SIGNALS) as SignalName[];
  for (const name of names) source.on(name, take);
  return () => {
    for (const name of names) source.off(name, take);
    clearTimeout(timer);
  };
}

/** CPython's disposition for a signal: 0 for the default, 1 for ignored, or the address of its handler. */
export interface Dispositions {
  PyOS_getsig(signal: number): number;
}
const DEFAULT = 0;
const NUMBERS = Object.values(SIGNALS);
/**
 * Python's dispositions are read once in this many looks, because reading them takes longer than all else in a look.
 */
const LOOKS = 16;

/**
 * The object that Pyodide reads between two bytecodes, as its interrupt buffer: `[0]` is the signal that the program is
 * to handle, or 0.
 */
export class Interrupts {
  readonly #words: Int32Array;
  readonly #python: Dispositions;
  readonly #onDue: (due: number) => void;
  readonly #onEnd: (signal: number) => void;
  #seen = 0;
  #looks = 0;

  /**
   * `onDue` is called with bits of DUE when something is to be done between two bytecodes. `onEnd` is called when a signal is to end the program, and
   * does not return.
   */
  constructor({ words }: Shared, python: Dispositions, onDue: (due: number) => void, onEnd: (signal: number) => void) {
    this.#words = words;
    this.#python = python;
    this.#onDue = onDue;
    this.#onEnd = onEnd;
  }

  get 0(): number {
    if (this.#words[WORD.due] !== 0) {
      this.#onDue(Atomics.exchange(this.#words, WORD.due, 0));
    }
    if (this.#looks++ % LOOKS === 0) Atomics.store(this.#words, WORD.handled, this.#handled());
    const signal = this.#words[WORD.signal] ?? 0;
    if (signal !== 0 && this.#python.PyOS_getsig(signal) === DEFAULT) this.#onEnd(signal);
    this.#seen = signal;
    return signal;
  }

  /** Pyodide has taken the signal that it read. A newer signal stays. */
  set 0(_taken: number) {
    Atomics.compareExchange(this.#words, WORD.signal, this.#seen, 0);
    Atomics.add(this.#words, WORD.taken, 1);
  }

  /**
   * A bit for each signal that does not end the program. The bits are stored beforehand, because nothing looks here
   * during a long call in C.
   */
  #handled(): number {
    let bits = 0;
    for (const signal of NUMBERS) if (this.#python.PyOS_getsig(signal) !== DEFAULT) bits |= 1 << signal;
    return bits;
  }
}
