// Whether a history of operations is linearizable: whether there is an order of them, one after the other, that gives the same results, and in
// which an operation that had ended before another one began comes before it. The search is Wing and Gong's, with Lowe's memory of states.

export interface Event {
  /** Which object, and what was done with it. */
  readonly object: string;
  readonly call: string;
  readonly args: readonly number[];
  readonly result: unknown;
  /** When it began and ended, by a clock of all workers. */
  readonly begun: number;
  readonly ended: number;
}

/** An object as it should be: the result of a call, and its state after it. */
export interface Model<S> {
  readonly initial: S;
  step(state: S, event: Event): { readonly result: unknown; readonly state: S };
}

export function isLinearizable<S>(history: readonly Event[], model: Model<S>): boolean {
  const known = new Set<string>();
  const search = (left: readonly Event[], state: S): boolean => {
    if (left.length === 0) return true;
    const name = JSON.stringify([left.map(({ begun }) => begun), state]);
    if (known.has(name)) return false;
    known.add(name);
    const firstEnd = Math.min(...left.map(({ ended }) => ended));
    return left.some((event) => {
      if (event.begun > firstEnd) return false;
      const { result, state: next } = model.step(state, event);
      return (
        result === event.result &&
        search(
          left.filter((other) => other !== event),
          next,
        )
      );
    });
  };
  return search(history, model.initial);
}

const MISSING = "missing";

export const MODELS: Readonly<Record<string, Model<readonly number[]>>> = {
  queue: {
    initial: [],
    step: (state, { call, args }) =>
      call === "put"
        ? { result: null, state: [...state, ...args] }
        : { result: state[0] ?? MISSING, state: state.slice(1) },
  },
  list: {
    initial: [],
    step: (state, { call, args: [n = 0] }) => {
      if (call === "push") return { result: null, state: [...state, n] };
      if (call === "pop") return { result: state.at(-1) ?? MISSING, state: state.slice(0, -1) };
      if (call === "insert") return { result: null, state: [n, ...state] };
      return { result: state.length, state };
    },
  },
  // The values of three keys; 0 is none.
  dict: {
    initial: [0, 0, 0],
    step: (state, { call, args: [key = 0, value = 0] }) => {
      const before = state[key] || MISSING;
      if (call === "get") return { result: before, state };
      if (call === "size") return { result: state.filter(Boolean).length, state };
      if (call === "setDefault" && before !== MISSING) return { result: before, state };
      const result = call === "set" ? null : call === "pop" ? before : value;
      return { result, state: replaced(state, key, call === "pop" ? 0 : value) };
    },
  },
  counter: {
    initial: [0],
    step: ([n = 0], { args: [by = 0] }) => ({ result: n + by, state: [n + by] }),
  },
};

function replaced(state: readonly number[], at: number, value: number): number[] {
  return state.map((other, k) => (k === at ? value : other));
}
