// XXH64 of a range of memory: the checksum of heap images. It hashes four lanes of 64 bits at a time, because an image can have
// hundreds of megabytes.
// The algorithm is that of the xxHash specification (github.com/Cyan4973/xxHash, doc/xxhash_spec.md).

const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

@inline
function step(lane: u64, word: u64): u64 {
  return rotl<u64>(lane + word * PRIME_2, 31) * PRIME_1;
}

@inline
function merged(hash: u64, lane: u64): u64 {
  return (hash ^ step(0, lane)) * PRIME_1 + PRIME_4;
}

/** The XXH64 of the `n` bytes at `at`, with a seed. */
export function memory_checksum(at: usize, n: usize, seed: u64): u64 {
  const end = at + n;
  let hash = seed + PRIME_5;
  if (n >= 32) {
    let a = seed + PRIME_1 + PRIME_2;
    let b = seed + PRIME_2;
    let c = seed;
    let d = seed - PRIME_1;
    for (const last = end - 32; at <= last; at += 32) {
      a = step(a, load<u64>(at));
      b = step(b, load<u64>(at, 8));
      c = step(c, load<u64>(at, 16));
      d = step(d, load<u64>(at, 24));
    }
    hash = merged(
      merged(merged(merged(rotl<u64>(a, 1) + rotl<u64>(b, 7) + rotl<u64>(c, 12) + rotl<u64>(d, 18), a), b), c),
      d,
    );
  }
  hash += <u64>n;
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ step(0, load<u64>(at)), 27) * PRIME_1 + PRIME_4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (<u64>load<u32>(at) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (<u64>load<u8>(at) * PRIME_5), 11) * PRIME_1;
  hash = (hash ^ (hash >> 33)) * PRIME_2;
  hash = (hash ^ (hash >> 29)) * PRIME_3;
  return hash ^ (hash >> 32);
}
