// Counts what is allocated, without stacks, while an interpreter starts, so that a trace has sums of the start. This takes a
// third of the time of a recording. A separate WebAssembly module (core/start/tally.ts) counts, in its own memory.
// Its functions are put in front of the domains' allocators.

import type { AllocatorHooks, InstalledAllocator } from "../alloc/hooks.js";
import { DOMAIN_NUMBERS } from "../alloc/hooks.js";
import { lazyModule } from "../core/base64.js";
import type { WithTable } from "../core/table-functions.js";
import { TALLY_BASE64 } from "../core/tally.generated.js";
import type { DomainName } from "../ground/errors.js";
import type { Base, BaseBlock, Gone } from "./base.js";
import { TAG } from "./format.js";

/** What core/start/tally.ts exports. */
interface Tally {
  readonly memory: WebAssembly.Memory;
  readonly CLASSES: WebAssembly.Global;
  tally_begin(domain: number, ...words: number[]): number;
  tally_add(block: number, size: number, tag: number): void;
  readonly tally_malloc: WebAssembly.ExportValue;
  readonly tally_calloc: WebAssembly.ExportValue;
  readonly tally_realloc: WebAssembly.ExportValue;
  readonly tally_free: WebAssembly.ExportValue;
  tally_live(): number;
  tally_places(): number;
  tally_sums(): number;
}

/** How many words the table has for a block. */
const PLACE = 2;
/** How many 64-bit numbers a sum has: the blocks, and their bytes. */
const SUM = 2;
const TAGS = TAG.domain | TAG.cleared;

const tallyModule = lazyModule(TALLY_BASE64);

export class StartTally {
  /** The time at which it began, from performance.now(). */
  readonly begun = performance.now();
  readonly #tally: Tally;
  readonly #hooks: AllocatorHooks;
  readonly #before = new Map<DomainName, { readonly theirs: InstalledAllocator; readonly ours: readonly number[] }>();
  readonly #changed: () => void;
  /** Blocks that were freed before this tally began. */
  readonly #goneBefore: readonly Gone[];

  /**
   * Puts the tally in front of the domains, and calls `changed` then and when it ends. With an earlier tally's counts, it
   * goes on from there: the memory is a copy of the memory that was counted then.
   */
  constructor(where: WithTable, hooks: AllocatorHooks, changed: () => void, earlier: Base = { gone: [], blocks: [] }) {
    const { exports } = new WebAssembly.Instance(tallyModule(), { env: { table: where.table } });
    this.#tally = exports as unknown as Tally;
    this.#hooks = hooks;
    this.#changed = changed;
    const { tally_malloc: malloc, tally_calloc: calloc, tally_realloc: realloc, tally_free: free } = this.#tally;
    for (const [name, domain] of Object.entries(DOMAIN_NUMBERS) as [DomainName, number][]) {
      const theirs = hooks.get(name);
      const ctx = this.#tally.tally_begin(domain, ...theirs.words);
      hooks.set(name, { ctx, malloc, calloc, realloc, free });
      this.#before.set(name, { theirs, ours: hooks.get(name).words });
    }
    this.#goneBefore = earlier.gone;
    for (const { address, size, tag } of earlier.blocks) this.#tally.tally_add(address, size, tag);
    changed();
  }

  /**
   * Gives each domain the allocator that it had before, unless another one was set since. Also replaces copies of the
   * tally's allocators in these words of the memory: CPython's tracemalloc keeps one from the interpreter's start.
   */
  end(copies = new Uint32Array(0)): void {
    for (const [name, { theirs, ours }] of this.#before) {
      if (String(this.#hooks.get(name).words) === String(ours)) this.#hooks.set(name, theirs);
      replaceAll(copies, ours, theirs.words);
    }
    this.#before.clear();
    this.#changed();
  }

  /** The counts. */
  base(): Base {
    const { memory, tally_live, tally_places, tally_sums, CLASSES } = this.#tally;
    const table = new Uint32Array(memory.buffer, tally_live(), PLACE * tally_places());
    const blocks: BaseBlock[] = [];
    for (let at = 0; at < table.length; at += PLACE) {
      const key = table[at] as number;
      if (key === 0) continue;
      const tag = key & TAGS;
      blocks.push({ address: key - tag, size: table[at + 1] as number, tag });
    }
    blocks.sort((a, b) => a.address - b.address);
    const classes = CLASSES.value as number;
    const sums = new BigUint64Array(memory.buffer, tally_sums(), SUM * classes * (TAG.domain + 1));
    return { gone: goneOf(sums, classes, blocks, this.#goneBefore), blocks };
  }
}

/** Replaces each occurrence of some words by as many others. */
function replaceAll(words: Uint32Array, before: readonly number[], after: readonly number[]): void {
  const [first = 0] = before;
  for (let at = words.indexOf(first); at >= 0; at = words.indexOf(first, at + 1)) {
    if (before.every((word, k) => words[at + k] === word)) words.set(after, at);
  }
}

/**
 * Blocks that were freed, by domain and class: all counted blocks except the live ones; to these are added the blocks that were freed
 * before this tally began.
 */
function goneOf(
  sums: BigUint64Array,
  classes: number,
  blocks: readonly BaseBlock[],
  goneBefore: readonly Gone[],
): Gone[] {
  const [counts, bytes] = [0, 1].map((at) =>
    Float64Array.from({ length: sums.length / SUM }, (_, k) => Number(sums[k * SUM + at])),
  ) as [Float64Array, Float64Array];
  const add = (domain: number, size: number, count: number, all: number) => {
    const sum = domain * classes + classOf(size, classes);
    counts[sum] = (counts[sum] as number) + count;
    bytes[sum] = (bytes[sum] as number) + all;
  };
  for (const { size, tag } of blocks) add(tag & TAG.domain, size, -1, -size);
  // The mean of some sizes of a class is in the same class.
  for (const { domain, count, bytes: all } of goneBefore) add(domain, Math.round(all / count), count, all);
  return Array.from(counts, (count, k) => ({
    domain: Math.floor(k / classes),
    count,
    bytes: bytes[k] as number,
  })).filter(({ count }) => count > 0);
}

/**
 * The class of a size, as in core/start/tally.ts: each small size has a class, and the last 23 classes are for the
 * powers of two above.
 */
function classOf(size: number, classes: number): number {
  const exact = classes - 24;
  return size <= exact ? size : exact + 1 + (22 - Math.clz32(size - 1));
}
