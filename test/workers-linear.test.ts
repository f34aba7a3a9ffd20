// Operations on shared objects are linearizable: workers record what they do at the same time, and a checker looks for an order that explains it.

import { describe, expect, it } from "vitest";
import { Heap, type SharedHeap } from "../src/index.js";
import { SEED } from "./random.js";
import { Crew } from "./workers/crew.js";
import { makeObjects } from "./workers/history.js";
import { type Event, isLinearizable, MODELS } from "./workers/linearizable.js";

const ROUNDS = 60;

/** The histories of all objects, by name. */
function byObject(events: readonly Event[]): Map<string, Event[]> {
  const histories = new Map<string, Event[]>();
  for (const event of events) histories.set(event.object, [...(histories.get(event.object) ?? []), event]);
  return histories;
}

function explained(object: string, history: readonly Event[]): boolean {
  const model = MODELS[object.split(" ")[0] ?? ""];
  if (!model) throw new Error(`there is no model of ${object}`);
  return isLinearizable(history, model);
}

describe(`operations on shared objects are linearizable (PYHEAP_SEED=${SEED})`, () => {
  it.each([2, 3])("%i workers", async (count) => {
    const heap = await Heap.create({ shared: true });
    for (let round = 0; round < ROUNDS; round++) makeObjects(heap, round);
    const clock = new SharedArrayBuffer(8);
    const crew = await Crew.start(heap, count, { kind: "history", seed: SEED, rounds: ROUNDS, clock });
    const pauses = await crew.paused();
    await crew.ended();
    const events = pauses.flatMap(({ history }) => history ?? []);
    expect(events.length).toBe(count * ROUNDS * 8);
    for (const [object, history] of byObject(events))
      if (!explained(object, history)) throw new Error(`no order explains ${JSON.stringify(history, null, 1)}`);
    heap.check();
  });

  it("and the checker finds what is not", () => {
    const event = (call: string, n: number, result: unknown, begun: number, ended: number): Event => ({
      ...{ object: "queue", call, args: [n], result, begun, ended },
    });
    // At the same time: any order.
    expect(explained("queue", [event("put", 1, null, 0, 3), event("get", 0, "missing", 1, 2)])).toBe(true);
    expect(explained("queue", [event("put", 1, null, 0, 3), event("get", 0, 1, 1, 2)])).toBe(true);
    // One after the other: only that order.
    expect(explained("queue", [event("put", 1, null, 0, 1), event("get", 0, "missing", 2, 3)])).toBe(false);
    // The same item twice; and the younger one first.
    const puts = [event("put", 1, null, 0, 1), event("put", 2, null, 2, 3)];
    expect(explained("queue", [...puts, event("get", 0, 1, 4, 7), event("get", 0, 1, 5, 6)])).toBe(false);
    expect(explained("queue", [...puts, event("get", 0, 2, 4, 5)])).toBe(false);
    expect(explained("counter", [{ ...event("add", 1, 1, 0, 2) }, { ...event("add", 1, 1, 1, 3) }])).toBe(false);
  });
});

describe("queues and counters", () => {
  async function two(): Promise<[SharedHeap, SharedHeap]> {
    const first = await Heap.create({ shared: true });
    return [first, await Heap.join(first.share())];
  }

  it("are the same for all workers", async () => {
    const [first, second] = await two();
    using jobs = first.queue<unknown>();
    using same = second.queue<unknown>(jobs.share());
    jobs.put("a");
    jobs.putAll([1, null, "b"]);
    expect([same.length, same.get(), same.get(), same.get()]).toEqual([4, "a", 1, null]);
    jobs.put("c");
    expect([jobs.get(), same.tryGet(), same.tryGet(), same.length]).toEqual(["b", "c", undefined, 0]);
    using counter = first.counter();
    using too = second.counter(counter.share());
    expect([counter.add(), too.add(41), counter.value]).toEqual([1, 42, 42]);
    expect(too.add(2n ** 60n)).toBe(2n ** 60n + 42n);
    expect(counter.add(-(2n ** 60n))).toBe(42);
  });

  it("get waits for what another worker puts in, at most as long as it is told", async () => {
    const heap = await Heap.create({ shared: true });
    using jobs = heap.queue<number>();
    using answers = heap.queue<number>();
    const crew = await Crew.start(heap, 1, { kind: "echo", jobs: jobs.share(), answers: answers.share() });
    for (let k = 1; k <= 200; k++) {
      jobs.put(k);
      expect(answers.get()).toBe(2 * k);
    }
    expect(answers.get({ timeout: 5 })).toBeUndefined();
    jobs.put(0);
    await crew.ended();
    expect(heap.objectStats().types.list?.live).toBe(4);
    heap.check();
  });

  it("a heap is left at the end of its block", async () => {
    const heap = await Heap.create({ shared: true });
    const list = heap.list();
    {
      await using other = await Heap.join(heap.share());
      other.adopt(list.share());
      expect(list.refcount).toBe(2);
    }
    expect(list.refcount).toBe(1);
  });
});
