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
 * beyond `high` is freed, and starts again at `low`. Returns the state, or 0 if an allocation failed.
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
