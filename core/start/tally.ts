// Counts what the interpreter allocates before its program begins: which blocks are live, and for each domain and size how
// much was allocated. This is a separate module with its own memory. Its functions are called in place of a domain's
// allocator, and pass each call on to it. Counting costs a third of what recording costs.
//
//   next    domain 0 .. 3: ctx, malloc, calloc, realloc, free           the allocators that calls are passed on to
//   sums    domain 0 .. 3, each CLASSES of | count: u64 | bytes: u64 |  everything that was allocated
//   live    | address + tag | size | ...                                open addressing, a power of two long, at
//                                                                       most half full; 0: empty
//
// A tag is the domain, and CLEARED if the block was cleared. An address is a multiple of 8, so the tag is in its lowest
// bits.
//
// Invariant: every entry can be found from its home slot without passing an empty slot.

const DOMAINS: usize = 4;
const ALLOCATOR_BYTES: usize = 20;
const CLEARED: u32 = 4;
const TAGS: usize = 7;

/** Each size up to this has its own class; above, there is a class for each power of two. */
const EXACT: u32 = 512;
const EXACT_BITS: u32 = 9;
export const CLASSES: u32 = EXACT + 1 + 32 - EXACT_BITS;

const ENTRY: usize = 8;
const FIRST_LENGTH: u32 = 1 << 17;

const next = memory.data(<i32>ALLOCATOR_BYTES * <i32>DOMAINS, 8);
const sums = memory.data(16 * <i32>CLASSES * <i32>DOMAINS, 8);

let live: usize = 0;
let mask: u32 = 0;
let count: u32 = 0;

/** Makes the table of blocks: `length` slots, all empty. */
function makeTable(length: u32): void {
  const bytes = <usize>length * ENTRY;
  const at = (heap.alloc(bytes + ENTRY) + ENTRY - 1) & ~(ENTRY - 1);
  memory.fill(at, 0, bytes);
  live = at;
  mask = length - 1;
}

@inline
function home(address: usize): u32 {
  const h = <u32>address * 0x9e3779b1;
  return h ^ (h >> 15);
}

@inline
function at(index: u32): usize {
  return live + <usize>(index & mask) * ENTRY;
}

function grow(): void {
  const before = live;
  const length = mask + 1;
  makeTable(length * 2);
  for (let k: u32 = 0; k < length; k++) {
    const entry = before + <usize>k * ENTRY;
    if (load<usize>(entry) != 0) enter(load<usize>(entry), load<u32>(entry, 4));
  }
}

function enter(key: usize, size: u32): void {
  let index = home(key & ~TAGS);
  while (load<usize>(at(index)) != 0) index++;
  store<usize>(at(index), key);
  store<u32>(at(index), size, 4);
}

@inline
function classOf(size: u32): u32 {
  return size <= EXACT ? size : EXACT + 1 + (31 - EXACT_BITS) - clz(size - 1);
}

/** Records that a block of `size` bytes was allocated. */
function born(block: usize, size: u32, tag: u32): void {
  const sum = sums + <usize>((tag & 3) * CLASSES + classOf(size)) * 16;
  store<u64>(sum, load<u64>(sum) + 1);
  store<u64>(sum, load<u64>(sum, 8) + <u64>size, 8);
  if (++count * 2 > mask) grow();
  enter(block | tag, size);
}

/** Removes the block, if the table has it. The entries after it move up. */
function died(block: usize): void {
  let hole = home(block);
  for (;;) {
    const key = load<usize>(at(hole));
    if (key == 0) return;
    if ((key & ~TAGS) == block) break;
    hole++;
  }
  count--;
  for (let index = hole + 1; ; index++) {
    const key = load<usize>(at(index));
    if (key == 0) break;
    if (((index - home(key & ~TAGS)) & mask) < ((index - hole) & mask)) continue;
    store<u64>(at(hole), load<u64>(at(index)));
    hole = index;
  }
  store<u64>(at(hole), 0);
}

/**
 * Sets the allocator of a domain to which calls are passed on. To be called before the tally's functions are installed in
 * the domain. Returns the ctx to install them with.
 */
export function tally_begin(domain: usize, ctx: usize, malloc: u32, calloc: u32, realloc: u32, free: u32): usize {
  if (live == 0) makeTable(FIRST_LENGTH);
  const n = next + domain * ALLOCATOR_BYTES;
  store<usize>(n, ctx);
  store<u32>(n, malloc, 4);
  store<u32>(n, calloc, 8);
  store<u32>(n, realloc, 12);
  store<u32>(n, free, 16);
  return n;
}

/** Adds a block that was allocated before the tally began. */
export function tally_add(block: usize, size: u32, tag: u32): void {
  born(block, size, tag);
}

@inline
function domainOf(ctx: usize): u32 {
  return <u32>((ctx - next) / ALLOCATOR_BYTES);
}

export function tally_malloc(ctx: usize, n: usize): usize {
  const block = call_indirect<usize>(load<u32>(ctx, 4), load<usize>(ctx), n);
  if (block != 0) born(block, <u32>n, domainOf(ctx));
  return block;
}

export function tally_calloc(ctx: usize, many: usize, size: usize): usize {
  const block = call_indirect<usize>(load<u32>(ctx, 8), load<usize>(ctx), many, size);
  if (block != 0) born(block, <u32>(many * size), domainOf(ctx) | CLEARED);
  return block;
}

export function tally_realloc(ctx: usize, block: usize, n: usize): usize {
  const moved = call_indirect<usize>(load<u32>(ctx, 12), load<usize>(ctx), block, n);
  if (moved == 0) return 0;
  if (block != 0) died(block);
  born(moved, <u32>n, domainOf(ctx));
  return moved;
}

export function tally_free(ctx: usize, block: usize): void {
  if (block != 0) died(block);
  call_indirect<void>(load<u32>(ctx, 16), load<usize>(ctx), block);
}

// The results: addresses in this module's memory, and lengths.

export function tally_live(): usize {
  return live;
}

export function tally_places(): u32 {
  return mask + 1;
}

export function tally_sums(): usize {
  return sums;
}
