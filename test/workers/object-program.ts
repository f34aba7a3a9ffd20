// What a worker does with the objects of a shared heap, at random: with those of all workers, whose content all workers' tallies tell
// together; with its own, beside a model; and by random programs that give the same on a heap of its own.

import { isDeepStrictEqual } from "node:util";
import {
  type Address,
  Heap,
  type PyDict,
  type PyList,
  type PyObject,
  type PyRef,
  type SharedHeap,
} from "../../src/index.js";
import { runOnHeap, type Sight } from "../objects/on-heap.js";
import { Generator, shortListing } from "../objects/programs.js";
import { randomIntegers } from "../random.js";
import type { Mail } from "./mail.js";

const KEYS = 20;
/** The key of hashes in both heaps of a comparison, so that sets have the same order. */
export const HASH_KEY = [1n, 2n] as const;
/** The limit of a worker's own heap: a program ends with the step for which there is no memory. The shared heap must have room for all workers. */
export const LIMIT = 2 ** 26;

/** What a worker has done to the objects of all workers so far. */
export interface Done {
  readonly worker: number;
  /** How often it has counted each key up. */
  readonly counts: readonly number[];
  /** How many entries it has added to the log, and the entries that it has taken out: worker and number. */
  readonly added: number;
  readonly taken: readonly (readonly [number, number])[];
}

/** The objects of all workers: made by the first one. */
export function makeCommon(heap: SharedHeap): void {
  using counts = heap.dict<string, number>();
  using log = heap.list();
  using weak = heap.list();
  heap.roots.set("counts", counts).set("log", log).set("weak", weak);
}

