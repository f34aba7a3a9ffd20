// Random traces of blocks of up to 3 GiB, at any address below 4 GiB, and their figures from a plain model: every event in
// a list, every sum a whole number of any size. No heap could make such traces cheaply, so they are written event by event.

import { BLOCK_DOMAINS } from "../src/core/catalogue.gen.js";
import { exactBytes } from "../src/text/bytes.js";
import type { View } from "../src/trace/accounts.js";
import { TotalsWriter } from "../src/trace/totals-writer.js";
import { TraceWriter } from "../src/trace/writer.js";
import { GIB, MIB } from "./big-blocks.js";
import { EventEncoder } from "./event-encoder.js";
import { randomIntegers } from "./random.js";
import { Tape } from "./trace-data.js";

/** Where blocks can be. */
const FIRST = 64;
const END = 0xffff_0000;

export type BigEvent =
  | { readonly kind: "allocate"; readonly address: number; readonly size: number; readonly at: Site }
  | {
      readonly kind: "resize";
      readonly before: number;
      readonly address: number;
      readonly size: number;
      readonly at: Site;
    }
  | { readonly kind: "free"; readonly address: number }
  | { readonly kind: "time"; readonly now: number }
  | { readonly kind: "reserved"; readonly bytes: number }
  | { readonly kind: "program" };

/** Who allocates: a domain, and a stack by its number among STACKS. */
interface Site {
  readonly domain: number;
  readonly stack: number;
}

interface Place {
  readonly name: string;
  readonly file: string;
  readonly line: number;
}

const FUNCTIONS = ["main", "load", "grow", "drop"].map((name, k) => ({ name, file: `m${k % 2}.py`, firstLine: k + 1 }));
/** Each stack is the one of its caller, and a function and line. The first one has no frame. */
const STACKS: readonly (readonly [caller: number, f: number, line: number])[] = [
  [0, 0, 0],
  [0, 1, 10],
  [1, 2, 20],
  [1, 3, 30],
  [2, 3, 31],
  [4, 3, 31],
  [3, 4, 40],
];

/** The frames of a stack, the innermost first. */
function framesOf(stack: number): Place[] {
  const frames: Place[] = [];
  for (let at = stack; at !== 0; at = (STACKS[at] as (typeof STACKS)[number])[0]) {
    const [, f, line] = STACKS[at] as (typeof STACKS)[number];
    const { name, file } = FUNCTIONS[f - 1] as (typeof FUNCTIONS)[number];
    frames.push({ name, file, line });
  }
  return frames;
}

/** Frames as one text: `grow (m0.py:31) < main (m0.py:10)`; "" for a stack without frames. */
export const pathText = (frames: readonly Place[]) =>
  frames.map(({ name, file, line }) => `${name} (${file}:${line})`).join(" < ");

/** A size class in words, found by doubling. */
function classText(size: number): string {
  if (size <= 512) {
    const upper = Math.max(8, 8 * Math.ceil(size / 8));
    return `${upper - 7}-${upper} B`;
  }
  let upper = 1024;
  while (upper < size) upper *= 2;
  return `${exactBytes(upper / 2)}-${exactBytes(upper)}`;
}

/** The key of an account: its stack, domain and size class. */
export const keyOf = (path: string, domain: string, sizeClass: string) => `${path} | ${domain} | ${sizeClass}`;

/** Chooses places for blocks, so that none covers another. */
class Ground {
  readonly blocks = new Map<number, number>();
  readonly #random: (bound: number) => number;

  constructor(random: (bound: number) => number) {
    this.#random = random;
  }

