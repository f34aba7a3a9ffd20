// Re-entrancy: what is under way, and what may happen meanwhile. While the core waits for code of the program, that
// code may call the heap again. Several states can hold at a time; an action is forbidden if one of them forbids it.
//
//   state           from .. to                                                move  free  release  collect  measure  swap  unload  look  throw
//   (idle)                                                                    yes   yes   yes      yes      yes      yes   yes     yes   yes
//   IN_OPERATION    the program's allocator, visitor, fault handler, sink of  no    *     no       no       no       no    no      yes   yes
//                   a trace, or locator is called .. it has returned
//   HOST_WAITS      a finalizer, a callback or a listener is called .. it     yes   yes   yes      yes      yes      no    yes     yes   reported
//                   has returned
//   IN_C            a function in C is called .. it has returned              no    yes   yes      yes      no       no    no      yes   yes
//   CONVERTING      several calls put a value onto the heap, begin .. end:    **    yes   yes      yes      **       **    yes     no    yes
//                   containers that are not filled yet can exist
//   UNINTERRUPTED   a collection or a compaction begins .. it has ended       **    **    yes      **       **       **    yes     yes   put off
//
//   move      compaction, and an image of the heap            measure   measures against pressure
//   swap      the core's instance is replaced by another,     unload    a module in C is removed
//             over another memory: frames of the old one      look      a list of all objects
//             must not be on the stack                        release   empty memory goes back to the platform
//
//   *    Not checked: an allocator of the program has to free its own blocks. Other code that runs in the middle of an operation must not
//        free blocks that the operation uses.
//   **   Decided by the core, which has further states (core/objects/model/reentrancy.ts). They never forbid a free: whenever the
//        program can call free, the core is in a state in which that does no harm.

/** The actions, as bits. */
export const MOVE = 1;
export const RELEASE = 2;
export const COLLECT = 4;
export const MEASURE = 8;
export const SWAP = 16;
export const UNLOAD = 32;
export const LOOK = 64;
export type Action =
  | typeof MOVE
  | typeof RELEASE
  | typeof COLLECT
  | typeof MEASURE
  | typeof SWAP
  | typeof UNLOAD
  | typeof LOOK;

const IN_OPERATION_FORBIDS = MOVE | RELEASE | COLLECT | MEASURE | SWAP | UNLOAD;
const HOST_WAITS_FORBIDS = SWAP;
const IN_C_FORBIDS = MOVE | MEASURE | SWAP | UNLOAD;
const CONVERTING_FORBIDS = LOOK;
/** The actions that the core can forbid as well. */
const CORE_FORBIDS = MOVE | MEASURE | SWAP;

const OPERATION = "an operation is under way";

type Report = () => void;

export class Reentrancy {
  // How often each state is entered; states can be nested.
  #inOperation = 0;
  #hostWaits = 0;
  #inC = 0;
  #converting = 0;
  /** The exceptions that are put off until an uninterrupted operation ends; undefined if none is under way. */
  #putOff: Report[] | undefined;
  readonly #coreIsBusy: () => boolean;

  /** `coreIsBusy` tells whether the core's own states forbid moving objects. */
  constructor(coreIsBusy: () => boolean) {
    this.#coreIsBusy = coreIsBusy;
  }

  // ---- the question ----

  /** Whether the action may happen now. */
  may(action: Action): boolean {
    return this.whyNot(action) === undefined;
  }

  /** The state that forbids the action; undefined if it may happen. */
  whyNot(action: Action): string | undefined {
    if (this.#inC > 0 && (action & IN_C_FORBIDS) !== 0) return "a call to a function in C is under way";
    if (this.#inOperation > 0 && (action & IN_OPERATION_FORBIDS) !== 0) return OPERATION;
    if (this.#hostWaits > 0 && (action & HOST_WAITS_FORBIDS) !== 0) return OPERATION;
    if (this.#converting > 0 && (action & CONVERTING_FORBIDS) !== 0) return "a value is being converted";
    return (action & CORE_FORBIDS) !== 0 && this.#coreIsBusy() ? OPERATION : undefined;
  }

  /** Throws if the action may not happen now. `what` names it for the message: "compact the heap". */
  must(action: Action, what: string): void {
    const why = this.whyNot(action);
    if (why !== undefined) throw new Error(`Cannot ${what}: ${why}`);
  }

  // ---- states ----

  /** Runs code of the program in the middle of an operation. */
  inOperation<T>(run: () => T): T {
    this.#inOperation++;
    try {
      return run();
    } finally {
      this.#inOperation--;
    }
  }

  /**
   * Runs code of the program that the core waits for. Its exceptions are not put off, even if an uninterrupted
   * operation waits for it.
   */
  hostWaits<T>(run: () => T): T {
    const putOff = this.#putOff;
    this.#putOff = undefined;
    this.#hostWaits++;
    try {
      return run();
    } finally {
      this.#hostWaits--;
      this.#putOff = putOff;
    }
  }

  /** Notes that a function in C is being called. Pairs with leaveC, on every way out. */
  enterC(): void {
    this.#inC++;
  }

  /** Whether a call of a function in C is under way. */
  get isInC(): boolean {
    return this.#inC > 0;
  }

  /** Returns the number of calls that are still under way. */
  leaveC(): number {
    return --this.#inC;
  }

  converting<T>(run: () => T): T {
    this.#converting++;
    try {
      return run();
    } finally {
      this.#converting--;
    }
  }

  /** Runs an operation that must not end halfway: exceptions that occur meanwhile are put off to its end. */
  uninterrupted<T>(run: () => T): T {
    const outer = this.#putOff;
    this.#putOff = [];
    try {
      return run();
    } finally {
      const reports = this.leaveUninterrupted();
      this.#putOff = outer;
      for (const report of reports) report();
    }
  }

  /**
   * Like uninterrupted, for an operation that begins and ends in two calls. If another operation is uninterrupted
   * already: false, and nothing is entered.
   */
  enterUninterrupted(): boolean {
    if (this.#putOff) return false;
    this.#putOff = [];
    return true;
  }

  /** Ends the operation. The caller must report the exceptions that were put off. */
  leaveUninterrupted(): readonly Report[] {
    const reports = this.#putOff ?? [];
    this.#putOff = undefined;
    return reports;
  }

  // ---- exceptions ----

  /**
   * Puts a report off to the end of the uninterrupted operation. False if there is none: then the caller reports or throws the exception
   * itself.
   */
  putOff(report: Report): boolean {
    this.#putOff?.push(report);
    return this.#putOff !== undefined;
  }

  /**
   * The result of the program's code. If that throws where nothing may be thrown, the exception is put off, and the
   * result is `otherwise`.
   */
  answerOf<T>(run: () => T, otherwise: T): T {
    try {
      return run();
    } catch (error) {
      const isPutOff = this.putOff(() => {
        throw error;
      });
      if (!isPutOff) throw error;
      return otherwise;
    }
  }
}
