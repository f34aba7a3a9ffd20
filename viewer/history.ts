// The browser's Back and Forward: each step of a user through the page is an entry of the browser's history. Closing the
// details goes back to the entry from which they were opened, so that Back never opens them again.

import type { Store } from "./state.js";

export interface Steps<S> {
  /** A change of one of these fields is a step. */
  readonly steps: readonly (keyof S)[];
  /** These fields come back with an entry, but their changes are not steps. */
  readonly kept: readonly (keyof S)[];
  /** The field whose value the details show; undefined if they are closed. It is one of the steps. */
  readonly details: keyof S;
}

interface Place {
  /** When the page was loaded: entries of an earlier load are not known any more. */
  readonly load: number;
  readonly at: number;
}

/** Makes entries from now on. To be called once for a page. */
export function keepHistory<S extends object>(store: Store<S>, { steps, kept, details }: Steps<S>): void {
  const load = performance.timeOrigin;
  const entry = (): Partial<S> => {
    const { state } = store;
    return Object.fromEntries([...steps, ...kept].map((name) => [name, state[name]])) as Partial<S>;
  };
  const entries = [entry()];
  let at = 0;
  /** Whether the browser is on its way to an entry that is shown already. */
  let isReturning = false;
  let isAsked = false;
  const differ = (a: Partial<S> | undefined, b: Partial<S>) =>
    steps.filter((name) => JSON.stringify(a?.[name]) !== JSON.stringify(b[name]));
  const isOpen = (k: number) => entries[k]?.[details] !== undefined;

  /** The entry before the present one that shows the same as `now`, if only details were opened since; or -1. */
  const earlier = (now: Partial<S>): number => {
    for (let k = at; k > 0 && isOpen(k); k--) if (differ(entries[k - 1], now).length === 0) return k - 1;
    return -1;
  };

  const note = () => {
    isAsked = false;
    if (isReturning) return;
    const now = entry();
    const changed = differ(entries[at], now);
    const isClosed = changed.length === 1 && changed[0] === details && now[details] === undefined;
    const found = changed.length > 0 ? earlier(now) : -1;
    if (found >= 0) {
      isReturning = true;
      history.go(found - at);
    } else if (changed.length === 0 || isClosed) {
      entries[at] = now;
    } else {
      entries.length = ++at;
      entries.push(now);
      history.pushState({ load, at } satisfies Place, "");
    }
  };

  addEventListener("popstate", ({ state }: PopStateEvent) => {
    const place = state as Place | null;
    at = place?.load === load ? place.at : 0;
    if (isReturning) {
      isReturning = false;
      // Something may have changed on the way.
      note();
      return;
    }
    store.set(entries[at] ?? {});
  });
  history.replaceState({ load, at } satisfies Place, "");
  // What changes at one click is one step.
  store.on([...steps, ...kept], () => {
    if (!isAsked) queueMicrotask(note);
    isAsked = true;
  });
}
