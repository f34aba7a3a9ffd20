// Hashes: of bytes in memory (with a key), of numbers, of addresses, and of several hashes together.
//
// str and bytes are hashed with SipHash-1-3 and the heap's key, as in CPython (PEP 456, Python/pyhash.c): without
// the key, nobody can construct texts that collide. Numbers are hashed modulo the prime 2^31 - 1, so that equal numbers of
// different types have equal hashes (Python manual, "Hashing of numeric types"). A hash is never -1, which means "error".

import { settings } from "./settings";

export const HASH_BITS: i32 = 31;
export const HASH_MODULUS: u32 = 0x7fffffff;
const HASH_INFINITY: i32 = 314159;

/** The hash, or -2 in place of -1, which means "error". */
@inline
export function notError(hash: i32): i32 {
  return hash == -1 ? -2 : hash;
}

/** SipHash-1-3 of `n` bytes, cut to 32 bits; 0 if `n` is 0. J.-P. Aumasson and D. J. Bernstein, 2012. */
export function hashBytes(address: usize, n: usize): i32 {
  if (n == 0) return 0;
  const key = settings();
  let v0 = key.hashKey0 ^ 0x736f6d6570736575;
  let v1 = key.hashKey1 ^ 0x646f72616e646f6d;
  let v2 = key.hashKey0 ^ 0x6c7967656e657261;
  let v3 = key.hashKey1 ^ 0x7465646279746573;
  const words = n & ~7;
  let rounds: u32 = 0;
  let m: u64 = 0;
  // The loop takes the words of the message, then its rest together with the length, then does three rounds at the end.
  for (let k: usize = 0; rounds != 4; ) {
    let last: u64 = 0;
    if (k < words) {
      m = load<u64>(address + k);
      k += 8;
    } else if (rounds == 0) {
      m = (<u64>n) << 56;
      for (let j = words; j < n; j++) m |= (<u64>load<u8>(address + j)) << ((<u64>(j & 7)) << 3);
      rounds = 1;
    } else {
      m = 0;
      if (rounds == 1) last = 0xff;
      rounds++;
    }
    v2 ^= last;
    v3 ^= m;
    v0 += v1;
    v1 = rotl<u64>(v1, 13) ^ v0;
    v0 = rotl<u64>(v0, 32);
    v2 += v3;
    v3 = rotl<u64>(v3, 16) ^ v2;
    v0 += v3;
    v3 = rotl<u64>(v3, 21) ^ v0;
    v2 += v1;
    v1 = rotl<u64>(v1, 17) ^ v2;
    v2 = rotl<u64>(v2, 32);
    v0 ^= m;
  }
  return notError(<i32>(v0 ^ v1 ^ v2 ^ v3));
}

/** The hash of a float other than NaN. A float with the value of an int has the int's hash: hash(2.0) == hash(2). */
export function hashFloat(v: f64): i32 {
  if (isFinite(v)) {
    const whole = trunc(v);
    if (whole == v && abs(v) < 9007199254740992.0) {
      const left = <i32>(<i64>abs(v) % HASH_MODULUS);
      return notError(v < 0 ? -left : left);
    }
    return hashOfBits(v);
  }
  return v > 0 ? HASH_INFINITY : -HASH_INFINITY;
}

/** mantissa x 2^exponent modulo 2^31 - 1. A multiplication by 2 rotates the 31 bits by one place. */
function hashOfBits(v: f64): i32 {
  const bits = reinterpret<u64>(v);
  let exponent = <i32>((bits >> 52) & 0x7ff);
  let mantissa = bits & 0x000fffffffffffff;
  if (exponent == 0) exponent = 1;
  else mantissa |= 0x0010000000000000;
  const left = <u32>(mantissa % HASH_MODULUS);
  let turn = (exponent - 1075) % HASH_BITS;
  if (turn < 0) turn += HASH_BITS;
  const turned = turn == 0 ? left : ((left << turn) & HASH_MODULUS) | (left >> (HASH_BITS - turn));
  const hash = <i32>(turned == HASH_MODULUS ? 0 : turned);
  return notError(v < 0 ? -hash : hash);
}

/** The hash of an address, for objects that are equal only to themselves. */
@inline
export function hashPointer(o: usize): i32 {
  return notError(<i32>rotr<u32>(<u32>o, 4));
}

// ---- tuples: xxHash over the items' hashes (CPython's Objects/tupleobject.c names the constants) ----

const PRIME_1: u32 = 2654435761;
const PRIME_2: u32 = 2246822519;
const PRIME_5: u32 = 374761393;
export const TUPLE_HASH_START: u32 = PRIME_5;

@inline
export function tupleHashStep(acc: u32, itemHash: i32): u32 {
  return rotl<u32>(acc + <u32>itemHash * PRIME_2, 13) * PRIME_1;
}

@inline
export function tupleHashEnd(acc: u32, length: u32): i32 {
  const hash = acc + (length ^ (PRIME_5 ^ 3527539));
  return hash == 0xffffffff ? 1546275796 : <i32>hash;
}

// ---- sets: a sum in which the order of the items doesn't matter (CPython's Objects/setobject.c) ----

@inline
export function shuffled(hash: u32): u32 {
  return (hash ^ 89869747 ^ (hash << 16)) * 3644798167;
}

@inline
export function setHashEnd(sum: u32, used: u32): i32 {
  let hash = sum ^ ((used + 1) * 1927868237);
  hash ^= (hash >> 11) ^ (hash >> 25);
  hash = hash * 69069 + 907133923;
  return hash == 0xffffffff ? 590923713 : <i32>hash;
}