export class ObjectProgram {
  readonly #heap: SharedHeap;
  readonly #mail: Mail;
  readonly #number: number;
  readonly #workers: number;
  readonly #random: (bound: number) => number;
  readonly #counts: PyDict<string, number>;
  readonly #log: PyList<PyObject>;
  readonly #weak: PyList<PyRef<PyObject>>;
  readonly #own: PyDict<unknown, unknown>;
  /** What tells the heap from others. */
  readonly #identity: number;
  readonly #model = new Map<unknown, unknown>();
  readonly #tally = {
    counts: new Array<number>(KEYS).fill(0),
    added: 0,
    taken: [] as [number, number][],
  };

  constructor(heap: SharedHeap, mail: Mail, number: number, workers: number, seed: number) {
    this.#heap = heap;
    this.#mail = mail;
    this.#number = number;
    this.#workers = workers;
    this.#random = randomIntegers(seed + 77 * number);
    this.#counts = heap.roots.get("counts") as unknown as PyDict<string, number>;
    this.#log = heap.roots.get("log") as unknown as PyList<PyObject>;
    this.#weak = heap.roots.get("weak") as unknown as PyList<PyRef<PyObject>>;
    this.#own = heap.dict();
    const share = heap.list().share();
    heap.adopt(share).release();
    this.#identity = share.heap;
  }

  get done(): Done {
    return { worker: this.#number, ...structuredClone(this.#tally) };
  }

  run(steps: number): void {
    const actions = [
      ...[() => this.#count(), () => this.#add(), () => this.#take(), () => this.#setOwn(), () => this.#deleteOwn()],
      ...[
        () => this.#send(),
        () => this.#receive(),
        () => this.#leaveGarbage(),
        () => this.#refer(),
        () => this.#look(),
      ],
    ];
    for (let k = 0; k < steps; k++) this.#heap.scope(() => actions[this.#random(actions.length)]?.());
    this.#checkOwn();
  }

  /** Leaves nothing of its own behind; but leaves handles to be released by the heap. */
  end(): void {
    this.#checkOwn();
    while (this.#receive());
  }

  #count(): void {
    const k = this.#random(KEYS);
    this.#heap.locked(() => this.#counts.set(`key ${k}`, (this.#counts.get(`key ${k}`) ?? 0) + 1));
    this.#tally.counts[k] = (this.#tally.counts[k] ?? 0) + 1;
  }

  #add(): void {
    this.#log.push(this.#heap.tuple([this.#number, this.#tally.added++]) as PyObject);
  }

  #take(): void {
    const entry = this.#heap.locked(() => (this.#log.length > 0 ? this.#log.pop(0) : undefined));
    if (entry) this.#tally.taken.push(this.#heap.toJS(entry) as [number, number]);
  }

  #value(): unknown {
    const k = this.#random(1000);
    return [k, k / 7, `text ${k}`, 2n ** 70n + BigInt(k), true, null][this.#random(6)];
  }

  #setOwn(): void {
    const [key, value] = [this.#random(30), this.#value()];
    this.#own.set(key, value);
    this.#model.set(key, value);
  }

  #deleteOwn(): void {
    const key = this.#random(30);
    if (this.#own.delete(key) !== this.#model.delete(key)) throw new Error(`the key ${key} was there in one of both`);
  }

  #checkOwn(): void {
    const mine = new Map(this.#own.entries());
    if (!isDeepStrictEqual(mine, this.#model)) throw new Error(`${this.#own} is not what the model has`);
  }

  /** Sends an object to another worker, which checks it. */
  #send(): void {
    const k = this.#random(1000);
    const { object } = this.#heap.from({ k, row: [k, `${k}`] }).share();
    const parcel = { address: object as Address, size: k, mark: 0, domain: 0 };
    if (!this.#mail.send(this.#random(this.#workers), parcel)) this.#adopt(object).release();
  }

  #receive(): boolean {
    const parcel = this.#mail.receive(this.#number);
    if (!parcel) return false;
    using received = this.#adopt(parcel.address);
    const expected = { k: parcel.size, row: [parcel.size, `${parcel.size}`] };
    if (!isDeepStrictEqual(this.#heap.toJS(received), expected)) throw new Error(`${received} was not sent`);
    return true;
  }

  #adopt(object: number): PyObject {
    return this.#heap.adopt({ heap: this.#identity, object });
  }

  #leaveGarbage(): void {
    const [a, b] = [this.#heap.list<unknown>(), this.#heap.list<unknown>()];
    a.push(b);
    b.push(a);
    if (this.#random(20) === 0) this.#heap.gc.collect(this.#random(3));
  }

  /** Puts a weak reference where all workers see it. Its object dies at once, or lives in the log. */
  #refer(): void {
    const object = this.#heap.set([this.#number]);
    this.#weak.push(this.#heap.ref(object as PyObject));
    this.#heap.locked(() => this.#weak.length > 50 && this.#weak.pop(0)?.release());
  }

  #look(): void {
    const ref = this.#heap.locked(() => (this.#weak.length > 0 ? this.#weak.pop(0) : undefined));
    const object = ref?.deref();
    if (object && object.typeName !== "set") throw new Error(`a weak reference leads to ${object}`);
  }
}

/**
 * What a program gives, as far as it does not depend on other programs: NaN has its hash from its address, and sets with it their order; and
 * dicts share keys.
 */
function comparable({ outcomes, ends }: ReturnType<typeof runOnHeap>): unknown[] {
  const sight = (seen: Sight | string | null) => {
    if (seen === null) return null;
    const [repr, type, size] = typeof seen === "string" ? [seen, "", 0] : seen;
    return [repr.includes("{") ? [...repr].sort().join("") : repr, type, type === "dict" ? 0 : size];
  };
  return [...outcomes.map(([result, after]) => [sight(result), sight(after)]), ...ends.map(sight)];
}

/** Runs random programs on the shared heap and on one that only this worker has. They must give the same. */
export async function compareWithOwn(shared: SharedHeap, seed: number, programs: number): Promise<void> {
  const own = await Heap.create({ hashKey: HASH_KEY, limit: LIMIT });
  const generator = new Generator(seed);
  for (let k = 0; k < programs; k++) {
    const program = generator.program(20);
    const alone = runOnHeap(own, program);
    const ours = comparable(alone);
    // Only as far as it came there: a step that finds no memory there may find some here.
    const theirs = comparable(runOnHeap(shared as unknown as Heap, program.slice(0, alone.outcomes.length)));
    if (!isDeepStrictEqual(ours, theirs.slice(0, ours.length)))
      throw new Error(`${shortListing(program)}\n  alone  ${JSON.stringify(ours)}\n  shared ${JSON.stringify(theirs)}`);
  }
}
