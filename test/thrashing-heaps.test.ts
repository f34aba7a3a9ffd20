// Random programs on real heaps of both kinds: whatever their live sizes, limits and rates of allocation, the ladder
// spends at most a quarter of the program's time in vain, plus a few runs. The clock counts work, so the machine's speed
// does not matter: the program's time is the number of objects that it makes, and the time of a collection or a compaction
// is the number of objects that it looks at.

import { describe, expect, it } from "vitest";
import { Heap, type MeasureName, MemoryError, type PyList } from "../src/index.js";
import { SHARE } from "../src/pressure/books.js";
import { startPython } from "./python/start.js";
import { randomNumbers, SEED } from "./random.js";

const PROGRAMS = Number(process.env.PYHEAP_PROGRAMS ?? 6);
const MIB = 2 ** 20;
/** Milliseconds to make an object. */
const MAKE = 0.001;
/** The bytes of a kept list, roughly. */
const BYTES = 64;
/** A run that gains less than this part of the heap is worthless. */
const WORTHLESS = 1 / 64;
/** Such a run is in vain for at least this part, however urgent it was (src/pressure/account.ts). */
const IN_VAIN = 3 / 4;

/** A program's objects: lists that are kept, cycles that only a collection frees, and large blocks. */
interface Machine {
  readonly heap: Pick<Heap, "on" | "reserved" | "pressureAccount" | "check" | "limit" | "softLimit">;
  /** The number of objects that a collection looks at. */
  objects: number;
  /** These return false if there was no memory. */
  keep(n: number): boolean;
  cycles(n: number): boolean;
  block(bytes: number): boolean;
  /** Drops a part of what is kept. */
  drop(part: number): void;
}

/** What the measures have taken, as an observer sees it from outside. */
class Observer {
  now = 0;
  worthless = 0;
  halves = 0;
  runs = 0;
  noMemory = 0;
  drops = 0;
  readonly dearest = new Map<MeasureName, number>();

  watch({ heap }: Machine): void {
    heap.on("pressure", ({ reason }) => {
      if (reason === "no memory") this.noMemory++;
    });
    heap.on("measure", ({ measure, ms, gained }) => {
      this.runs++;
      this.dearest.set(measure, Math.max(ms, this.dearest.get(measure) ?? 0));
      const before = heap.reserved + gained;
      if (gained < before * WORTHLESS) this.worthless += ms;
      if (gained >= before / 2) this.halves++;
    });
  }

  /** Fails, with the program's seed, if too much was spent in vain. */
  judge({ heap }: Machine, seed: number): void {
    const { programMs, spentMs, vainMs } = heap.pressureAccount;
    expect(programMs + spentMs, `seed ${seed}`).toBeCloseTo(this.now, 3);
    const dearest = [...this.dearest.values()].reduce((sum, ms) => sum + ms, 0);
    // Debts are cleared when the number of failures, or of falls of the heap, is a power of two.
    const clears = 2 + Math.log2(1 + this.noMemory) + Math.log2(1 + this.drops + this.runs);
    expect(vainMs, `seed ${seed}`).toBeLessThanOrEqual(SHARE * programMs + 2.5 * clears * dearest);
    const worthless = expect(this.worthless * IN_VAIN, `seed ${seed}`);
    worthless.toBeLessThanOrEqual(SHARE * programMs + (2.5 * clears + 3 * this.halves) * dearest);
    if (programMs > 100 * dearest) worthless.toBeLessThanOrEqual(SHARE * programMs);
  }
}

/** How many milliseconds of work a program does, and about how many objects it keeps. */
interface Size {
  readonly ms: number;
  readonly live: number;
}

/** Random limits for a heap with `live` objects: some are below what these objects need, others above. */
function limitsOf(live: number, random: () => number): { limit?: number; softLimit?: number } {
  const bytes = live * BYTES;
  return {
    ...(random() < 0.7 && { limit: Math.floor(MIB / 8 + bytes * (0.3 + random())) }),
    ...(random() < 0.8 && { softLimit: Math.floor(MIB / 8 + bytes * random()) }),
  };
}

/** Runs a random program. */
function run(machine: Machine, observer: Observer, random: () => number, { ms, live }: Size): void {
  const log = (least: number, most: number) => least * (most / least) ** random();
  let phase = { most: 0, cyclic: 0, large: 0, burst: 1, goesOn: false };
  let kept = 0;
  for (let step = 0; observer.now < ms; step++) {
    if (step % 500 === 0) {
      phase = {
        most: live * (0.5 + random()),
        cyclic: random() ** 3,
        large: random() ** 4,
        burst: log(2, 500),
        goesOn: random() < 0.5,
      };
    }
    const n = Math.ceil(phase.burst * 2 * random());
    observer.now += n * MAKE;
    let isDone: boolean;
    if (random() < phase.large) isDone = machine.block(Math.ceil(n * 200));
    else if (random() < phase.cyclic) isDone = machine.cycles(n);
    else {
      isDone = machine.keep(n);
      if (isDone) kept += n;
    }
    // A program frees something when there is no memory, or only goes on, and fails again and again.
    if (kept > phase.most || (!isDone && !phase.goesOn)) {
      const part = random() ** 2;
      machine.drop(part);
      kept -= kept * part;
      observer.drops++;
    }
  }
}

