// Workers that move money between accounts, in sections of several operations, until they are terminated. Each section is done as a whole or
// not at all, so what is in the accounts follows from how often each worker has done it.

import { isDeepStrictEqual } from "node:util";
import { Heap, type PyDict, type PyList, type SharedHeap } from "../../src/index.js";
import { randomIntegers } from "../random.js";
import { Crew } from "./crew.js";

const ACCOUNTS = 16;
/** The most entries of a worker's list. */
const MOST_ENTRIES = 200;
/** How often the next worker has to be seen at work before it is terminated, at most. */
const MOST_TRANSFERS = 300;

/** The transfer with a worker's number: from, to, how much, and whether garbage is left and collected. */
function transfer(seed: number, worker: number, n: number): readonly [number, number, number, number] {
  const random = randomIntegers(seed + 1_000_003 * worker + n);
  return [random(ACCOUNTS), random(ACCOUNTS), 1 + random(1000), random(100)];
}

function rootsOf(heap: SharedHeap) {
  const { roots } = heap;
  return {
    accounts: roots.get("accounts") as unknown as PyDict<number, number>,
    done: roots.get("done") as unknown as PyDict<number, number>,
    logs: roots.get("logs") as unknown as PyDict<number, PyList>,
  };
}

/** Makes what the workers share. */
function makeAccounts(heap: SharedHeap): void {
  heap.scope(() => {
    heap.roots.set("accounts", heap.dict(Array.from({ length: ACCOUNTS }, (_, k) => [k, 0] as const)));
    heap.roots.set("done", heap.dict());
    heap.roots.set("logs", heap.dict());
  });
}

/** Does transfers for ever. `progress` counts them. */
export function transferForever(heap: SharedHeap, seed: number, worker: number, progress: Int32Array): never {
  const { accounts, done, logs } = rootsOf(heap);
  heap.scope(() => logs.set(worker, heap.list()));
  const log = logs.get(worker) as unknown as PyList<unknown>;
  for (let n = 1; ; n++) {
    const [from, to, amount, garbage] = transfer(seed, worker, n);
    heap.locked(() =>
      heap.scope(() => {
        accounts.set(from, (accounts.get(from) ?? 0) - amount);
        log.push(heap.from([n, `transfer ${n}`, { amount: amount / 7 }]));
        accounts.set(to, (accounts.get(to) ?? 0) + amount);
        if (log.length > MOST_ENTRIES) log.clear();
        done.set(worker, n);
      }),
    );
    heap.scope(() => {
      const cycle = heap.list<unknown>([`garbage of ${worker}`, garbage / 3]);
      cycle.push(cycle);
      if (garbage === 0) heap.gc.collect();
    });
    Atomics.store(progress, worker % progress.length, n);
  }
}

/** What has to be in the accounts, if the workers have done so many transfers. */
function expected(
  seed: number,
  done: ReadonlyMap<number, number>,
): { accounts: number[]; logs: Map<number, number[]> } {
  const accounts = new Array<number>(ACCOUNTS).fill(0);
  const logs = new Map<number, number[]>();
  for (const [worker, count] of done) {
    const log: number[] = [];
    for (let n = 1; n <= count; n++) {
      const [from, to, amount] = transfer(seed, worker, n);
      accounts[from] = (accounts[from] ?? 0) - amount;
      accounts[to] = (accounts[to] ?? 0) + amount;
      log.push(n);
      if (log.length > MOST_ENTRIES) log.length = 0;
    }
    logs.set(worker, log);
  }
  return { accounts, logs };
}

/** Checks the heap and all that is in it, while nobody else uses objects. */
function checkTransfers(heap: SharedHeap, seed: number): void {
  heap.locked(() =>
    heap.scope(() => {
      heap.check();
      const { accounts, done, logs } = rootsOf(heap);
      const counts = new Map(done.entries());
      const model = expected(seed, counts);
      const found = Array.from({ length: ACCOUNTS }, (_, k) => accounts.get(k));
      if (!isDeepStrictEqual(found, model.accounts))
        throw new Error(`the accounts have ${found}, and not ${model.accounts} (seed ${seed})`);
      for (const [worker, log] of logs.entries()) {
        const entries = heap.toJS(log) as [number, string, object][];
        const numbers = entries.map(([n, text]) => (text === `transfer ${n}` ? n : Number.NaN));
        if (!isDeepStrictEqual(numbers, model.logs.get(worker) ?? []))
          throw new Error(`the log of worker ${worker} has ${numbers} (seed ${seed})`);
      }
    }),
  );
}

/** Terminates workers that transfer, one after the other, while others go on. Returns how many were terminated. */
export async function terminateTransfers(seed: number, isEnough: (terminated: number) => boolean): Promise<number> {
  const heap = await Heap.create({ shared: true });
  makeAccounts(heap);
  const random = randomIntegers(seed);
  const progress = new SharedArrayBuffer(4 * 2);
  const counts = new Int32Array(progress);
  const task = { kind: "transfers", seed, progress } as const;
  let next = 2;
  const crew = await Crew.start(heap, next, task);
  const members = [...crew.members];
  let terminated = 0;
  for (; !isEnough(terminated); terminated++) {
    const victim = random(2);
    await crew.until(() => Atomics.load(counts, victim) >= 1 + random(MOST_TRANSFERS));
    const { worker, share } = members[victim] as (typeof members)[number];
    await worker.terminate();
    heap.ended(share);
    checkTransfers(heap, seed);
    const before = Atomics.load(counts, 1 - victim);
    await crew.until(() => Atomics.load(counts, 1 - victim) > before);
    Atomics.store(counts, victim, 0);
    if (next % 2 !== victim) next++;
    members[victim] = await crew.add(next++, 2, task);
  }
  await crew.end();
  checkTransfers(heap, seed);
  heap.roots.clear();
  heap.gc.collect();
  heap.check();
  const { str = { live: 0 }, float = { live: 0 } } = heap.objectStats().types;
  if (float.live > 0) throw new Error(`${float.live} floats are left, and ${str.live} strings (seed ${seed})`);
  return terminated;
}
