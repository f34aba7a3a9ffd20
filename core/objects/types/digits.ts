// Arithmetic on rows of digits: magnitudes of large integers, in base 2^30, the lowest digit first.
//
//   row -> u32, u32, ... each below 2^30
//
// A function gets rows as an address and a number of digits, and writes to a row that the caller made large enough. Target and
// sources may be the same row only where the function's comment says so. Below KARATSUBA digits, multiplication is the schoolbook
// method; from there on, A. Karatsuba's (1962). Division is D. Knuth's algorithm D (The Art of Computer Programming 2, 4.3.1).

export const DIGIT_BITS: u32 = 30;
export const DIGIT_MASK: u32 = (1 << 30) - 1;
const KARATSUBA: u32 = 70;

@inline
export function digitAt(row: usize, k: u32): u32 {
  return load<u32>(row + ((<usize>k) << 2));
}

@inline
export function setDigitAt(row: usize, k: u32, digit: u32): void {
  store<u32>(row + ((<usize>k) << 2), digit);
}

/** The number of digits without leading zeros. */
@inline
export function trimmed(row: usize, n: u32): u32 {
  while (n > 0 && digitAt(row, n - 1) == 0) n--;
  return n;
}

/** The number of bits of a magnitude without leading zeros. */
@inline
export function bitLength(row: usize, n: u32): u64 {
  return n == 0 ? 0 : <u64>n * DIGIT_BITS - (clz<u32>(digitAt(row, n - 1)) - 2);
}

/** Compares two magnitudes without leading zeros: negative, 0 or positive. */
export function compareDigits(a: usize, an: u32, b: usize, bn: u32): i32 {
  if (an != bn) return an < bn ? -1 : 1;
  for (let k = an; k-- > 0; ) {
    const x = digitAt(a, k);
    const y = digitAt(b, k);
    if (x != y) return x < y ? -1 : 1;
  }
  return 0;
}

/** z = a + b, an >= bn; z has an + 1 digits and may be a or b. */
export function addDigits(z: usize, a: usize, an: u32, b: usize, bn: u32): void {
  let carry: u32 = 0;
  let k: u32 = 0;
  for (; k < bn; k++) {
    carry += digitAt(a, k) + digitAt(b, k);
    setDigitAt(z, k, carry & DIGIT_MASK);
    carry >>= DIGIT_BITS;
  }
  for (; k < an; k++) {
    carry += digitAt(a, k);
    setDigitAt(z, k, carry & DIGIT_MASK);
    carry >>= DIGIT_BITS;
  }
  setDigitAt(z, k, carry);
}

/** z = a - b for a >= b; z has an digits and may be a or b. */
export function subtractDigits(z: usize, a: usize, an: u32, b: usize, bn: u32): void {
  let borrow: u32 = 0;
  for (let k: u32 = 0; k < an; k++) {
    borrow = digitAt(a, k) - (k < bn ? digitAt(b, k) : 0) - borrow;
    setDigitAt(z, k, borrow & DIGIT_MASK);
    borrow = (borrow >> DIGIT_BITS) & 1;
  }
}

/** z += b, where z is long enough for the sum. */
function addTo(z: usize, b: usize, bn: u32): void {
  let carry: u32 = 0;
  for (let k: u32 = 0; k < bn || carry != 0; k++) {
    carry += digitAt(z, k) + (k < bn ? digitAt(b, k) : 0);
    setDigitAt(z, k, carry & DIGIT_MASK);
    carry >>= DIGIT_BITS;
  }
}

function schoolMultiply(z: usize, a: usize, an: u32, b: usize, bn: u32): void {
  memory.fill(z, 0, (<usize>(an + bn)) << 2);
  for (let i: u32 = 0; i < an; i++) {
    const x: u64 = digitAt(a, i);
    let carry: u64 = 0;
    const row = z + ((<usize>i) << 2);
    for (let j: u32 = 0; j < bn; j++) {
      carry += x * digitAt(b, j) + digitAt(row, j);
      setDigitAt(row, j, <u32>carry & DIGIT_MASK);
      carry >>= DIGIT_BITS;
    }
    setDigitAt(row, bn, <u32>carry);
  }
}

/** The number of digits of work space that multiplyDigits needs for factors of these lengths. */
export function workDigits(an: u32, bn: u32): u64 {
  // Each level of halving needs four times half of the longer factor's digits. If a factor is at least twice as long as
  // the other, it is cut into pieces first.
  const n = min(an, bn);
  return n < KARATSUBA ? 0 : 8 * <u64>n + 1024;
}

