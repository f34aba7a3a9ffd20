// A producer that allocates and a consumer that frees, for measurements: each in a worker, or both in one. Blocks pass through a ring of
// words; 0 is an empty place.

@inline
function placeAt(ring: usize, length: u32, k: u32): usize {
  return ring + ((<usize>(k % length)) << 2);
}

/** Waits until a place is empty, or full. Both workers have a processor, so the wait is short. */
@inline
function waitUntil(at: usize, full: bool): void {
  while ((atomic.load<u32>(at) != 0) != full);
}

@inline
function put(at: usize, n: u32): void {
  const block = malloc(n);
  store<u32>(block, n);
  atomic.store<u32>(at, <u32>block);
}

@inline
function take(at: usize): void {
  const block = atomic.load<u32>(at);
  atomic.store<u32>(at, 0);
  free(block);
}

/** The size of block number `k`: 8 to 256 bytes. */
@inline
function sizeOf(k: u32): u32 {
  return 8 + (((k * 0x9e3779b1) >> 24) % 249);
}

export function produce(ring: usize, length: u32, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const at = placeAt(ring, length, k);
    waitUntil(at, false);
    put(at, sizeOf(k));
  }
}

export function consume(ring: usize, length: u32, count: u32): void {
  for (let k: u32 = 0; k < count; k++) {
    const at = placeAt(ring, length, k);
    waitUntil(at, true);
    take(at);
  }
}

/** Produces and consumes, half a ring later. */
export function both(ring: usize, length: u32, count: u32): void {
  const late = length / 2;
  for (let k: u32 = 0; k < count + late; k++) {
    if (k < count) put(placeAt(ring, length, k), sizeOf(k));
    if (k >= late) take(placeAt(ring, length, k - late));
  }
}
