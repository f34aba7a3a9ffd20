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

/** Milliseconds: a program that has not looked for signals for so long is ended without its help, if the signal ends programs. */
const GRACE = 5000;
/** So is one that was interrupted so often from the keyboard, and took none of it. */
const MOST_PRESSES = 3;

/** Where signals come from. */
type Source = Pick<NodeJS.EventEmitter, "on" | "off">;

/**
 * Passes signals on, until the function that it returns is called. `end` ends a program that does not take them. One that comes while the same is
 * waiting is that one, as in a process.
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
      // Those that end a program are not replaced by the one that it can catch best.
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

/** What CPython says of a signal: 0 for the default, 1 if it is ignored, or the address of what handles it. */
export interface Dispositions {
  PyOS_getsig(signal: number): number;
}
const DEFAULT = 0;
const NUMBERS = Object.values(SIGNALS);
/** Python's dispositions are asked for once in this many looks: to ask takes longer than all else that a look does. */
const LOOKS = 16;

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
  #looks = 0;

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
    if (this.#looks++ % LOOKS === 0) Atomics.store(this.#words, WORD.handled, this.#handled());
    const signal = this.#words[WORD.signal] ?? 0;
    if (signal !== 0 && this.#python.PyOS_getsig(signal) === DEFAULT) this.#onEnd(signal);
    this.#seen = signal;
    return signal;
  }

  /** Pyodide has taken what it saw; another that came since stays. */
  set 0(_taken: number) {
    Atomics.compareExchange(this.#words, WORD.signal, this.#seen, 0);
    Atomics.add(this.#words, WORD.taken, 1);
  }

  /** Bits of the signals that do not end the program. They are told beforehand: a long call in C is not a look. */
  #handled(): number {
    let bits = 0;
    for (const signal of NUMBERS) if (this.#python.PyOS_getsig(signal) !== DEFAULT) bits |= 1 << signal;
    return bits;
  }
}
