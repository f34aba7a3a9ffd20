// A heap that is sampled as long as the program runs: what is live and what was allocated, by stack, at any moment.
//
// A sampled recording is read in the program that makes it. Only the sampled blocks that are live are kept, and two
// sums for each stack. All figures are estimates, whose mean is the true value (src/trace/sampling.ts).

import { Analysis } from "../trace/analysis.js";
import { TraceFeed } from "../trace/feed.js";
import { SAMPLE_BYTES } from "../trace/random.js";
import type { StackTree } from "../trace/tree.js";

/** A heap of a TypeScript program, or of a Python interpreter. */
export interface ProfiledHeap {
  trace(options: {
    readonly write: (bytes: Uint8Array) => void;
    readonly sample: number;
    readonly seed?: number | undefined;
    readonly collections: boolean;
  }): { flush(): void; stop(): void };
  relieve(options: { readonly measures: readonly ["collect"] }): unknown;
}

/** How a heap is sampled. */
export interface SamplingOptions {
  /** The mean distance between samples, in bytes from 1 to 64 MiB. The default is 512 KiB, as in Go. */
  readonly sample?: number | undefined;
  /** The seed that determines which blocks are sampled; the default is random. */
  readonly seed?: number | undefined;
}

/** Estimates for one stack: blocks and bytes. */
export interface StackSums {
  /** The innermost node of the stack; 0 if the stack is empty. */
  readonly node: number;
  readonly allocCount: number;
  readonly allocBytes: number;
  readonly liveCount: number;
  readonly liveBytes: number;
}

/** A heap's stacks at one moment, or the difference between two moments. */
export interface HeapProfile {
  readonly tree: StackTree;
  readonly stacks: readonly StackSums[];
  /** When sampling began; of a difference, the earlier moment. In milliseconds since 1970. */
  readonly began: number;
  /** Milliseconds from then to the profile's moment. */
  readonly duration: number;
  /** Mean distance between samples, in bytes. */
  readonly sample: number;
}

const isZero = ({ allocCount, allocBytes, liveCount, liveBytes }: StackSums) =>
  allocCount === 0 && allocBytes === 0 && liveCount === 0 && liveBytes === 0;

/** The stacks of a recording so far, with fractions. `began` is in milliseconds since 1970, `sample` in bytes. */
export function stacksOf({ tree, accounts }: Analysis, began: number, sample: number): HeapProfile {
  const sums = new Map<number, { -readonly [Key in keyof StackSums]: number }>();
  for (let account = 0; account < accounts.length; account++) {
    const node = accounts.nodes.at(account);
    const sum = sums.get(node) ?? { node, allocCount: 0, allocBytes: 0, liveCount: 0, liveBytes: 0 };
    const [allocated, live] = [accounts.read("allocated", account), accounts.read("end", account)];
    sum.allocCount += allocated.count;
    sum.allocBytes += allocated.bytes;
    sum.liveCount += live.count;
    sum.liveBytes += live.bytes;
    sums.set(node, sum);
  }
  return { tree, stacks: [...sums.values()], began, duration: Date.now() - began, sample };
}

/** A profile in whole numbers. */
export function inWholeNumbers(profile: HeapProfile): HeapProfile {
  // A sum of fractions that should be 0 can be a little below 0. It is then rounded to -0, of which Math.max makes 0.
  return mapped(profile, (value) => Math.max(0, Math.round(value)));
}

/** Samples a heap from the constructor's call until `stop`, and has the heap's profile at any moment. */
export class ContinuousProfile {
  /** Mean distance between samples, in bytes. */
  readonly sample: number;
  readonly #heap: ProfiledHeap;
  readonly #recorder: { flush(): void; stop(): void };
  readonly #analysis = new Analysis();
  readonly #began = Date.now();
  #runs = true;

  /**
   * Begins to sample; `stop` ends it. A heap has at most one recording at a time. Throws if one is under way, or if
   * there is no memory for the tracer's tables.
   */
  constructor(heap: ProfiledHeap, { sample = SAMPLE_BYTES, seed }: SamplingOptions = {}) {
    const feed = new TraceFeed(this.#analysis);
    this.sample = sample;
    this.#heap = heap;
    this.#recorder = heap.trace({ write: (bytes) => feed.push(bytes), sample, seed, collections: false });
  }

  /** Whether the heap is still sampled. */
  get runs(): boolean {
    return this.#runs;
  }

  /** The stacks as of now, in whole numbers. If `collect` is true, garbage is collected first. */
  now({ collect = false }: { readonly collect?: boolean } = {}): HeapProfile {
    if (collect) this.#heap.relieve({ measures: ["collect"] });
    return inWholeNumbers(this.estimates());
  }

  /**
   * The stacks as of now, with fractions. What is summed up over many programs must not be rounded to the nearest number in
   * each of them: a block that stands for 1.6 blocks would always count as 2.
   */
  estimates(): HeapProfile {
    if (this.#runs) this.#recorder.flush();
    return stacksOf(this.#analysis, this.#began, this.sample);
  }

  /** Ends sampling. What was sampled so far can still be read. Does nothing the second time. */
  stop(): void {
    if (!this.#runs) return;
    this.#runs = false;
    this.#recorder.stop();
  }
}

/** A profile with each of its figures changed. Stacks whose figures are then all 0 are left out. */
export function mapped(profile: HeapProfile, change: (figure: number) => number): HeapProfile {
  const stacks = profile.stacks.map(({ node, allocCount, allocBytes, liveCount, liveBytes }) => ({
    node,
    ...{ allocCount: change(allocCount), allocBytes: change(allocBytes) },
    ...{ liveCount: change(liveCount), liveBytes: change(liveBytes) },
  }));
  return { ...profile, stacks: stacks.filter((sums) => !isZero(sums)) };
}

/** What has changed between two profiles of one ContinuousProfile. Live figures can be negative. */
export function difference(before: HeapProfile, after: HeapProfile): HeapProfile {
  const earlier = new Map(before.stacks.map((sums) => [sums.node, sums]));
  const later = new Map(after.stacks.map((sums) => [sums.node, sums]));
  const zero = { allocCount: 0, allocBytes: 0, liveCount: 0, liveBytes: 0 };
  const stacks = [...new Set([...earlier.keys(), ...later.keys()])].map((node) => {
    const [a, b] = [earlier.get(node) ?? zero, later.get(node) ?? zero];
    return {
      node,
      ...{ allocCount: b.allocCount - a.allocCount, allocBytes: b.allocBytes - a.allocBytes },
      ...{ liveCount: b.liveCount - a.liveCount, liveBytes: b.liveBytes - a.liveBytes },
    };
  });
  const began = before.began + before.duration;
  return {
    ...{ tree: after.tree, stacks: stacks.filter((sums) => !isZero(sums)), sample: after.sample },
    ...{ began, duration: after.began + after.duration - began },
  };
}
