// The border to code in C: how many calls across it are under way, there or back, and what has to be put right when one ends in an exception, which
// passes through WebAssembly frames and leaves behind what they would have done at their end.

import type { Reentrancy } from "../../core/reentrancy.js";
import type { Reader } from "./reader.js";

/** Stands at the lowest word of the stack of C as long as nothing overran it. */
export const CANARY = 0x57ac_0ff1;

/** The stack of modules in C. */
export interface GuardedStack {
  /** Where the canary stands; 0 if the stack needs none, or there is no stack. */
  readonly canaryAt: number;
  /** Whether the stack pointer is outside of the stack; asked when a call ended in an exception. */
  readonly isOverrun: boolean;
  /** Puts right what frames of C left behind that an exception went through; called when no call is under way. */
  unwind(): void;
  /** Throws, as the stack was overrun; called when the outermost call has ended. */
  overrun(): never;
}

export class Border {
  readonly #reader: Reader;
  readonly #states: Reentrancy;
  readonly #stack: GuardedStack;

  constructor(reader: Reader, states: Reentrancy, stack: GuardedStack) {
    this.#stack = stack;
    this.#reader = reader;
    this.#states = states;
  }

  /** A call begins. */
  enter(): void {
    this.#states.enterC();
  }

  /** The call returned. */
  leave(): void {
    if (this.#states.leaveC() > 0) return;
    const { canaryAt } = this.#stack;
    if (canaryAt !== 0 && this.#reader.word(canaryAt) !== CANARY) this.#look();
  }

  /** Looks again at the memory as it is now, which may have grown. */
  #look(): void {
    this.#reader.refresh();
    if (this.#reader.word(this.#stack.canaryAt) !== CANARY) this.#stack.overrun();
  }

  /** The call ended in an exception. Throws another one if the stack was overrun: it is what the first one is about. */
  abandon(): void {
    if (this.#states.leaveC() > 0) return;
    const isOverrun = this.#stack.isOverrun;
    this.#stack.unwind();
    if (isOverrun) this.#stack.overrun();
  }

  /** Runs a call. */
  run<T>(call: () => T): T {
    this.enter();
    let answer: T;
    try {
      answer = call();
    } catch (error) {
      this.abandon();
      throw error;
    }
    this.leave();
    return answer;
  }
}