/** z = a * b; z has an + bn digits and is neither a nor b. `work` has workDigits(an, bn) digits. */
export function multiplyDigits(z: usize, a: usize, an: u32, b: usize, bn: u32, work: usize): void {
  if (an < bn) {
    multiplyDigits(z, b, bn, a, an, work);
    return;
  }
  if (bn < KARATSUBA) {
    schoolMultiply(z, a, an, b, bn);
    return;
  }
  if (an >= 2 * bn) {
    // The longer factor is cut into pieces that are as long as the shorter one.
    memory.fill(z, 0, (<usize>(an + bn)) << 2);
    const product = work;
    const rest = work + ((<usize>(2 * bn)) << 2);
    for (let from: u32 = 0; from < an; from += bn) {
      const n = min(bn, an - from);
      multiplyDigits(product, a + ((<usize>from) << 2), n, b, bn, rest);
      addTo(z + ((<usize>from) << 2), product, trimmed(product, n + bn));
    }
    return;
  }
  // (a1 X + a0)(b1 X + b0) = a1 b1 X^2 + ((a1 + a0)(b1 + b0) - a1 b1 - a0 b0) X + a0 b0, X = 2^(30 half)
  const half = an >> 1;
  const a1 = a + ((<usize>half) << 2);
  const b1 = b + ((<usize>half) << 2);
  const high = an - half;
  const highB = bn - half;
  multiplyDigits(z, a, half, b, half, work);
  multiplyDigits(z + ((<usize>(2 * half)) << 2), a1, high, b1, highB, work);
  const sumA = work;
  const sumB = sumA + ((<usize>(high + 1)) << 2);
  const product = sumB + ((<usize>(high + 1)) << 2);
  const rest = product + ((<usize>(2 * high + 2)) << 2);
  addDigits(sumA, a1, high, a, half);
  if (highB >= half) {
    addDigits(sumB, b1, highB, b, half);
    for (let k = highB + 1; k <= high; k++) setDigitAt(sumB, k, 0);
  } else {
    addDigits(sumB, b, half, b1, highB);
    for (let k = half + 1; k <= high; k++) setDigitAt(sumB, k, 0);
  }
  multiplyDigits(product, sumA, high + 1, sumB, high + 1, rest);
  const n = 2 * high + 2;
  const low = trimmed(z, 2 * half);
  subtractDigits(product, product, n, z, low);
  const top = z + ((<usize>(2 * half)) << 2);
  subtractDigits(product, product, n, top, trimmed(top, high + highB));
  addTo(z + ((<usize>half) << 2), product, trimmed(product, n));
}

/** z = a / digit, which is not 0; z has n digits and may be a. Returns the remainder. */
export function divideByDigit(z: usize, a: usize, n: u32, digit: u32): u32 {
  let left: u64 = 0;
  for (let k = n; k-- > 0; ) {
    left = (left << DIGIT_BITS) | digitAt(a, k);
    setDigitAt(z, k, <u32>(left / digit));
    left %= digit;
  }
  return <u32>left;
}

/** z = a << bits, 0 <= bits < 30; z has n + 1 digits and may be a. */
export function shiftUp(z: usize, a: usize, n: u32, bits: u32): void {
  let carry: u64 = 0;
  for (let k: u32 = 0; k < n; k++) {
    carry |= (<u64>digitAt(a, k)) << bits;
    setDigitAt(z, k, <u32>carry & DIGIT_MASK);
    carry >>= DIGIT_BITS;
  }
  setDigitAt(z, n, <u32>carry);
}

/** z = a >> bits, 0 <= bits < 30; z has n digits and may be a, or precede it in memory. */
export function shiftDown(z: usize, a: usize, n: u32, bits: u32): void {
  for (let k: u32 = 0; k < n; k++) {
    const above: u64 = k + 1 < n ? digitAt(a, k + 1) : 0;
    setDigitAt(z, k, <u32>(((above << DIGIT_BITS) | digitAt(a, k)) >> bits) & DIGIT_MASK);
  }
}

/**
 * q = a / b and r = a % b for magnitudes without leading zeros, an >= bn >= 2. q has an - bn + 1 digits. r has an + 1
 * digits, of which the first bn are the remainder. `divisor` is work space of bn + 1 digits.
 */
export function divideDigits(q: usize, r: usize, a: usize, an: u32, b: usize, bn: u32, divisor: usize): void {
  // Both numbers are shifted so that the highest bit of the divisor's highest digit is set.
  const bits = clz<u32>(digitAt(b, bn - 1)) - 2;
  shiftUp(divisor, b, bn, bits);
  shiftUp(r, a, an, bits);
  const first: u64 = digitAt(divisor, bn - 1);
  const second: u64 = digitAt(divisor, bn - 2);
  for (let k = an - bn + 1; k-- > 0; ) {
    const row = r + ((<usize>k) << 2);
    const top = ((<u64>digitAt(row, bn)) << DIGIT_BITS) | digitAt(row, bn - 1);
    let guess = top / first;
    let left = top % first;
    while (guess > DIGIT_MASK || guess * second > ((left << DIGIT_BITS) | digitAt(row, bn - 2))) {
      guess--;
      left += first;
      if (left > DIGIT_MASK) break;
    }
    let borrow: i64 = 0;
    for (let j: u32 = 0; j < bn; j++) {
      const d = <i64>digitAt(row, j) + borrow - <i64>(guess * digitAt(divisor, j));
      setDigitAt(row, j, <u32>d & DIGIT_MASK);
      borrow = d >> DIGIT_BITS;
    }
    const d = <i64>digitAt(row, bn) + borrow;
    setDigitAt(row, bn, <u32>d & DIGIT_MASK);
    if (d < 0) {
      // The guess was too large by one.
      guess--;
      let carry: u32 = 0;
      for (let j: u32 = 0; j < bn; j++) {
        carry += digitAt(row, j) + digitAt(divisor, j);
        setDigitAt(row, j, carry & DIGIT_MASK);
        carry >>= DIGIT_BITS;
      }
      setDigitAt(row, bn, (digitAt(row, bn) + carry) & DIGIT_MASK);
    }
    setDigitAt(q, k, <u32>guess);
  }
  shiftDown(r, r, bn + 1, bits);
}
