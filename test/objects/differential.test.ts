// Random programs on our objects and on the real CPython: results, order, sizes, hashes and exceptions are the same.

import { beforeAll, describe, expect, it } from "vitest";
import { Heap, type HeapOptions } from "../../src/index.js";
import { SEED } from "../random.js";
import { isApproximate, isVague, type Outcome, runOnHeap, type Sight } from "./on-heap.js";
import { Python } from "./on-python.js";
import { Generator, type Program, type Step, shortListing, shrink } from "./programs.js";

const PROGRAMS = Number(process.env.PYHEAP_PROGRAMS ?? 3000);
const STEPS = 20;
const BATCH = 100;

function sorted(text: string): string {
  return [...text].sort().join("");
}

/**
 * Whether two texts are the same; or, if the order of sets is not comparable, have the same characters in any order.
 */
function sameText(ours: string, theirs: string, ordered: boolean): boolean {
  return ours === theirs || (!ordered && ours.includes("{") && sorted(ours) === sorted(theirs));
}

/** CPython's bytes for a value, minus what only CPython stores: the UTF-8 of its preallocated Latin-1 characters. */
function expectedSize([repr, type, size]: Sight): number {
  return type === "str" && size === 33 && /^'[\u0080-\u00ff]'$/.test(repr) ? 30 : size;
}

/** Whether our value equals CPython's, as far as it can. */
function sameSight(ours: Sight, theirs: Sight, ordered: boolean): boolean {
  const [repr, type, size, hash] = ours;
  const sameHash = isVague(repr) || hash === "" ? !/Error/.test(hash) || hash === theirs[3] : hash === theirs[3];
  const sameSize = size < 0 || size === expectedSize(theirs);
  return sameText(repr, theirs[0], ordered) && type === theirs[1] && sameSize && sameHash;
}

/** Whether two floats are equal except for the last digit. */
function nearly([ours]: Outcome, [theirs]: Outcome): boolean {
  const [x, y] = [Number(ours?.[0]), Number(theirs?.[0])];
  return ours?.[0] === theirs?.[0] || Math.abs(x - y) <= 4 * Number.EPSILON * Math.abs(y);
}

function sameOutcome([ours, oursAfter, ordered = true]: Outcome, [theirs, theirsAfter]: Outcome): boolean {
  if (typeof ours === "string" && typeof theirs === "string") {
    if (!sameText(ours, theirs, ordered)) return false;
  } else if (ours === null || theirs === null || typeof ours === "string" || typeof theirs === "string") {
    if (ours !== theirs) return false;
  } else if (!sameSight(ours, theirs, ordered)) return false;
  if (oursAfter === null || theirsAfter === null) return oursAfter === theirsAfter;
  return sameSight(oursAfter, theirsAfter, ordered);
}

describe(`random programs on our heap and on CPython (PYHEAP_SEED=${SEED}, PYHEAP_PROGRAMS=${PROGRAMS})`, () => {
  let python: Python;
  beforeAll(async () => {
    python = await Python.start(SEED);
  });

  /** The first difference, in words; undefined if there is none. */
  function difference(heap: Heap, program: Program): string | undefined {
    const { outcomes, ends } = runOnHeap(heap, program);
    const [theirs] = python.run([program.slice(0, outcomes.length)]);
    return theirs && compare(program, outcomes, ends, theirs);
  }

  function compare(
    program: Program,
    outcomes: Outcome[],
    ends: Sight[],
    theirs: { outcomes: Outcome[]; ends: Sight[] },
  ) {
    for (const [k, ours] of outcomes.entries()) {
      const told = theirs.outcomes[k] as Outcome;
      const same = isApproximate(program[k] as Step, ours) ? nearly : sameOutcome;
      if (!same(ours, told)) {
        const listing = shortListing(program.slice(0, k + 1));
        return `${listing}\n  ours    ${JSON.stringify(ours)}\n  CPython ${JSON.stringify(told)}`;
      }
    }
    for (const [k, ours] of ends.entries()) {
      const told = theirs.ends[k] as Sight;
      if (!sameSight(ours, told, outcomes.at(-1)?.[2] ?? true)) {
        return `${shortListing(program)}\n  v${k}, ours    ${JSON.stringify(ours)}\n  v${k}, CPython ${JSON.stringify(told)}`;
      }
    }
    return undefined;
  }

  async function runPrograms(count: number, options: HeapOptions): Promise<string[]> {
    const heap = await Heap.create({ limit: 2 ** 27, ...options });
    const generator = new Generator(SEED);
    const found: string[] = [];
    heap.release();
    const before = heap.stats().allocatedBlocks;
    for (let done = 0; done < count; done += BATCH) {
      const programs = Array.from({ length: Math.min(BATCH, count - done) }, () => generator.program(STEPS));
      const ours = programs.map((program) => runOnHeap(heap, program));
      const theirs = python.run(programs.map((program, k) => program.slice(0, ours[k]?.outcomes.length)));
      for (const [k, program] of programs.entries()) {
        const mine = ours[k] as (typeof ours)[number];
        if (compare(program, mine.outcomes, mine.ends, theirs[k] as (typeof theirs)[number]) === undefined) continue;
        if (found.length > 2) break;
        const short = shrink(program.slice(0, mine.outcomes.length), (less) => difference(heap, less) !== undefined);
        found.push(difference(heap, short) ?? "a difference that does not come again");
      }
      heap.gc.collect();
      heap.release();
      const { allocatedBlocks } = heap.stats();
      if (allocatedBlocks !== before) found.push(`${allocatedBlocks - before} blocks were left`);
      if (found.length > 2) break;
    }
    return found;
  }

  it("everything is as in CPython", async () => {
    const found = await runPrograms(PROGRAMS, { policies: { keySharing: false } });
    expect(found.join("\n\n")).toBe("");
  });
});