  #gaps(): [from: number, to: number][] {
    const gaps: [number, number][] = [];
    let from = FIRST;
    for (const [address, size] of [...this.blocks].sort((a, b) => a[0] - b[0])) {
      if (address > from) gaps.push([from, address]);
      from = address + 8 * Math.ceil(Math.max(size, 1) / 8);
    }
    gaps.push([from, END]);
    return gaps;
  }

  /** A place for a block of this size, or of a smaller one if there is none: [address, size]; undefined if all is full. */
  choose(wanted: number): [address: number, size: number] | undefined {
    const random = this.#random;
    const gaps = this.#gaps().filter(([from, to]) => to - from >= 8);
    if (gaps.length === 0) return undefined;
    const fitting = gaps.filter(([from, to]) => to - from >= wanted);
    const largest = gaps.reduce((best, gap) => (gap[1] - gap[0] > best[1] - best[0] ? gap : best));
    const [from, to] = fitting[random(fitting.length)] ?? largest;
    const size = Math.min(wanted, to - from);
    const slack = Math.floor((to - from - 8 * Math.ceil(Math.max(size, 1) / 8)) / 8);
    // At the beginning or the end of a gap, or anywhere in it.
    const step = [0, Math.max(0, slack), random(Math.max(1, slack))][random(3)] as number;
    return [from + 8 * step, size];
  }
}

function randomSize(random: (bound: number) => number): number {
  const kind = random(20);
  if (kind < 2) return random(600);
  if (kind < 4) return 65536 + random(MIB);
  if (kind < 8) return MIB + random(GIB / 2);
  if (kind < 10) return 2 * GIB - 2 + random(4);
  return GIB / 2 + random(2.5 * GIB);
}

/** The events of a random program; before the mark of the program, those of the interpreter's start. */
function randomEvents(seed: number, steps: number): BigEvent[] {
  const random = randomIntegers(seed);
  const ground = new Ground(random);
  const events: BigEvent[] = [];
  const site = (): Site => ({ domain: random(4), stack: random(STACKS.length) });
  const programAt = random(3) === 0 ? -1 : random(Math.floor(steps / 3));
  let now = 0;
  for (let step = 0; step < steps; step++) {
    const live = [...ground.blocks.keys()];
    const chosen = live[random(4) === 0 ? live.length - 1 : random(live.length)];
    const action = random(12);
    if (step === programAt) {
      now += 500 + random(10_000);
      events.push({ kind: "time", now }, { kind: "program" });
    }
    if (action === 0) {
      now += 200 + random(300_000);
      events.push({ kind: "time", now }, { kind: "reserved", bytes: random(65536) * 65536 });
    } else if (chosen !== undefined && action < 5) {
      ground.blocks.delete(chosen);
      events.push({ kind: "free", address: chosen });
    } else if (chosen !== undefined && action < 7) {
      const size = ground.blocks.get(chosen) as number;
      ground.blocks.delete(chosen);
      const found = ground.choose(random(2) === 0 ? randomSize(random) : Math.floor((size * (1 + random(20))) / 10));
      const [address, grown] = found ?? [chosen, size];
      ground.blocks.set(address, grown);
      events.push({ kind: "resize", before: chosen, address, size: grown, at: site() });
    } else {
      const found = ground.choose(randomSize(random));
      if (!found) continue;
      ground.blocks.set(...found);
      events.push({ kind: "allocate", address: found[0], size: found[1], at: site() });
    }
  }
  events.push({ kind: "time", now: now + 500 });
  return events;
}

