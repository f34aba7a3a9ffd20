// The lock of a shared heap's objects: one worker at a time uses them, as with Python's GIL.
//
//   | holder, CONTENDED | starving | ...
//
// The holder is a worker's number, or 0. A worker that finds the lock taken looks at it a few times, because most operations are short; then
// it sets CONTENDED and sleeps, and whoever gives the lock back wakes one sleeper. Meanwhile others may take the lock, which saves a change of
// threads for each operation. So that nobody waits for ever, a worker that has slept for a millisecond becomes `starving`, and the next one
// that gives the lock back makes it the holder. (Go's sync.Mutex does the same.)
//
// A worker's number is the address of its thread's control block, with the turn of the thread in the lower bits.

import * as C from "../core/constants.gen.js";

const FREE = 0;
const CONTENDED = 1;
/** The holder of a lock that is never given back. */
export const BROKEN = 2;
/** How often a worker looks at the lock before it sleeps. */
const LOOKS = 100;
/** Milliseconds after which a sleeping worker is starving. */
const STARVING_MS = 1;
/** Milliseconds after which a sleeping worker throws an error. */
const PATIENCE_MS = 10_000;
/** Milliseconds that a worker sleeps for a lock that it only wants because another one has ended. */
const ENDING_MS = 20;

// The words of the lock.
const HOLDER = 0;
const STARVING = 1;

/** What came of an attempt to take the lock from a worker that has ended. */
export type Taking = "taken" | "busy" | "broken";

export interface HeapLockParts {
  readonly memory: WebAssembly.Memory;
  /** The address of the lock's words. */
  readonly at: number;
  /** The worker's number. */
  readonly self: number;
  /** Called whenever this worker has taken the lock, and before it gives it back. */
  taken(): void;
  giving(): void;
  /** The lock is taken from a worker that has ended: undoes what that one had begun. Returns false if that is not possible. */
  recover(): boolean;
  /** Throws an error that says that the holder does not give the lock back. */
  stalled(holder: number): never;
}

/** The number of the worker that is a thread at its `turn`. */
export function workerNumber(thread: number, turn: number): number {
  return thread | ((turn << 2) & (C.THREAD_ALIGNMENT - 1)) | 0;
}

export class HeapLock {
  readonly #words: Int32Array;
  readonly #parts: HeapLockParts;
  readonly #self: number;
  #depth = 0;
  #isLeft = false;

  constructor(parts: HeapLockParts) {
    this.#parts = parts;
    this.#self = parts.self;
    // The words are in the memory from the beginning on, so this view shows them also after the memory grew.
    this.#words = new Int32Array(parts.memory.buffer, parts.at, 2);
  }

  /** Whether this worker has the lock. */
  get isHeld(): boolean {
    return this.#depth > 0;
  }

  /** Runs an operation while this worker has the lock. */
  readonly run = <T>(operation: () => T): T => {
    this.take();
    try {
      return operation();
    } finally {
      this.give();
    }
  };

