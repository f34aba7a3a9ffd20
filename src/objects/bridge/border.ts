// The border to code in C. It counts the calls that are under way, in both directions. When a JavaScript exception
// passes through WebAssembly frames, the ends of their functions do not run; the border restores what they would have
// restored.

import type { Reentrancy } from "../../core/reentrancy.js";
import type { Reader } from "./reader.js";

/** The value of the lowest word of the C stack, as long as nothing has overrun the stack. */
export const CANARY = 0x57ac_0ff1;

/** The stack of modules in C. */
export interface GuardedStack {
  /** The address of the canary; 0 if the stack needs none, or if there is no stack. */
  readonly canaryAt: number;
  /** Whether the stack pointer is outside of the stack. Asked when an exception has ended a call. */
  readonly isOverrun: boolean;
  /**
   * Restores the state of the stack after an exception passed through frames of C. Called when no call is under way.
   */
  unwind(): void;
  /** Returns the error to throw in place of the one that ended a call. */
  explained(error: unknown): unknown;
  /** Makes the stack empty again. Called when no call is under way. */
  empty(): void;
  /** Whether an exception ends the program: no code in C may be called after it. */
  isEnd(error: unknown): boolean;
  /** Throws an error that says that the stack was overrun. Called when the outermost call has ended. */
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

  /** Notes that a call begins. */
  enter(): void {
    this.#states.enterC();
  }

  /** Notes that a call has returned. If it was the outermost one, throws if the stack was overrun. */
  leave(): void {
    if (this.#states.leaveC() > 0) return;
    const { canaryAt } = this.#stack;
    if (canaryAt !== 0 && this.#reader.word(canaryAt) !== CANARY) this.#look();
  }

  /** Looks at the canary again, through a new view, because the memory may have grown. */
  #look(): void {
    this.#reader.refresh();
    if (this.#reader.word(this.#stack.canaryAt) !== CANARY) this.#stack.overrun();
  }

  /**
   * Notes that an exception has ended the call, and throws it; or another error if the stack was overrun, because that
   * was the cause.
   */
  abandon(error: unknown): never {
    if (this.#states.leaveC() > 0) throw error;
    const isOverrun = this.#stack.isOverrun;
    this.#stack.unwind();
    if (isOverrun) this.#stack.overrun();
    throw this.#stack.explained(error);
  }

  /**
   * Notes that an exception has ended a call that the core made, and that the core goes on. Returns the error to
   * report; or throws it, if it ends the program.
   */
  contained(error: unknown): unknown {
    if (this.#stack.isEnd(error)) throw error;
    if (this.#states.isInC) return this.#stack.explained(error);
    const isOverrun = this.#stack.isOverrun;
    this.#stack.empty();
    try {
      if (isOverrun) this.#stack.overrun();
    } catch (overrun) {
      return overrun;
    }
    return this.#stack.explained(error);
  }

  /** Runs a call. */
  run<T>(call: () => T): T {
    this.enter();
    let answer: T;
    try {
      answer = call();
    } catch (error) {
      this.abandon(error);
    }
    this.leave();
    return answer;
  }
}
