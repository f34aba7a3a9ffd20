// A WebAssembly client of an allocator, for measurements: it calls the allocator as a C program would. The allocator's
// calls are compiled in from plain/ or context/; the slots are in a block that the host made.

/** Marsaglia's xorshift: the next state of the generator. */
@inline
function next(state: u32): u32 {
  state ^= state << 13;
  state ^= state >> 17;
  state ^= state << 5;
  return state;
}

/** A number from `low` to `high`, made from the upper bits of a state. */
@inline
function pick(state: u32, low: u32, high: u32): u32 {
  return low + <u32>((<u64>state * (high - low + 1)) >> 32);
}

@inline
function slotAt(slots: usize, k: u32): usize {
  return slots + ((<usize>k) << 2);
}

/** Allocates a block of `low` to `high` bytes for every slot. Returns the generator's state. */
export function fill(slots: usize, count: u32, low: u32, high: u32, state: u32): u32 {
  for (let k: u32 = 0; k < count; k++) {
    state = next(state);
    store<usize>(slotAt(slots, k), malloc(pick(state, low, high)));
  }
  return state;
}

/** Frees the block of every slot. The slots keep the addresses. */
export function clear(slots: usize, count: u32): void {
  for (let k: u32 = 0; k < count; k++) free(load<usize>(slotAt(slots, k)));
}

/** `steps` times: frees the block of a random slot, and allocates one of random size in its place. */
export function replace(slots: usize, count: u32, low: u32, high: u32, steps: u32, state: u32): u32 {
  for (let step: u32 = 0; step < steps; step++) {
    state = next(state);
    const at = slotAt(slots, pick(state, 0, count - 1));
    free(load<usize>(at));
    state = next(state);
    store<usize>(at, malloc(pick(state, low, high)));
  }
  return state;
}

/** `rounds` times: allocates `count` blocks of `n` bytes, and frees them, last in first out. */
export function lifo(slots: usize, count: u32, n: u32, rounds: u32): void {
  for (let round: u32 = 0; round < rounds; round++) {
    for (let k: u32 = 0; k < count; k++) store<usize>(slotAt(slots, k), malloc(n));
    for (let k = count; k-- > 0; ) free(load<usize>(slotAt(slots, k)));
  }
}

/**
 * `steps` times: for a random slot, the block grows by an eighth plus 32 bytes, as a list does. A block that would grow
 * beyond `high` is freed, and starts again at `low`. `sizes` has the size of each slot's block. Returns the generator's state, or 0 if
 * an allocation failed.
 */
export function grow(slots: usize, sizes: usize, count: u32, low: u32, high: u32, steps: u32, state: u32): u32 {
  for (let step: u32 = 0; step < steps; step++) {
    state = next(state);
    const k = pick(state, 0, count - 1);
    const size = load<u32>(slotAt(sizes, k));
    let larger = size == 0 ? low : size + (size >> 3) + 32;
    const block = load<usize>(slotAt(slots, k));
    if (larger > high) {
      free(block);
      store<usize>(slotAt(slots, k), 0);
      larger = 0;
    } else {
      const moved = realloc(block, larger);
      if (moved == 0) return 0;
      store<usize>(slotAt(slots, k), moved);
    }
    store<u32>(slotAt(sizes, k), larger);
  }
  return state;
}

/** What a step of a recording does; it is in the two highest bits of the step's first word, above the number of a slot. */
const ALLOCATE: u32 = 0;
const RESIZE: u32 = 1;
const FREE: u32 = 2;
const KIND_SHIFT: u32 = 30;
const SLOT_MASK: u32 = (1 << KIND_SHIFT) - 1;

/**
 * Does the steps of a recording from `at` to `end`: a word says what happens to the block of which slot, and the size
 * follows unless the block is freed. The first word of a new block of 4 bytes or more is written, as the program would do.
 * Returns the number of allocations and resizes that failed.
 */
export function replay(slots: usize, at: usize, end: usize): u32 {
  let failed: u32 = 0;
  while (at < end) {
    const word = load<u32>(at);
    const slot = slotAt(slots, word & SLOT_MASK);
    const kind = word >>> KIND_SHIFT;
    at += 4;
    if (kind == FREE) {
      free(load<usize>(slot));
      store<usize>(slot, 0);
      continue;
    }
    const n = load<u32>(at);
    at += 4;
    const block = kind == RESIZE ? realloc(load<usize>(slot), n) : malloc(n);
    if (block == 0) {
      failed++;
      continue;
    }
    if (kind == ALLOCATE && n >= 4) store<u32>(block, 1);
    store<usize>(slot, block);
  }
  return failed;
}

/** Frees every block that is still in a slot. */
export function freeAll(slots: usize, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const block = load<usize>(slotAt(slots, k));
    if (block != 0) free(block);
    store<usize>(slotAt(slots, k), 0);
  }
}