/** Runs and judges a program for each seed. `make` makes its machine. */
async function judgePrograms(
  seeds: readonly number[],
  make: (observer: Observer, random: () => number) => Promise<{ readonly machine: Machine; readonly size: Size }>,
): Promise<void> {
  let runs = 0;
  for (const seed of seeds) {
    const [random, observer] = [randomNumbers(seed), new Observer()];
    const { machine, size } = await make(observer, random);
    observer.watch(machine);
    run(machine, observer, random, size);
    runs += observer.runs;
    observer.judge(machine, seed);
    machine.heap.check();
  }
  expect(runs).toBeGreaterThan(0);
}

class HeapMachine implements Machine {
  objects = 0;
  #kept: PyList<unknown>;

  constructor(readonly heap: Heap) {
    this.#kept = heap.list<unknown>();
  }

  #try(act: () => void): boolean {
    try {
      act();
      return true;
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      return false;
    }
  }

  keep(n: number): boolean {
    return this.#try(() => {
      for (let k = 0; k < n; k++) {
        const list = this.heap.list([k]);
        this.#kept.push(list);
        list.release();
        this.objects++;
      }
    });
  }

  cycles(n: number): boolean {
    return this.#try(() => {
      for (let k = 0; k < n; k++) {
        const list = this.heap.list<unknown>();
        list.push(list);
        list.release();
        this.objects++;
      }
    });
  }

  block(bytes: number): boolean {
    return this.#try(() => this.heap.free(this.heap.malloc(bytes)));
  }

  drop(part: number): void {
    const { length } = this.#kept;
    const left = Math.floor(length * (1 - part));
    // A handle may need memory, too.
    this.#try(() => {
      while (this.#kept.length > left) (this.#kept.pop() as PyList).release();
    });
    this.objects -= length - this.#kept.length;
  }
}

const PYTHON = `
import gc
gc.disable()
kept = []
def keep(n):
    try:
        for k in range(n): kept.append([k])
        return True
    except MemoryError: return False
def cycles(n):
    try:
        for k in range(n):
            l = []
            l.append(l)
        return True
    except MemoryError: return False
def block(n):
    try:
        bytearray(n)
        return True
    except MemoryError: return False
def drop(n):
    try: del kept[n:]
    # CPython first copies what is removed to another place, which needs memory.
    except MemoryError: pass
def length(): return len(kept)
`;

type Act = (n: number) => boolean;

describe(`a ladder on a real heap (PYHEAP_SEED=${SEED})`, () => {
  const programs = Array.from({ length: PROGRAMS }, (_, k) => SEED + k);

  it("of TypeScript's kind spends at most its share in vain", async () => {
    await judgePrograms(programs, async (observer, random) => {
      const live = 2000 * 20 ** random();
      const heap = await Heap.create({ ...limitsOf(live, random), clock: () => observer.now });
      heap.gc.disable();
      const machine = new HeapMachine(heap);
      const look = 0.00001 * 20 ** random();
      heap.on("collect", ({ generation, collected }) => {
        observer.now += generation === 2 ? look * machine.objects : look * 100;
        machine.objects = Math.max(0, machine.objects - collected);
      });
      heap.on("compact", () => {
        observer.now += 3 * look * machine.objects;
      });
      return { machine, size: { ms: 150, live } };
    });
  });

  it("of CPython's kind spends at most its share in vain", async () => {
    await judgePrograms(programs.slice(0, Math.ceil(PROGRAMS / 2)), async (observer, random) => {
      const { heap, pyodide } = await startPython({ clock: () => observer.now });
      pyodide.runPython(PYTHON);
      const [keep, cycles, block, drop] = ["keep", "cycles", "block", "drop"].map(
        (name) => pyodide.globals.get(name) as Act,
      ) as [Act, Act, Act, Act];
      const length = pyodide.globals.get("length") as () => number;
      const machine: Machine = {
        ...{ heap, objects: 30_000, block },
        keep: (n) => {
          machine.objects += n;
          return keep(n);
        },
        cycles: (n) => {
          machine.objects += n;
          return cycles(n);
        },
        drop: (part) => {
          const before = length();
          const left = Math.floor(before * (1 - part));
          drop(left);
          machine.objects -= before - length();
        },
      };
      const live = 10_000 * 20 ** random();
      const { limit = 64 * MIB, softLimit } = limitsOf(live, random);
      heap.limit = heap.footprint + limit;
      if (softLimit !== undefined) heap.softLimit = heap.reserved + softLimit;
      const look = 0.000005 * 10 ** random();
      heap.on("collect", ({ collected }) => {
        observer.now += look * machine.objects;
        machine.objects = Math.max(30_000, machine.objects - collected);
      });
      return { machine, size: { ms: 600, live } };
    });
  });
});
