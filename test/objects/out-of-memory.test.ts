// Lack of memory in operations on objects: the first 199 allocations of each operation fail in turn, once and for good. If the operation
// then raises MemoryError, every object is unchanged, and the operation succeeds when it is tried again. If it can do without the memory,
// its result is the usual one. And: lack of memory for tables and buffers of the heap itself.

import { beforeAll, describe, expect, it } from "vitest";
import { type Address, Heap, MemoryError, NULL, type PyList, PyObject } from "../../src/index.js";
import { Failures } from "../failures.js";
import { SEED } from "../random.js";
import { argumentsOf, Cut, failure, look } from "./on-heap.js";
import { OPERATIONS, type Operation } from "./operations.js";
import { Generator, listing, type Performed } from "./programs.js";
import type { Value } from "./values.js";

/** The number of sets of arguments for each operation. */
const ROUNDS = Number(process.env.PYHEAP_ROUNDS ?? 6);

type End = { readonly words: string } | { readonly value: Value } | "no memory";

describe(`every allocation fails in turn (PYHEAP_SEED=${SEED})`, () => {
  let heap: Heap;
  let failures: Failures;
  beforeAll(async () => {
    heap = await Heap.create({ limit: 2 ** 26, policies: { freeLists: false }, policy: false });
    failures = new Failures(heap);
    heap.gc.disable();
  });

  function perform(operation: Operation, args: unknown[]): End {
    try {
      return { value: (heap.exact(() => operation.run(heap, args)) ?? null) as Value };
    } catch (error) {
      return error instanceof MemoryError ? "no memory" : { words: failure(error) };
    }
  }

  const words = (end: End) => (end === "no memory" ? end : "words" in end ? end.words : look(heap, end.value)[0]);
  const state = (args: unknown[]) =>
    args.map((arg) => (arg instanceof PyObject ? heap.repr(arg) : String(arg))).join(" | ");

  /** Compares texts. A set from which added items were removed again may show its items in another order. */
  const same = (ours: string, told: string) => {
    if (!ours.includes("{") || [...ours].sort().join() !== [...told].sort().join()) expect(ours).toBe(told);
  };

  /**
   * Performs the step, and lets its allocation `failAt` fail, or with `forever` also all later ones. `told` is the result with enough
   * memory. Returns whether an allocation failed: false if the step has fewer of them.
   */
  function failOne(step: Performed, failAt: number, forever: boolean, told: string): boolean {
    const operation = OPERATIONS[step.op] as Operation;
    return heap.scope(() => {
      const args = argumentsOf(heap, operation, step.args, []);
      if (!args) return false;
      const before = state(args);
      const end = failures.during(failAt, () => perform(operation, args), { forever });
      if (failures.failed === 0) {
        same(`${words(end)} after ${state(args)}`, told);
        return false;
      }
      heap.check();
      if (end === "no memory") {
        same(state(args), before);
        const again = perform(operation, args);
        same(`${words(again)} after ${state(args)}`, told);
      } else if (!("words" in end)) same(`${words(end)} after ${state(args)}`, told);
      return true;
    });
  }

  /**
   * The result of the step with enough memory. Undefined if there is none to compare with: if an argument does not have the type that the
   * operation needs, or if the step can't be performed or does not fit into the heap's limit.
   */
  function reference(step: Performed): string | undefined {
    const operation = OPERATIONS[step.op] as Operation;
    return heap.scope(() => {
      try {
        const args = argumentsOf(heap, operation, step.args, []);
        if (!args) return undefined;
        const end = perform(operation, args);
        return end === "no memory" ? undefined : `${words(end)} after ${state(args)}`;
      } catch (error) {
        if (error instanceof Cut) return undefined;
        throw error;
      }
    });
  }

  function blocks(): number {
    heap.gc.collect();
    heap.release();
    return heap.stats().allocatedBlocks;
  }

  it.each(
    [...OPERATIONS.keys()].map(
      (number) => [`${OPERATIONS[number]?.python} of ${OPERATIONS[number]?.kinds}`, number] as const,
    ),
  )("%s", (_, number) => {
    const generator = new Generator(SEED + number);
    const before = blocks();
    for (let round = 0; round < ROUNDS; round++) {
      const step = generator.alone(number);
      // The order of a set with NaN in it depends on addresses.
      const told = listing([step]).includes("NaN") ? undefined : reference(step);
      if (told === undefined) continue;
      for (const forever of [false, true]) {
        let failAt = 1;
        try {
          while (failAt < 200 && failOne(step, failAt, forever, told)) failAt++;
        } catch (error) {
          const what = `allocation ${failAt} failed ${forever ? "for good" : "once"} in ${listing([step])}`;
          throw new Error(`${what}\n${(error as Error).message}`, { cause: error });
        }
      }
    }
    // A reference that a failed operation did not release would keep a block.
    expect(blocks()).toBe(before);
  });
});

describe("no memory for what the heap keeps itself", () => {
  /** Takes all memory up to the limit. Returns a function that gives it back. */
  function fill(heap: Heap): () => void {
    const blocks: Address[] = [];
    for (let size = 2 ** 16; size > 0; size >>= 1) {
      for (let block = heap.raw.malloc(size); block !== NULL; block = heap.raw.malloc(size)) blocks.push(block);
    }
    return () => {
      for (const block of blocks) heap.raw.free(block);
    };
  }

  it.each<[string, (heap: Heap, list: PyList) => unknown]>([
    ["handles", (heap, list) => heap.exact(() => Array.from({ length: 500 }, () => list.getItem(0)).length)],
    ["the stack of arguments", (heap) => heap.list(Array.from({ length: 500 }, (_, k) => k % 200)).length],
    ["the buffer for text", (heap) => heap.str("text ".repeat(1000)).length],
    ["the buffer for ints", (heap) => String(heap.binary(1, "<<", 50_000)).length],
  ])("%s", async (_, run) => {
    const heap = await Heap.create({ limit: 2 ** 19, policy: false });
    heap.scope(() => {
      const list = heap.list([1.5, "text"]);
      const release = fill(heap);
      expect(() => heap.scope(() => run(heap, list))).toThrow(MemoryError);
      heap.check();
      expect(list.repr()).toBe("[1.5, 'text']");
      release();
      expect(heap.scope(() => run(heap, list))).toBeGreaterThan(400);
      heap.check();
    });
    expect(heap.objectStats().handles).toBe(0);
  });
});
