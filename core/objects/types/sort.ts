// Sorting a list: stable, by the items or by keys in another row.
//
// The algorithm finds runs: items that rise already, or fall strictly and are reversed. It makes short runs longer by binary insertion, and
// merges runs from the bottom up: at most n log n comparisons, and n - 1 if the list is in order.
//
// During the sort the list is empty for everybody else, as in CPython: the row of its items belongs to the sort. What a comparison in C
// puts into the list meanwhile is released, and a ValueError is raised. If a comparison fails, the list has all its items again, in some
// order.

import { STR } from "../model/kinds.gen";
import { freeBlock, newBlock, requestFor } from "../model/memory";
import { raiseSorted } from "../model/raises.gen";
import { isKind, PyObject } from "../model/type";
import { PyStr, str_order } from "../text/str";
import { list_attach, list_detach, list_reverse } from "./list";
import { compareBool } from "./protocol";
import { LT } from "../model/operators.gen";
import { itemAt, PyList, setItemAt } from "./sequence";

const LEAST_RUN: u32 = 16;

/** x < y: 1 or 0; -1 with an error if they can't be compared. */
@inline
function less(x: PyObject, y: PyObject): i32 {
  if (isKind(x, STR) && isKind(y, STR)) return str_order(changetype<PyStr>(x), changetype<PyStr>(y)) < 0 ? 1 : 0;
  return compareBool(x, y, LT);
}

/** A sort under way: the keys, the items that move with them (0: the keys are the items), and a spare row for each. */
@unmanaged
class Sorting {
  keys: usize;
  items: usize;
  spareKeys: usize;
  spareItems: usize;
  failed: bool;

  @inline
  private isLess(x: PyObject, y: PyObject): bool {
    const answer = less(x, y);
    if (answer < 0) this.failed = true;
    return answer > 0;
  }

  private reverse(low: u32, high: u32): void {
    while (low + 1 < high) {
      high--;
      this.exchange(this.keys, low, high);
      if (this.items != 0) this.exchange(this.items, low, high);
      low++;
    }
  }

  private exchange(row: usize, low: u32, high: u32): void {
    const item = itemAt(row, low);
    setItemAt(row, low, itemAt(row, high));
    setItemAt(row, high, item);
  }

  /** The end of the run that begins at `low`. A strictly falling run is reversed. */
  private runEnd(low: u32, n: u32): u32 {
    let end = low + 1;
    if (end >= n) return n;
    const falls = this.isLess(itemAt(this.keys, end), itemAt(this.keys, low));
    end++;
    while (end < n && !this.failed && this.isLess(itemAt(this.keys, end), itemAt(this.keys, end - 1)) == falls) end++;
    if (falls && !this.failed) this.reverse(low, end);
    return end;
  }

  /** Inserts the items from `from` up to `high` into the run that begins at `low`. */
  private insert(low: u32, from: u32, high: u32): void {
    for (let k = from; k < high && !this.failed; k++) {
      const key = itemAt(this.keys, k);
      let left = low;
      let right = k;
      while (left < right) {
        const middle = (left + right) >> 1;
        if (this.isLess(key, itemAt(this.keys, middle))) right = middle;
        else left = middle + 1;
        if (this.failed) return;
      }
      this.moveDown(this.keys, left, k);
      if (this.items != 0) this.moveDown(this.items, left, k);
    }
  }

  private moveDown(row: usize, to: u32, from: u32): void {
    const item = itemAt(row, from);
    const place = row + ((<usize>to) << 2);
    memory.copy(place + 4, place, (<usize>(from - to)) << 2);
    store<PyObject>(place, item);
  }

