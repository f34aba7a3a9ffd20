// The random numbers of tests and benchmarks: the same for the same seed.

/**
 * The seed of a test's random programs: `PYHEAP_SEED`, or one made from the time. Tests have it in their titles, so that a
 * failure can be repeated.
 */
export const SEED = Number(process.env.PYHEAP_SEED ?? Date.now() % 2 ** 31);

/** mulberry32: words of 32 bits. */
function randomWords(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
}

/** Numbers from 0 to below 1. */
export function randomNumbers(seed: number): () => number {
  const word = randomWords(seed);
  return () => word() / 2 ** 32;
}

/** Whole numbers from 0 to below a bound; 0 if the bound is 0. */
export function randomIntegers(seed: number): (bound: number) => number {
  const word = randomWords(seed);
  return (bound) => word() % Math.max(bound, 1);
}
