// Random programs of a whole heap with blocks of up to 2 GiB: besides malloc, realloc and free it makes and drops objects,
// compacts, trims, goes through an image, and is recorded. After every step, it is what a plain model says.
//
// Untouched memory costs nothing, but a trim or an image copies all of it. So these happen only as long as the budget lasts.

import { expect } from "vitest";
import { type Domain, type DomainName, Heap, type HeapOptions, MemoryError, NULL } from "../src/index.js";
import { VIEWS } from "../src/trace/accounts.js";
import { sizeClassName } from "../src/trace/size-class.js";
import { type Block, checkAccount, checkPlaces, GIB, MIB, markBlock, verifyBlock } from "./big-blocks.js";
import { type BigEvent, BigModel, type Book, sumOf } from "./big-trace.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

const DOMAINS = ["raw", "mem", "object"] as const satisfies readonly DomainName[];
/** A sampled recording may miss blocks that are smaller than this. */
const LEAST = MIB;
/** The mean distance between samples: a block of LEAST bytes or more stands for exactly 1 block. */
const SAMPLE = 4096;

export interface BigHeapPlan {
  readonly seed: number;
  readonly steps: number;
  readonly options?: HeapOptions;
  /** The most bytes that trims, images and moves may copy in total. */
  readonly copies: number;
}

/** How often each thing happened, so that a test can tell that everything was tried. */
export interface BigHeapCounts {
  trims: number;
  compactions: number;
  images: number;
  refusals: number;
  recordings: number;
}

interface Recording {
  readonly tape: Tape;
  readonly stop: () => void;
  readonly events: BigEvent[];
  /** The blocks that were live when it began. */
  readonly before: ReadonlySet<number>;
  readonly isSampled: boolean;
}

class BigHeap {
  readonly counts: BigHeapCounts = { trims: 0, compactions: 0, images: 0, refusals: 0, recordings: 0 };
  readonly #random: (bound: number) => number;
  readonly #options: HeapOptions;
  #heap: Heap;
  #budget: number;
  #live: Block[] = [];
  /** What each root must be in JavaScript. */
  readonly #roots = new Map<string, unknown>();
  #recording: Recording | undefined;

  private constructor(heap: Heap, { seed, options = {}, copies }: BigHeapPlan) {
    this.#heap = heap;
    this.#options = options;
    this.#budget = copies;
    this.#random = randomIntegers(seed);
  }

  static async create(plan: BigHeapPlan): Promise<BigHeap> {
    return new BigHeap(await Heap.create({ ...plan.options, policy: false }), plan);
  }

