// What a worker does with objects while it is stopped at any step, and what others find then.

import {
  Heap,
  type HeapShare,
  type PyDict,
  type PyList,
  type PyObject,
  type PySet,
  type SharedHeap,
} from "../../src/index.js";
import { Copy, inEachStep, stepped } from "./crashes.js";
import { HASH_KEY } from "./object-program.js";

/** What a worker does, one after the other; each is done as a whole or not at all. */
type Acts = readonly (() => void)[];

export interface Scenario {
  /** Makes what the worker begins with. It runs in another one, which has left when the worker joins. */
  readonly begin?: (heap: SharedHeap) => void;
  /** What the worker does. `ended` is for a third worker, which was terminated before. */
  readonly acts: (heap: SharedHeap, ended: () => void) => Acts;
}

const text = (n: number) => `a text of some length, ${n}`;

export const SCENARIOS: Readonly<Record<string, Scenario>> = {
  "the first objects": {
    acts: (heap) => [() => heap.roots.set("list", heap.list([1, 2, 3])), () => heap.roots.delete("list")],
  },
  lists: {
    begin: (heap) => heap.scope(() => heap.roots.set("list", heap.list([3, text(1), 2]))),
    acts: (heap) => {
      const list = heap.roots.get("list") as unknown as PyList<unknown>;
      return [
        () => list.push(text(2)),
        () => list.insert(0, 1.5),
        () => list.extend(Array.from({ length: 300 }, (_, k) => k + 1000)),
        () => list.push(heap.list([list])),
        () => list.pop(),
        () => list.deleteItem(1),
        () => list.deleteSlice(2, 40),
        () => list.reverse(),
        () => list.extend([2 ** 70, -1]),
        () => list.clear(),
      ];
    },
  },
  dicts: {
    begin: (heap) => heap.scope(() => heap.roots.set("dict", heap.dict({ a: 1 }))),
    acts: (heap) => {
      const dict = heap.roots.get("dict") as unknown as PyDict<unknown, unknown>;
      return [
        ...Array.from({ length: 12 }, (_, k) => () => dict.set(k % 2 === 0 ? text(k) : k, heap.list([k, text(k)]))),
        () => dict.delete(text(2)),
        () => dict.set("a", heap.dict({ of: "another" })),
        () => dict.pop(3),
        () => dict.setDefault("b", 1.25),
        () => dict.update(Object.fromEntries(Array.from({ length: 60 }, (_, k) => [`key ${k}`, k]))),
        () => dict.clear(),
      ];
    },
  },
  sets: {
    begin: (heap) => heap.scope(() => heap.roots.set("set", heap.set([1, "a"]))),
    acts: (heap) => {
      const set = heap.roots.get("set") as unknown as PySet<unknown>;
      return [
        ...Array.from({ length: 8 }, (_, k) => () => set.add(text(k))),
        () => set.delete(text(3)),
        () => heap.roots.set("union", set.union([5, 6, 7])),
        () => set.clear(),
      ];
    },
  },
  "whole values": {
    acts: (heap) => [
      () =>
        heap.roots.set(
          "value",
          heap.from({
            name: "Ada",
            rows: [
              [1, 2.5, null],
              [text(1), 2n ** 80n],
            ],
          }),
        ),
      () => heap.roots.set("bytes", heap.bytes(new Uint8Array(5000).fill(7))),
      () => heap.roots.set("text", heap.str("long ".repeat(500))),
      () => heap.roots.set("power", heap.binary(3, "**", 200) as never),
      () =>
        heap.scope(() => heap.roots.set("repr", heap.str(heap.repr(heap.list([1.5, 0.1, heap.roots.get("value")]))))),
      () => heap.roots.delete("bytes"),
      () => heap.roots.delete("value"),
    ],
  },
  cycles: {
    begin: (heap) => heap.scope(() => heap.roots.set("kept", heap.set([1]))),
    acts: (heap) => {
      const cycle = (n: number) =>
        heap.scope(() => {
          const list = heap.list<unknown>([text(n)]);
          list.push(list);
          return list;
        });
      const refers = () => heap.roots.set("ref", heap.ref(heap.roots.get("kept") as PyObject) as PyObject);
      return [
        () => cycle(1).release(),
        () => heap.roots.set("cycle", cycle(2)),
        () => heap.roots.delete("cycle"),
        refers,
        () => void heap.gc.collect(),
        () => heap.roots.set("kept", cycle(3)),
        () => void heap.gc.collect(0),
        () => heap.roots.delete("kept"),
        () => void heap.gc.collect(),
      ];
    },
  },
  "queues and counters": {
    begin: (heap) =>
      heap.scope(() => {
        heap.roots.set("queue", heap.queue().object);
        heap.roots.set("counter", heap.counter().object);
      }),
    acts: (heap) => {
      const queue = heap.queue(heap.roots.get("queue"));
      const counter = heap.counter(heap.roots.get("counter"));
      return [
        () => queue.put("first"),
        () => queue.putAll(["second", "third"]),
        () => void queue.tryGet(),
        () => void counter.add(),
        () => void counter.add(2n ** 60n),
        () => void queue.tryGet(),
      ];
    },
  },
  "objects on their way": {
    begin: (heap) => heap.scope(() => heap.roots.set("list", heap.list([1]))),
    acts: (heap) => {
      const list = heap.roots.get("list") as unknown as PyList<unknown>;
      let share = list.share();
      return [
        () => heap.adopt(share).release(),
        () => {
          share = heap.list(["passed on"]).share();
        },
        () => void list.push(heap.adopt(share)),
      ];
    },
  },
  sections: {
    begin: (heap) =>
      heap.scope(() => {
        heap.roots.set("from", heap.dict({ money: 100 }));
        heap.roots.set("to", heap.list());
      }),
    acts: (heap) => {
      const from = heap.roots.get("from") as unknown as PyDict<string, number>;
      const to = heap.roots.get("to") as unknown as PyList<unknown>;
      return Array.from({ length: 3 }, (_, k) => () => {
        heap.locked(() => {
          from.set("money", (from.get("money") ?? 0) - 10);
          to.push(heap.tuple([10, text(k)]));
          for (let n = 0; n < 200; n++) to.push(n);
          for (let n = 0; n < 200; n++) to.pop();
        });
      });
    },
  },
  "a large section": {
    acts: (heap) => [
      () => heap.roots.set("large", heap.from(Array.from({ length: 1500 }, (_, k) => [k, `${k}`]))),
      () => heap.roots.clear(),
    ],
  },
  "the end of another worker": {
    begin: (heap) => heap.scope(() => heap.roots.set("list", heap.list([1]))),
    acts: (heap, ended) => {
      heap.roots.get("list");
      return [ended];
    },
  },
  "its own end": {
    begin: (heap) => heap.scope(() => heap.roots.set("list", heap.list([1]))),
    acts: (heap) => {
      heap.list([heap.roots.get("list"), text(1)]);
      return [() => heap.leave()];
    },
  },
};

