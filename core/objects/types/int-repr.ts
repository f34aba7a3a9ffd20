// repr of ints: decimal digits.

import { raiseDigits } from "../model/raises.gen";
import { freeBlock, newBlock } from "../model/memory";
import { PyObject } from "../model/type";
import { Writer } from "../text/writer";
import { digitAt, divideByDigit, setDigitAt, trimmed } from "./digits";
import { MOST_DECIMALS, PyLong } from "./int";

const BILLION: u32 = 1000000000;

/** The decimal digits. ValueError if there are more than MOST_DECIMALS. */
export function int_repr(o: PyObject, w: Writer): bool {
  const a = changetype<PyLong>(o);
  if (a.isZero) return w.put(0x30);
  const n = a.digits;
  // A digit has 30 log10(2) = 9.03 decimals.
  if (n > MOST_DECIMALS / 9 + 2) return tooManyDecimals();
  // n digits are at most n * 1.00344 groups of nine decimals, rounded up: n + n / 256 + 1.
  const work = newBlock((<usize>(2 * n + n / 256 + 1)) << 2);
  if (work == 0) return false;
  memory.copy(work, a.row, (<usize>n) << 2);
  // Groups of nine decimals, the lowest first, after the remaining digits.
  const groups = work + ((<usize>n) << 2);
  let count: u32 = 0;
  let left = n;
  while (left > 0) {
    setDigitAt(groups, count++, divideByDigit(work, work, left, BILLION));
    left = trimmed(work, left);
  }
  let decimals = (count - 1) * 9;
  for (let top = digitAt(groups, count - 1); top != 0; top /= 10) decimals++;
  const done =
    decimals > MOST_DECIMALS ? tooManyDecimals() : (!a.isNegative || w.put(0x2d)) && putGroups(w, groups, count);
  freeBlock(work);
  return done;
}

function tooManyDecimals(): bool {
  raiseDigits(MOST_DECIMALS);
  return false;
}

function putGroups(w: Writer, groups: usize, count: u32): bool {
  for (let k = count; k-- > 0; ) {
    const group = digitAt(groups, k);
    let power: u32 = BILLION / 10;
    if (k == count - 1) while (power > group) power /= 10;
    for (; power != 0; power /= 10) if (!w.put(0x30 + ((group / power) % 10))) return false;
  }
  return true;
}