  #size(): number {
    const random = this.#random;
    const kind = random(20);
    if (kind < 6) return LEAST + random(64 * MIB);
    if (kind < 8) return 2 * GIB - 1 - random(64);
    return GIB / 2 + random(1.5 * GIB - 64);
  }

  #pick(): number {
    return this.#random(this.#live.length);
  }

  /** Notes an event of a recording that is under way. */
  #note(event: BigEvent): void {
    this.#recording?.events.push(event);
  }

  #allocate(): void {
    const number = this.#random(3);
    const domain = this.#heap[DOMAINS[number] as DomainName] as Domain;
    const size = this.#size();
    const address = domain.malloc(size);
    if (address === NULL) return;
    this.#note({ kind: "allocate", address, size, at: { domain: number, stack: 0 } });
    this.#put({ domain, address, size, mark: 0 });
  }

  #put(block: Block): void {
    block.mark = 1 + this.#random(255);
    markBlock(this.#heap, block);
    this.#live.push(block);
  }

  #free(): void {
    const [block] = this.#live.splice(this.#pick(), 1);
    if (!block) return;
    block.domain.free(block.address);
    this.#note({ kind: "free", address: block.address });
  }

  #resize(): void {
    const at = this.#pick();
    const block = this.#live[at];
    if (!block) return;
    const wanted = this.#random(2) === 0 ? block.size + this.#random(GIB / 2) : LEAST + this.#random(block.size);
    const size = Math.min(wanted, 2 * GIB - 1);
    // A larger block may have to move.
    if (size > block.size && !this.#pay(block.size)) return;
    const address = block.domain.realloc(block.address, size);
    if (address === NULL) return;
    verifyBlock(this.#heap, address, Math.min(size, block.size), block);
    const domain = DOMAINS.findIndex((name) => this.#heap[name] === block.domain);
    this.#note({ kind: "resize", before: block.address, address, size, at: { domain, stack: 0 } });
    this.#live.splice(at, 1);
    this.#put({ domain: block.domain, address, size, mark: 0 });
  }

  /** Whether the budget is enough for copying this many bytes; then they are paid. */
  #pay(bytes: number): boolean {
    if (bytes > this.#budget) return false;
    this.#budget -= bytes;
    return true;
  }

  /** The bytes from the heap's beginning to its break. */
  get #extent(): number {
    return this.#heap.reserved;
  }

  #setRoot(): void {
    if (this.#recording) return;
    const random = this.#random;
    const name = `root${random(5)}`;
    if (random(4) === 0) {
      this.#removeRoot(name);
      return;
    }
    const value =
      random(3) === 0
        ? new Uint8Array(MIB + random(8 * MIB)).fill(random(256))
        : Array.from({ length: random(3000) }, (_, k) => [k, `text ${k}`]);
    try {
      this.#heap.scope(() => this.#heap.roots.set(name, this.#heap.from(value) as never));
      this.#roots.set(name, value);
    } catch (error) {
      // There may be no room beside the blocks.
      expect(error).toBeInstanceOf(MemoryError);
    }
  }

  #removeRoot(name: string): void {
    this.#heap.roots.delete(name);
    this.#roots.delete(name);
  }

  #compact(): void {
    if (this.#recording) return;
    const before = this.#extent;
    const { gained } = this.#heap.compact();
    expect(gained).toBe(before - this.#extent);
    this.counts.compactions++;
    this.#checkRoots();
  }

  #trim(): void {
    if (this.#extent >= this.#heap.memory.buffer.byteLength || !this.#pay(this.#extent)) return;
    const { before, after, gained } = this.#heap.trim();
    expect(gained).toBe(before - after);
    expect(this.#heap.memory.buffer.byteLength).toBe(after);
    this.counts.trims++;
    this.#checkRoots();
  }

  async #image(): Promise<void> {
    if (this.#recording || !this.#pay(2 * this.#extent)) return;
    if (this.#live.length > 0) {
      await expect(this.#heap.save()).rejects.toThrow(
        /^Cannot save the heap: it has .* bytes of blocks that are not obj/,
      );
      this.counts.refusals++;
      return;
    }
    const image = await this.#heap.save();
    const { limit = Number.POSITIVE_INFINITY } = this.#options;
    this.#heap = await Heap.load(image, {
      verify: this.#random(2) === 0,
      policy: false,
      ...(limit < 2 ** 32 && { limit }),
    });
    this.counts.images++;
    this.#checkRoots();
  }

  #beginRecording(): void {
    const tape = new Tape();
    const kind = [{}, { aggregate: true }, { sample: SAMPLE }][this.#random(3)];
    const recorder = this.#heap.trace({ write: tape.write, ...kind });
    const isSampled = kind !== undefined && "sample" in kind;
    const before = new Set(this.#live.map(({ address }) => address as number));
    this.#recording = { tape, events: [], before, isSampled, stop: () => void recorder.stop() };
  }

  async #endRecording(): Promise<void> {
    const { tape, events, before, stop, isSampled } = this.#recording as Recording;
    stop();
    this.#recording = undefined;
    this.counts.recordings++;
    const { analysis, summary } = await tape.analyse();
    expect(summary.problem).toBeUndefined();
    const { views } = BigModel.of(ofRecording(events, before));
    const { accounts } = analysis;
    for (const view of VIEWS) {
      // A sampled recording counts its peak from what was live when it began.
      if (view === "peak" && isSampled && before.size > 0) continue;
      const found = new Map<string, { bytes: bigint; count: number }>();
      for (let account = 0; account < accounts.length; account++) {
        const { bytes, count } = accounts.read(view, account);
        if (count === 0) continue;
        const key = `${DOMAINS[accounts.domain(account)]} ${sizeClassName(accounts.sizeClass(account))}`;
        const sum = found.get(key) ?? { bytes: 0n, count: 0 };
        found.set(key, { bytes: sum.bytes + BigInt(bytes), count: sum.count + count });
      }
      expect({ view, found }).toEqual({ view, found: withoutStacks(views[view]) });
    }
    expect(BigInt(analysis.figures.liveBytes)).toBe(sumOf(views.end).bytes);
  }

  #checkRoots(): void {
    for (const [name, value] of this.#roots) {
      const { roots } = this.#heap;
      const found = this.#heap.scope(() => this.#heap.toJS(roots.get(name) as never));
      // Vitest compares such long arrays one number at a time.
      if (value instanceof Uint8Array) expect(Buffer.compare(found as Uint8Array, value)).toBe(0);
      else expect(JSON.stringify(found)).toBe(JSON.stringify(value));
    }
    expect([...this.#heap.roots].length).toBe(this.#roots.size);
  }

  #check(): void {
    this.#heap.check();
    checkAccount(this.#heap);
    checkPlaces(this.#live);
    for (const block of this.#live) verifyBlock(this.#heap, block.address, block.size, block);
    const { account } = this.#heap.stats();
    for (const name of DOMAINS) {
      const own = this.#live.filter(({ domain }) => domain === this.#heap[name]);
      expect(account.live[name]).toBeGreaterThanOrEqual(own.reduce((sum, { size }) => sum + size, 0));
    }
  }

  async step(): Promise<void> {
    const action = this.#random(100);
    if (action < 34) this.#allocate();
    else if (action < 56) this.#free();
    else if (action < 70) this.#resize();
    else if (action < 80) this.#setRoot();
    else if (action < 85) this.#compact();
    else if (action < 89) this.#trim();
    else if (action < 92) await this.#image();
    else if (action < 94) this.#heap.release();
    else if (action < 96) this.#freeAll();
    else if (this.#recording) await this.#endRecording();
    else this.#beginRecording();
    this.#check();
  }

  #freeAll(): void {
    while (this.#live.length > 0) this.#free();
  }

  async end(): Promise<void> {
    if (!this.#recording) this.#beginRecording();
    for (let k = 0; k < 10; k++) [() => this.#allocate(), () => this.#resize(), () => this.#free()][k % 3]?.();
    await this.#endRecording();
    this.#freeAll();
    // The image copies everything up to the last object, and one may lie high. So it has the roots of an empty heap.
    for (const name of [...this.#roots.keys()]) this.#removeRoot(name);
    this.#budget = GIB;
    this.#compact();
    // Nothing is left but the heap's own tables.
    expect(this.#extent).toBeLessThan(MIB);
    this.#trim();
    for (let k = 0; k < 10; k++) this.#setRoot();
    await this.#image();
    this.#check();
  }
}

/** The events of blocks that the recording knows: it doesn't know those that were there before it began. */
function ofRecording(events: readonly BigEvent[], before: ReadonlySet<number>): BigEvent[] {
  const unknown = new Set(before);
  return events.flatMap((event): BigEvent[] => {
    if (event.kind === "free" && unknown.delete(event.address)) return [];
    if (event.kind !== "resize" || !unknown.delete(event.before)) return [event];
    const { address, size, at } = event;
    return [{ kind: "allocate", address, size, at }];
  });
}

/** The sums by domain and size class. */
function withoutStacks(book: Book): Map<string, { bytes: bigint; count: number }> {
  const sums = new Map<string, { bytes: bigint; count: number }>();
  for (const [key, { bytes, count }] of book) {
    const [, domain, sizeClass] = key.split(" | ");
    const sum = sums.get(`${domain} ${sizeClass}`) ?? { bytes: 0n, count: 0 };
    sums.set(`${domain} ${sizeClass}`, { bytes: sum.bytes + bytes, count: sum.count + count });
  }
  return sums;
}

/** Runs a random program. Throws at the first difference from the model. */
export async function runBigHeap(plan: BigHeapPlan): Promise<BigHeapCounts> {
  const program = await BigHeap.create(plan);
  for (let step = 0; step < plan.steps; step++) {
    try {
      await program.step();
    } catch (error) {
      const what = error instanceof Error ? error.message : error;
      throw new Error(`seed ${plan.seed}, step ${step}: ${what}`, { cause: error });
    }
  }
  await program.end();
  return program.counts;
}