  /** Merges the runs [low, middle) and [middle, high). */
  private merge(low: u32, middle: u32, high: u32): void {
    if (!this.isLess(itemAt(this.keys, middle), itemAt(this.keys, middle - 1))) return;
    const n = middle - low;
    memory.copy(this.spareKeys, this.keys + ((<usize>low) << 2), (<usize>n) << 2);
    if (this.items != 0) memory.copy(this.spareItems, this.items + ((<usize>low) << 2), (<usize>n) << 2);
    let left: u32 = 0;
    let right = middle;
    let to = low;
    while (left < n && right < high && !this.failed) {
      if (this.isLess(itemAt(this.keys, right), itemAt(this.spareKeys, left))) {
        setItemAt(this.keys, to, itemAt(this.keys, right));
        if (this.items != 0) setItemAt(this.items, to, itemAt(this.items, right));
        right++;
      } else {
        setItemAt(this.keys, to, itemAt(this.spareKeys, left));
        if (this.items != 0) setItemAt(this.items, to, itemAt(this.spareItems, left));
        left++;
      }
      to++;
    }
    memory.copy(this.keys + ((<usize>to) << 2), this.spareKeys + ((<usize>left) << 2), (<usize>(n - left)) << 2);
    if (this.items != 0) {
      memory.copy(this.items + ((<usize>to) << 2), this.spareItems + ((<usize>left) << 2), (<usize>(n - left)) << 2);
    }
  }

  /** Sorts `n` items. `ends` is room for the ends of the runs. */
  run(n: u32, ends: usize): void {
    let runs: u32 = 0;
    let low: u32 = 0;
    while (low < n && !this.failed) {
      let end = this.runEnd(low, n);
      if (end - low < LEAST_RUN && end < n && !this.failed) {
        const longer = min(n, low + LEAST_RUN);
        this.insert(low, end, longer);
        end = longer;
      }
      store<u32>(ends + ((<usize>runs) << 2), end);
      runs++;
      low = end;
    }
    while (runs > 1 && !this.failed) runs = this.mergePairs(runs, ends);
  }

  /** Merges runs in pairs. Returns how many runs remain. */
  private mergePairs(runs: u32, ends: usize): u32 {
    let low: u32 = 0;
    let left: u32 = 0;
    for (let k: u32 = 0; k < runs && !this.failed; k += 2) {
      let end = load<u32>(ends + ((<usize>k) << 2));
      if (k + 1 < runs) {
        const middle = end;
        end = load<u32>(ends + ((<usize>k) << 2) + 4);
        this.merge(low, middle, end);
      }
      store<u32>(ends + ((<usize>left) << 2), end);
      left++;
      low = end;
    }
    return left;
  }
}

/** The number of words that sorting `n` items needs: a spare row (two if there are keys), the ends of runs, and a Sorting. */
function workWords(n: u32, withKeys: bool): u64 {
  return <u64>n * (withKeys ? 2 : 1) + n / LEAST_RUN + 2 + offsetof<Sorting>() / 4 + 1;
}

/**
 * l.sort(): by the items, or by the keys in another list of the same length, which is sorted too. False, with an error raised, if
 * items can't be compared, if the list was changed meanwhile, or if there is no memory.
 */
export function list_sort(l: PyList, keys: PyList | null, reverse: bool): bool {
  const n = l.size;
  if (n < 2) return true;
  const work = newBlock(requestFor(0, workWords(n, keys !== null), 4));
  if (work == 0) return false;
  const s = changetype<Sorting>(work);
  s.spareKeys = work + ((offsetof<Sorting>() + 3) & ~3);
  s.spareItems = s.spareKeys + ((<usize>n) << 2);
  s.failed = false;
  // The list is reversed before and after a reverse sort, so that equal items keep their order.
  if (reverse) {
    list_reverse(l);
    if (keys) list_reverse(keys);
  }
  const room = l.allocated;
  const items = list_detach(l);
  s.keys = keys ? keys.items : items;
  s.items = keys ? items : 0;
  s.run(n, keys ? s.spareItems + ((<usize>n) << 2) : s.spareItems);
  const failed = s.failed;
  freeBlock(work);
  const changed = list_attach(l, items, n, room);
  if (reverse) {
    list_reverse(l);
    if (keys) list_reverse(keys);
  }
  if (changed && !failed) raiseSorted();
  return !failed && !changed;
}
