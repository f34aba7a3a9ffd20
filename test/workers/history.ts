// A worker that uses objects of all workers at the same time as others, and records what it does.

import type { PyDict, PyList, SharedHeap } from "../../src/index.js";
import { randomIntegers } from "../random.js";
import type { Event } from "./linearizable.js";

const OPERATIONS = 8;
const MISSING = "missing";
// The words of the clock.
const [TIME, ARRIVED] = [0, 1];

export interface HistoryPlan {
  readonly seed: number;
  readonly rounds: number;
  readonly clock: SharedArrayBuffer;
}

export const OBJECTS = ["queue", "list", "dict", "counter"] as const;

/** Makes the objects of a round. */
export function makeObjects(heap: SharedHeap, round: number): void {
  heap.scope(() => {
    heap.roots.set(`queue ${round}`, heap.queue().object);
    heap.roots.set(`list ${round}`, heap.list());
    heap.roots.set(`dict ${round}`, heap.dict());
    heap.roots.set(`counter ${round}`, heap.counter().object);
  });
}

type Calls = Readonly<Record<string, (a: number, b: number) => unknown>>;

/** The calls of each object. Arguments are a number below 3, and one that is never used twice. */
function callsOf(heap: SharedHeap, round: number): Readonly<Record<(typeof OBJECTS)[number], Calls>> {
  const root = (name: string) => heap.roots.get(`${name} ${round}`);
  const queue = heap.queue<number>(root("queue"));
  const list = root("list") as unknown as PyList<number>;
  const dict = root("dict") as unknown as PyDict<string, number>;
  const counter = heap.counter(root("counter"));
  return {
    queue: {
      put: (_, n) => void queue.put(n),
      get: () => queue.tryGet() ?? MISSING,
      take: () => queue.get({ timeout: 0 }) ?? MISSING,
    },
    list: {
      push: (_, n) => void list.push(n),
      insert: (_, n) => void list.insert(0, n),
      pop: () => heap.locked(() => (list.length > 0 ? list.pop() : MISSING)),
      length: () => list.length,
    },
    dict: {
      set: (k, n) => void dict.set(`${k}`, n),
      get: (k) => dict.get(`${k}`) ?? MISSING,
      pop: (k) => heap.locked(() => dict.pop(`${k}`, 0)) || MISSING,
      setDefault: (k, n) => dict.setDefault(`${k}`, n),
      size: () => dict.size,
    },
    counter: { add: (k) => counter.add(k) },
  };
}

export function recordHistory(heap: SharedHeap, number: number, workers: number, plan: HistoryPlan): Event[] {
  const clock = new Int32Array(plan.clock);
  const random = randomIntegers(plan.seed + 31 * number);
  const history: Event[] = [];
  for (let round = 0; round < plan.rounds; round++) {
    const objects = callsOf(heap, round);
    waitForAll(clock, workers * (round + 1));
    for (let k = 0; k < OPERATIONS; k++) {
      const name = OBJECTS[random(OBJECTS.length)] ?? "list";
      const calls = Object.entries(objects[name]);
      const [call, run] = calls[random(calls.length)] as (typeof calls)[number];
      const [a, b] = [random(3), 1 + number + workers * (k + OPERATIONS * round)];
      const begun = Atomics.add(clock, TIME, 1);
      const result = run(a, b) ?? null;
      history.push({
        object: `${name} ${round}`,
        call,
        args: argumentsOf(name, a, b),
        result,
        begun,
        ended: Atomics.add(clock, TIME, 1),
      });
    }
  }
  return history;
}

function argumentsOf(name: (typeof OBJECTS)[number], a: number, b: number): number[] {
  if (name === "dict") return [a, b];
  return name === "counter" ? [a] : [b];
}

/** Sleeps until so many workers have arrived: then all begin at the same time. */
function waitForAll(clock: Int32Array, count: number): void {
  let arrived = Atomics.add(clock, ARRIVED, 1) + 1;
  if (arrived >= count) Atomics.notify(clock, ARRIVED);
  for (; arrived < count; arrived = Atomics.load(clock, ARRIVED)) Atomics.wait(clock, ARRIVED, arrived, 10);
}
