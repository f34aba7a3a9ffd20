// Signals to a program: one that handles them, one that does not look for them, one that is ended by them.

import { EventEmitter } from "node:events";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { makeShared, viewShared, WORD } from "./shared.js";
import { forwardSignals, Interrupts, SIGNALS } from "./signals.js";

const GRACE = 5000;
const HANDLER = 1000;

/** A program that looks for signals only when it is told to. */
class Program {
  readonly shared = viewShared(makeShared());
  readonly source = new EventEmitter();
  readonly ended: number[] = [];
  readonly handled: number[] = [];
  readonly dispositions = new Map<number, number>([[SIGNALS.SIGINT, HANDLER]]);
  readonly #interrupts: Interrupts;
  readonly stop: () => void;

  constructor() {
    const python = { PyOS_getsig: (signal: number) => this.dispositions.get(signal) ?? 0 };
    const nothing = () => undefined;
    this.#interrupts = new Interrupts(this.shared, python, nothing, (signal) => this.ended.push(signal));
    this.stop = forwardSignals(this.shared, (signal) => this.ended.push(signal), this.source, GRACE);
  }

  send(...names: (keyof typeof SIGNALS)[]): void {
    for (const name of names) this.source.emit(name, name);
  }

  look(): void {
    const signal = this.#interrupts[0];
    if (signal === 0) return;
    this.#interrupts[0] = 0;
    this.handled.push(signal);
  }
}

describe("signals", () => {
  let program: Program;
  beforeEach(() => {
    vi.useFakeTimers();
    program = new Program();
  });
  afterEach(() => {
    program.stop();
  });

  it("end a program that does not look, after a while", () => {
    program.look();
    program.send("SIGTERM");
    vi.advanceTimersByTime(GRACE - 1);
    expect(program.ended).toEqual([]);
    vi.advanceTimersByTime(1);
    expect(program.ended).toEqual([SIGNALS.SIGTERM]);
  });

  it("never end a program that handles them, however many come, and however late it looks", () => {
    program.dispositions.set(SIGNALS.SIGTERM, HANDLER);
    program.look();
    program.send("SIGTERM", "SIGTERM", "SIGTERM", "SIGTERM");
    vi.advanceTimersByTime(20 * GRACE);
    expect(program.ended).toEqual([]);
    program.look();
    expect(program.handled).toEqual([SIGNALS.SIGTERM]);
  });

  it("that come after the previous one was taken get the full time", () => {
    program.send("SIGTERM");
    program.dispositions.set(SIGNALS.SIGTERM, HANDLER);
    vi.advanceTimersByTime(GRACE - 10);
    program.look();
    program.dispositions.delete(SIGNALS.SIGTERM);
    Atomics.store(program.shared.words, WORD.handled, 0);
    program.send("SIGTERM");
    vi.advanceTimersByTime(GRACE - 10);
    expect(program.ended).toEqual([]);
    vi.advanceTimersByTime(10);
    expect(program.ended).toEqual([SIGNALS.SIGTERM]);
  });

  it("from the keyboard end a program that takes none of three, and not one that takes each", () => {
    for (let k = 0; k < 10; k++) {
      program.send("SIGINT");
      program.look();
    }
    expect(program.ended).toEqual([]);
    expect(program.handled.length).toBe(10);
    program.send("SIGINT", "SIGINT");
    expect(program.ended).toEqual([]);
    program.send("SIGINT");
    expect(program.ended).toEqual([SIGNALS.SIGINT]);
  });

  it("from the keyboard do not take the place of one that ends the program", () => {
    program.send("SIGTERM", "SIGINT");
    program.look();
    expect(program.ended).toEqual([SIGNALS.SIGTERM]);
  });

  it("have no effect when the program is over", () => {
    program.send("SIGTERM");
    program.stop();
    vi.advanceTimersByTime(2 * GRACE);
    expect(program.ended).toEqual([]);
    expect(program.source.listenerCount("SIGTERM")).toBe(0);
  });
});