  /** Runs an operation if this worker has the lock, or gets it without waiting. Returns whether the operation ran. */
  readonly attempt = (operation: () => void): boolean => {
    if (this.#isLeft || (this.#depth === 0 && !this.#takeFree())) return false;
    if (++this.#depth === 1) this.#parts.taken();
    try {
      operation();
    } finally {
      this.give();
    }
    return true;
  };

  /** Takes the lock, also if this worker has it already. */
  take(): void {
    if (++this.#depth > 1) return;
    try {
      if (this.#isLeft) throw new Error("Cannot use the heap: this worker has left it");
      if (!this.#takeFree()) this.#wait();
    } catch (error) {
      this.#depth = 0;
      throw error;
    }
    this.#parts.taken();
  }

  /** This worker leaves the heap: it can't take the lock any more. */
  leave(): void {
    this.#isLeft = true;
  }

  get isLeft(): boolean {
    return this.#isLeft;
  }

  /**
   * Takes the lock, also from a worker that has ended. Then the caller has to call `give`. If another worker has the lock, and keeps it, this one
   * is BUSY: that one may have ended, too. If the worker has left something that can't be undone, nobody gets the lock any more.
   */
  takeOver(ended: number): Taking {
    if (this.#depth > 0) {
      this.#depth++;
      return "taken";
    }
    Atomics.compareExchange(this.#words, STARVING, ended, 0);
    const result = this.#takeFree() ? "taken" : this.#wait(ended, ENDING_MS);
    if (result === "busy") return result;
    if (result === "taken over" && !this.#parts.recover()) {
      this.#break();
      return "broken";
    }
    this.#depth = 1;
    this.#parts.taken();
    return "taken";
  }

  /** Gives the lock back, if it was taken as often as it is given. */
  give(): void {
    if (this.#depth > 1) {
      this.#depth--;
      return;
    }
    this.#parts.giving();
    this.#depth = 0;
    const words = this.#words;
    if (Atomics.load(words, STARVING) !== 0) this.#handOver();
    else if ((Atomics.exchange(words, HOLDER, FREE) & CONTENDED) !== 0) Atomics.notify(words, HOLDER, 1);
  }

  #handOver(): void {
    const words = this.#words;
    const next = Atomics.exchange(words, STARVING, 0);
    Atomics.store(words, HOLDER, next === 0 ? FREE : next | CONTENDED);
    Atomics.notify(words, HOLDER);
  }

  /** Takes the lock if it is free. Returns whether it was. */
  #takeFree(): boolean {
    return Atomics.compareExchange(this.#words, HOLDER, FREE, this.#self) === FREE;
  }

  /** Waits for the lock, and takes it: when it is free, or from a worker that has `ended`. For that, it waits only for so many milliseconds. */
  #wait(ended = FREE, patience = PATIENCE_MS): "taken" | "taken over" | "busy" {
    const words = this.#words;
    const self = this.#self;
    for (let look = LOOKS; look > 0; look--) {
      if (Atomics.load(words, HOLDER) !== FREE) continue;
      if (this.#takeFree()) return "taken";
    }
    const begun = performance.now();
    for (;;) {
      // Others may sleep whom only CONTENDED tells of.
      const seen = Atomics.compareExchange(words, HOLDER, FREE, self | CONTENDED);
      const holder = seen & ~CONTENDED;
      if (holder === FREE || holder === self) break;
      if (holder === ended) {
        if (Atomics.compareExchange(words, HOLDER, seen, self | CONTENDED) === seen) return "taken over";
        continue;
      }
      const waited = performance.now() - begun;
      if (holder === BROKEN || waited >= patience) {
        if (this.#isMadeHolder()) continue;
        if (holder === BROKEN || ended === FREE) this.#parts.stalled(holder);
        return "busy";
      }
      const marked = holder | CONTENDED;
      if (seen !== marked && Atomics.compareExchange(words, HOLDER, seen, marked) !== seen) continue;
      const isStarving = waited >= STARVING_MS;
      if (isStarving) Atomics.compareExchange(words, STARVING, 0, self);
      Atomics.wait(words, HOLDER, marked, isStarving ? patience - waited : STARVING_MS);
    }
    Atomics.compareExchange(words, STARVING, self, 0);
    return "taken";
  }

  /** This worker waits no more. Returns whether it was made the holder meanwhile. */
  #isMadeHolder(): boolean {
    const words = this.#words;
    const wasStarving = Atomics.compareExchange(words, STARVING, this.#self, 0) === this.#self;
    return !wasStarving && (Atomics.load(words, HOLDER) & ~CONTENDED) === this.#self;
  }

  /** Gives the lock, which this worker has, to nobody for ever. Whoever sleeps is told. */
  #break(): void {
    Atomics.store(this.#words, HOLDER, BROKEN);
    Atomics.notify(this.#words, HOLDER);
  }
}
