// What a heap tells its program: that it is under pressure, and what it did.

import type { MeasureName, Pressure, Reason } from "./policy.js";

/** A measure that was run. */
export interface MeasureRun {
  readonly measure: MeasureName;
  readonly reason: Reason;
  /** When it began, and how long it took, in milliseconds; time begins with the heap. */
  readonly at: number;
  readonly ms: number;
  /** Bytes that are not in use any more, or went back to the platform or to the system, whichever are most. */
  readonly gained: number;
}

/** A collection, whoever began it. */
export interface CollectionEvent {
  readonly generation: number;
  readonly collected: number;
  readonly uncollectable: number;
  readonly ms: number;
}

/** A compaction; sizes are in bytes, as in `heap.compact()`. */
export interface CompactionEvent {
  readonly moved: number;
  readonly pinned: number;
  readonly gained: number;
  readonly ms: number;
}

export interface HeapEvents {
  /** Before the first measure runs: a chance to drop what can be had again. */
  pressure: Pressure;
  measure: MeasureRun;
  collect: CollectionEvent;
  compact: CompactionEvent;
}

export type HeapEventName = keyof HeapEvents;
export type Listener<N extends HeapEventName> = (event: HeapEvents[N]) => void;

type Listeners = { readonly [N in HeapEventName]: Set<Listener<N>> };

/** Calls listeners. What one throws, at once or later, is the business of `report`. */
export class Events {
  readonly #listeners: Listeners = { pressure: new Set(), measure: new Set(), collect: new Set(), compact: new Set() };
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Returns a function that ends it. */
  on<N extends HeapEventName>(name: N, listener: Listener<N>): () => void {
    const listeners = this.#listeners[name];
    if (!listeners) {
      throw new RangeError(`Cannot listen to "${name}": the events are ${Object.keys(this.#listeners).join(", ")}`);
    }
    if (typeof listener !== "function") {
      throw new TypeError(`Cannot listen to "${name}": the listener is a ${typeof listener}, not a function`);
    }
    listeners.add(listener);
    return () => {
      listeners.delete(listener);
    };
  }

  /** Returns whether the listener was there. */
  off<N extends HeapEventName>(name: N, listener: Listener<N>): boolean {
    return this.#listeners[name]?.delete(listener) ?? false;
  }

  emit<N extends HeapEventName>(name: N, event: HeapEvents[N]): void {
    for (const listener of [...this.#listeners[name]]) {
      try {
        const answer: unknown = listener(event);
        if (answer instanceof Promise) answer.catch(this.#report);
      } catch (error) {
        this.#report(error);
      }
    }
  }
}
