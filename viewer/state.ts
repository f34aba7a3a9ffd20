// What is looked at: one object, and who wants to know when it changes.

import type { Grouping } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";

export type Metric = "bytes" | "count";
export type Tab = "flame" | "table" | "map" | "sizes";

export interface State {
  /** The stretch of time that is picked, in microseconds. */
  readonly from: number;
  readonly to: number;
  /** What the interpreter did to start counts as well, not only the program. */
  readonly withStart: boolean;
  readonly view: View;
  readonly metric: Metric;
  readonly search: string;
  readonly tab: Tab;
  /** The flame graph begins with who allocated, not with who called. */
  readonly inverted: boolean;
  readonly grouping: Grouping;
  /** The machinery of imports is shown as well. */
  readonly withImports: boolean;
  /** The flame graph leaves out frames with a smaller share of the whole. */
  readonly leastShare: number;
  /** The function that is looked at by itself, by its label; undefined if none is. */
  readonly selected: string | undefined;
  /** The program runs: the end of what is known is now. */
  readonly isLive: boolean;
}

type Listener = (state: State, changed: ReadonlySet<keyof State>) => void;

export class Store {
  #state: State;
  readonly #listeners: Listener[] = [];

  constructor(state: State) {
    this.#state = state;
  }

  get state(): State {
    return this.#state;
  }

  /** Changes some of it, and tells everybody what is another than before. */
  set(change: Partial<State>): void {
    const names = Object.keys(change) as (keyof State)[];
    const changed = new Set(names.filter((name) => change[name] !== this.#state[name]));
    if (changed.size === 0) return;
    this.#state = { ...this.#state, ...change };
    this.notify(changed);
  }

  /** Changes some of it, and tells everybody even if it is what it was: what it means has changed. */
  replace(change: Partial<State>): void {
    this.#state = { ...this.#state, ...change };
    this.notify(new Set(Object.keys(change) as (keyof State)[]));
  }

  /** Tells everybody that what is shown is new. */
  notify(changed: ReadonlySet<keyof State>): void {
    for (const listener of this.#listeners) listener(this.#state, changed);
  }

  /** Calls the listener now with everything, and at each change of one of `names`. */
  on(names: readonly (keyof State)[], listener: (state: State) => void): void {
    this.#listeners.push((state, changed) => {
      if (names.some((name) => changed.has(name))) listener(state);
    });
    listener(this.#state);
  }
}
