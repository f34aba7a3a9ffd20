// The events that a heap reports to its program: it is under pressure, or it has run a measure, a collection or a
// compaction.

import type { MeasureName, Pressure, Reason } from "./policy.js";

/** A measure that was run. */
export interface MeasureRun {
  readonly measure: MeasureName;
  readonly reason: Reason;
  /** When it began, in milliseconds since the heap began, and how long it took. */
  readonly at: number;
  readonly ms: number;
  /**
   * The largest of three numbers: bytes that are not in use any more, bytes that went back to the platform, bytes that
   * went back to the system.
   */
  readonly gained: number;
}

/** A collection, whatever started it. */
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
  /** Emitted before the first measure runs: a chance to drop what can be computed or loaded again. */
  pressure: Pressure;
  measure: MeasureRun;
  collect: CollectionEvent;
  compact: CompactionEvent;
}

export type HeapEventName = keyof HeapEvents;
export type Listener<N extends HeapEventName> = (event: HeapEvents[N]) => void;

type Listeners = { readonly [N in HeapEventName]: Set<Listener<N>> };

/** Calls listeners. Their exceptions, also those of promises, go to `report`. */
export class Events {
  readonly #listeners: Listeners = { pressure: new Set(), measure: new Set(), collect: new Set(), compact: new Set() };
  readonly #report: (error: unknown) => void;

  constructor(report: (error: unknown) => void) {
    this.#report = report;
  }

  /** Returns a function that removes the listener. */
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