export interface BigTrace {
  readonly events: readonly BigEvent[];
  /** The recording with all events, and the one with sums. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly totals: Uint8Array<ArrayBuffer>;
}

export function bigTrace(seed: number, steps: number): BigTrace {
  const events = randomEvents(seed, steps);
  const metadata = { command: ["big.py"], started: new Date(0).toISOString(), stacks: "python", sample: 0 } as const;
  const tapes = [new Tape(), new Tape()] as const;
  const outputs = [new TraceWriter(tapes[0].write, metadata), new TotalsWriter(tapes[1].write, metadata)];
  const last = events.at(-1) as Extract<BigEvent, { kind: "time" }>;
  const encoded = encode(events);
  for (const output of outputs) {
    output.functions(FUNCTIONS);
    for (const piece of encoded) output.events(piece);
    output.end({ duration: last.now, cutStacks: 0 });
  }
  const [bytes, totals] = tapes.map((tape) => new Uint8Array(tape.bytes));
  return { events, bytes, totals } as BigTrace;
}

function encode(events: readonly BigEvent[]): Uint8Array[] {
  const out = new EventEncoder();
  for (const [caller, f, line] of STACKS.slice(1)) out.node(caller, f, line);
  const pieces: Uint8Array[] = [];
  let before = 0;
  for (const [k, event] of events.entries()) {
    if (event.kind === "allocate") out.allocate(event.address, event.size, event.at.domain, event.at.stack);
    else if (event.kind === "free") out.free(event.address);
    else if (event.kind === "program") out.program();
    else if (event.kind === "reserved") out.reserved(event.bytes);
    else if (event.kind === "resize") {
      out.resize(event.before, event.address, event.size, event.at.domain, event.at.stack);
    } else {
      out.time(event.now - before);
      before = event.now;
    }
    if (k % 50 === 0) pieces.push(out.take());
  }
  return [...pieces, out.take()];
}

// ---- the model ----

export interface Sum {
  readonly bytes: bigint;
  readonly count: number;
}

export type Book = ReadonlyMap<string, Sum>;

export interface BigBlock {
  readonly address: number;
  readonly size: number;
  readonly at: Site;
  /** The number of allocations before its own. */
  readonly birth: number;
  /** The number of its event among allocations, resizes and frees, from 1; and its time in microseconds. */
  readonly event: number;
  readonly time: number;
}

export interface ModelOptions {
  /** Microseconds of the recording. Events after the last mark of time up to `to` do not count. */
  readonly from?: number;
  readonly to?: number;
  readonly withStart?: boolean;
}

export interface ModelFigures {
  readonly views: Readonly<Record<View, Book>>;
  /** What the interpreter's start has in each view; all 0 if it is in `views`. */
  readonly start: Readonly<Record<View, Sum>>;
  readonly allocations: number;
  readonly resizes: number;
  readonly frees: number;
  readonly peakTime: number;
  readonly reservedPeak: number;
  /** When the program began, and its first event; 0 if the trace does not say so. */
  readonly programTime: number;
  readonly programEvent: number;
  readonly live: readonly BigBlock[];
  readonly freed: readonly (BigBlock & { readonly freedEvent: number; readonly freedTime: number })[];
}

/** Sums by key. */
class Sums {
  readonly #sums = new Map<string, Sum>();

  add(key: string, bytes: number, count: number): void {
    const { bytes: before, count: times } = this.#sums.get(key) ?? { bytes: 0n, count: 0 };
    this.#sums.set(key, { bytes: before + BigInt(bytes), count: times + count });
  }

  clear(): void {
    this.#sums.clear();
  }

  get book(): Book {
    return new Map([...this.#sums].filter(([, { count }]) => count !== 0));
  }
}

export const sumOf = (book: Book): Sum =>
  [...book.values()].reduce((sum, { bytes, count }) => ({ bytes: sum.bytes + bytes, count: sum.count + count }), {
    bytes: 0n,
    count: 0,
  });

const NOTHING: Sum = { bytes: 0n, count: 0 };

/** What a reader must find in a trace of these events. */
export class BigModel {
  readonly #live = new Map<number, BigBlock>();
  readonly #freed: (BigBlock & { freedEvent: number; freedTime: number })[] = [];
  readonly #allocated = new Sums();
  readonly #temporary = new Sums();
  readonly #options: Required<ModelOptions>;
  #peak: Book = new Map();
  #start: Record<View, Sum> = { peak: NOTHING, end: NOTHING, leaks: NOTHING, allocated: NOTHING, temporary: NOTHING };
  #counts = { allocations: 0, resizes: 0, frees: 0, peakTime: 0 };
  #reserved = 0;
  #births = 0;
  #events = 0;
  #now = 0;
  #programTime = 0;
  #programEvent = 0;
  #firstOwn = 0;
  #firstBirth = 0;
  #firstLeak = 0;
  #inSpan: boolean;

  constructor(options: ModelOptions = {}) {
    this.#options = { from: 0, to: Number.POSITIVE_INFINITY, withStart: false, ...options };
    this.#inSpan = this.#options.from === 0;
  }

  static of(events: readonly BigEvent[], options: ModelOptions = {}): ModelFigures {
    const model = new BigModel(options);
    for (const event of events) if (!model.#take(event)) break;
    return model.#figures();
  }

  #book(isCounted: (block: BigBlock) => boolean): Book {
    const sums = new Sums();
    for (const block of this.#live.values()) if (isCounted(block)) sums.add(this.#key(block), block.size, 1);
    return sums.book;
  }

  #key({ at, size }: Pick<BigBlock, "at" | "size">): string {
    return keyOf(pathText(framesOf(at.stack)), BLOCK_DOMAINS[at.domain] as string, classText(size));
  }

  get #own(): Book {
    return this.#book(({ birth }) => birth >= this.#firstOwn);
  }

  get #ofStart(): Sum {
    return sumOf(this.#book(({ birth }) => birth < this.#firstOwn));
  }

  #notePeak(time = this.#now): void {
    this.#peak = this.#own;
    this.#start.peak = this.#ofStart;
    this.#counts.peakTime = time;
  }

