// The state of the page: one object, and listeners for its changes.

import type { Grouping } from "../src/report/trace-groups.js";
import type { View } from "../src/trace/accounts.js";
import type { Model } from "./model.js";

export type Metric = "bytes" | "count";
export type Tab = "flame" | "table" | "map" | "sizes";

export interface State {
  /** The picked span of time, in microseconds. */
  readonly from: number;
  readonly to: number;
  /** Whether the interpreter's start is included, and not only the program. */
  readonly withStart: boolean;
  readonly view: View;
  readonly metric: Metric;
  readonly search: string;
  readonly tab: Tab;
  /** Whether the flame graph begins with the functions that allocated, and not with the outermost calls. */
  readonly inverted: boolean;
  readonly grouping: Grouping;
  /** Whether Python's import system is shown as well. */
  readonly withImports: boolean;
  /** Whether the flame graph shows the types of objects, as the innermost frames. */
  readonly withTypes: boolean;
  /** The flame graph omits frames with a smaller share of the whole. */
  readonly leastShare: number;
  /** The label of the function whose details are shown; undefined if there is none. */
  readonly selected: string | undefined;
  /** The functions from the flame graph's root to the frame that it is zoomed to. */
  readonly zoom: readonly number[];
  /** Whether the program is running: the end of the data is then now. */
  readonly isLive: boolean;
}

/** How a page begins: everything is picked. */
export function initialState(model: Model, tab: Tab): State {
  // Totals are of the program only.
  const withStart = !model.hasStart && !model.data.header.totals;
  return {
    withStart,
    ...model.range(withStart),
    view: model.isStill ? "end" : "peak",
    metric: "bytes",
    search: "",
    tab,
    inverted: false,
    grouping: "function",
    withImports: false,
    withTypes: false,
    leastShare: 0,
    selected: undefined,
    zoom: [],
    isLive: false,
  };
}

type Listener<S> = (state: S, changed: ReadonlySet<keyof S>) => void;

export class Store<S extends object = State> {
  #state: S;
  readonly #listeners: Listener<S>[] = [];

  constructor(state: S) {
    this.#state = state;
  }

  get state(): S {
    return this.#state;
  }

  /** Changes some fields, and calls the listeners of those that have a new value. */
  set(change: Partial<S>): void {
    const names = Object.keys(change) as (keyof S)[];
    const changed = new Set(names.filter((name) => change[name] !== this.#state[name]));
    if (changed.size === 0) return;
    this.#state = { ...this.#state, ...change };
    this.notify(changed);
  }

  /**
   * Changes some fields, and calls their listeners even if the values are the same, because their meaning has changed.
   */
  replace(change: Partial<S>): void {
    this.#state = { ...this.#state, ...change };
    this.notify(new Set(Object.keys(change) as (keyof S)[]));
  }

  /** Calls the listeners of the changed fields. */
  notify(changed: ReadonlySet<keyof S>): void {
    for (const listener of this.#listeners) listener(this.#state, changed);
  }

  /** Calls the listener now, and at each change of a field in `names`. */
  on(names: readonly (keyof S)[], listener: (state: S) => void): void {
    this.#listeners.push((state, changed) => {
      if (names.some((name) => changed.has(name))) listener(state);
    });
    listener(this.#state);
  }
}