/** A moment in a worker's life: between two acts, or in an act. */
export interface Moment {
  readonly step: number;
  /** How many acts it had ended. */
  readonly acts: number;
  readonly copy: Copy;
}

/** What a worker did, with copies of the memory meanwhile. */
export class Life {
  /** Before the first act, and after each. */
  readonly between: Moment[] = [];
  readonly moments: Moment[] = [];
  /** The number of steps. */
  steps = 0;
  readonly #worker: HeapShare;
  readonly #third: HeapShare;
  readonly #survivor: HeapShare;

  private constructor(heap: SharedHeap) {
    this.#worker = heap.share();
    this.#third = heap.share();
    this.#survivor = heap.share();
  }

  /** Runs a scenario, and makes copies at the steps that are `wanted`. */
  static async run({ begin, acts }: Scenario, wanted: (step: number) => boolean): Promise<Life> {
    const first = await Heap.create({ shared: true, hashKey: HASH_KEY });
    begin?.(first);
    const life = new Life(first);
    if (begin) (await Heap.join(life.#third)).list([text(0), 1.5]);
    first.leave();
    const share = life.#worker;
    const look = (moments: Moment[]) =>
      moments.push({ step: life.steps, acts: life.between.length - 1, copy: new Copy(share) });
    let isInAct = false;
    const step = () => {
      if (isInAct && wanted(++life.steps)) look(life.moments);
    };
    const heap = await inEachStep(share, step, () => Heap.join(stepped(share)));
    inEachStep(share, step, () => {
      const all = acts(heap, () => heap.ended(life.#third));
      look(life.between);
      for (const act of all) {
        isInAct = true;
        act();
        isInAct = false;
        look(life.between);
      }
    });
    return life;
  }

  /** A worker that goes on with the memory as it was at a moment, when the one that was stopped there has ended. */
  async survivor({ copy }: Moment): Promise<SharedHeap> {
    const opened = copy.opened();
    const heap = await Heap.join(opened(this.#survivor));
    for (const ended of [this.#worker, this.#third]) heap.ended(opened(ended));
    return heap;
  }
}