  /** False after the end of the span. */
  #take(event: BigEvent): boolean {
    const { from, to, withStart } = this.#options;
    if (event.kind === "time") {
      this.#now = event.now;
      if (!this.#inSpan && event.now >= from) {
        this.#inSpan = true;
        this.#firstBirth = this.#firstLeak = this.#births;
        this.#notePeak(from);
      }
      return event.now <= to;
    }
    if (event.kind === "reserved") {
      if (this.#inSpan) this.#reserved = Math.max(this.#reserved, event.bytes);
      return true;
    }
    if (event.kind === "program") {
      this.#programTime = this.#now;
      this.#programEvent = this.#events + 1;
      this.#firstLeak = this.#births;
      if (!withStart) {
        this.#firstOwn = this.#births;
        this.#start.allocated = sumOf(this.#allocated.book);
        this.#start.temporary = sumOf(this.#temporary.book);
        this.#allocated.clear();
        this.#temporary.clear();
        this.#counts = { allocations: 0, resizes: 0, frees: 0, peakTime: 0 };
        this.#notePeak();
      }
      return true;
    }
    this.#events++;
    if (event.kind === "free") {
      const { birth } = this.#die(event.address);
      if (this.#inSpan && birth >= this.#firstOwn) this.#counts.frees++;
      return true;
    }
    if (event.kind === "resize") this.#die(event.before);
    if (this.#inSpan) this.#counts[event.kind === "resize" ? "resizes" : "allocations"]++;
    this.#born(event);
    return true;
  }

  #born({ address, size, at }: Pick<BigBlock, "address" | "size" | "at">): void {
    const block = { address, size, at, birth: this.#births++, event: this.#events, time: this.#now };
    this.#live.set(address, block);
    if (!this.#inSpan) return;
    this.#allocated.add(this.#key(block), size, 1);
    if (sumOf(this.#own).bytes > sumOf(this.#peak).bytes) this.#notePeak();
  }

  #die(address: number): BigBlock {
    const block = this.#live.get(address) as BigBlock;
    this.#live.delete(address);
    this.#freed.push({ ...block, freedEvent: this.#events, freedTime: this.#now });
    const isFollowed = this.#births - block.birth > 1;
    const isInSpan = this.#inSpan && block.birth >= Math.max(this.#firstOwn, this.#firstBirth);
    if (!isFollowed && isInSpan) this.#temporary.add(this.#key(block), block.size, 1);
    return block;
  }

  #figures(): ModelFigures {
    const end = this.#own;
    const leaks = this.#book(({ birth }) => birth >= Math.max(this.#firstLeak, this.#firstOwn));
    this.#start.end = this.#ofStart;
    return {
      views: { peak: this.#peak, end, leaks, allocated: this.#allocated.book, temporary: this.#temporary.book },
      ...{ start: this.#start, ...this.#counts, reservedPeak: this.#reserved, programTime: this.#programTime },
      programEvent: this.#programEvent,
      ...{ live: [...this.#live.values()], freed: this.#freed },
    };
  }
}
