// A producer that allocates and a consumer that frees, for measurements: each in a worker, or both in one. Blocks pass through a ring in
// groups of words: a flag, and the addresses of blocks.

const GROUP: u32 = 64;

/** The number of blocks in a group: all words but the flag. */
const BLOCKS: u32 = GROUP - 1;

@inline
function groupAt(ring: usize, length: u32, k: u32): usize {
  return ring + ((<usize>((k * GROUP) % length)) << 2);
}

/** Waits until a group is there, or until it is gone. Each worker has a processor of its own, so the wait is short. */
@inline
function waitUntil(flag: usize, isThere: bool): void {
  while ((atomic.load<u32>(flag) != 0) != isThere);
}

/** Allocates the blocks of group `k`, of 8 to 256 bytes, and writes to each. */
@inline
function put(group: usize, k: u32): void {
  for (let place: u32 = 1; place <= BLOCKS; place++) {
    const n = 8 + ((((k * GROUP + place) * 0x9e3779b1) >> 24) % 249);
    const block = malloc(n);
    store<u32>(block, n);
    store<usize>(group + ((<usize>place) << 2), block);
  }
  atomic.store<u32>(group, 1);
}

@inline
function take(group: usize): void {
  for (let place: u32 = 1; place <= BLOCKS; place++) free(load<usize>(group + ((<usize>place) << 2)));
  atomic.store<u32>(group, 0);
}

export function produce(ring: usize, length: u32, count: u32): void {
  for (let k: u32 = 0; k < count / BLOCKS; k++) {
    const group = groupAt(ring, length, k);
    waitUntil(group, false);
    put(group, k);
  }
}

export function consume(ring: usize, length: u32, count: u32): void {
  for (let k: u32 = 0; k < count / BLOCKS; k++) {
    const group = groupAt(ring, length, k);
    waitUntil(group, true);
    take(group);
  }
}

/** Produces and consumes, half a ring later. */
export function both(ring: usize, length: u32, count: u32): void {
  const late = length / GROUP / 2;
  const groups = count / BLOCKS;
  for (let k: u32 = 0; k < groups + late; k++) {
    if (k < groups) put(groupAt(ring, length, k), k);
    if (k >= late) take(groupAt(ring, length, k - late));
  }
}
