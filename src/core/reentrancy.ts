// Re-entrancy: what is under way, and what may happen meanwhile. While the core waits for code of the program's, that code may call the heap again.
// Several states can hold at a time; what one of them forbids is forbidden.
//
//   state           from .. to                                                move  free  release  collect  measure  swap  unload  look  throw
//   (idle)                                                                    yes   yes   yes      yes      yes      yes   yes     yes   yes
//   IN_OPERATION    an allocator of the program's, a visitor, a fault's       no    *     no       no       no       no    no      yes   yes
//                   handler, a trace's sink, or what says where the program
//                   is, is called .. it came back
//   HOST_WAITS      a finalizer, a callback, a listener is called .. it came  yes   yes   yes      yes      yes      no    yes     yes   reported
//                   back
//   IN_C            a function in C is called .. it came back                 no    yes   yes      yes      no       no    no      yes   yes
//   CONVERTING      a value goes onto the heap, in several calls: containers  **    yes   yes      yes      **       **    yes     no    yes
//                   that are not filled can be there
//   UNINTERRUPTED   a collection or a compaction begins .. it has ended       **    **    yes      **       **       **    yes     yes   put off
//
//   move      compaction, and an image of the heap            measure   measures against pressure
//   swap      another instance, over another memory, takes    unload    a module in C goes
//             the core's place: frames of the old one must    look      a list of all objects
//             not be on the stack                             release   what is empty goes back to the platform
//
//   *    Nobody asks: an allocator of the program's has to free its blocks. What else is in the middle of an operation must not free what that has.
//   **   The core says so: it has states of its own (core/objects/model/reentrancy.ts), which are asked as well. To free is refused nowhere: the core
//        is in no state in which that would harm while the program can call it.

/** What may be forbidden, as bits. */
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
/** What the core is asked about as well. */
const CORE_FORBIDS = MOVE | MEASURE | SWAP;

const OPERATION = "an operation is under way";

type Report = () => void;

export class Reentrancy {
  // How often each state holds, one inside another.
  #inOperation = 0;
  #hostWaits = 0;
  #inC = 0;
  #converting = 0;
  /** What waits to be thrown for the end of what can't be interrupted; undefined: nothing of the kind is under way. */
  #putOff: Report[] | undefined;
  readonly #coreIsBusy: () => boolean;

  /** The core's own states forbid what moves objects while it `isBusy`. */
  constructor(coreIsBusy: () => boolean) {
    this.#coreIsBusy = coreIsBusy;
  }

  // ---- the question ----

  /** Whether the action may happen now. */
  may(action: Action): boolean {
    return this.whyNot(action) === undefined;
  }

  /** What is under way that forbids the action; undefined if it may happen. */
  whyNot(action: Action): string | undefined {
    if (this.#inC > 0 && (action & IN_C_FORBIDS) !== 0) return "a call to a function in C is under way";
    if (this.#inOperation > 0 && (action & IN_OPERATION_FORBIDS) !== 0) return OPERATION;
    if (this.#hostWaits > 0 && (action & HOST_WAITS_FORBIDS) !== 0) return OPERATION;
    if (this.#converting > 0 && (action & CONVERTING_FORBIDS) !== 0) return "a value is being converted";
    return (action & CORE_FORBIDS) !== 0 && this.#coreIsBusy() ? OPERATION : undefined;
  }

  /** Throws if the action may not happen now; `what` is what it is to the caller: "compact the heap". */
  must(action: Action, what: string): void {
    const why = this.whyNot(action);
    if (why !== undefined) throw new Error(`Cannot ${what}: ${why}`);
  }

  // ---- states ----

  /** Runs code of the program's in the middle of an operation. */
  inOperation<T>(run: () => T): T {
    this.#inOperation++;
    try {
      return run();
    } finally {
      this.#inOperation--;
    }
  }

  /** Runs code of the program's that the core waits for, and in which nothing is put off, whatever can't be interrupted waits for it. */
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

  /** A function in C is called. Pairs with leaveC, on every way out. */
  enterC(): void {
    this.#inC++;
  }

  /** Returns how many calls are still under way. */
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

  /** Runs what can't be left half done: what is to be thrown meanwhile is put off to its end. */
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

  /** As uninterrupted, for what begins and ends in two calls. False, and nothing is entered, if somebody else has: then it ends there. */
  enterUninterrupted(): boolean {
    if (this.#putOff) return false;
    this.#putOff = [];
    return true;
  }

  /** What was put off is the caller's to report. */
  leaveUninterrupted(): readonly Report[] {
    const reports = this.#putOff ?? [];
    this.#putOff = undefined;
    return reports;
  }

  // ---- exceptions ----

  /** False if an exception may be thrown: then the caller reports at once. */
  putOff(report: Report): boolean {
    this.#putOff?.push(report);
    return this.#putOff !== undefined;
  }

  /** What the program's code answers; `otherwise` if it throws where nothing may be thrown: that is put off. */
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
