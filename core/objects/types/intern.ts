// Interned strings: the table has at most one string for each text, so that equal keys are mostly the same object.
//
//   table -> capacity words, each 0 (never used), 1 (was used) or the address of an interned string
//
// The table owns no references: a string leaves it when it dies (CPython calls such strings mortal). Open addressing, linear steps.

import { clearError } from "../model/raise";
import { freeBlock, newBlock } from "../model/memory";
import { decref, incref, isImmortal } from "../model/refcount";
import { hasPolicy, POLICY_INTERNING } from "../model/settings";
import { at, INTERNED_AT, SHAPES_AT } from "../model/state";
import { PyObject } from "../model/type";
import { PyStr, STATE_INTERNED, str_equal, str_hash, str_release } from "../text/str";

const GONE: usize = 1;
const LEAST: u32 = 64;

@unmanaged
export class Interned {
  table: usize;
  /** A power of two, or 0 before the first string. */
  capacity: u32;
  /** The strings in the table, and the words that are not 0. */
  live: u32;
  filled: u32;
  /** How often an equal string was in the table already. */
  hits: u32;

  /** The address of the word that has the string with this text, or of the free word where it would be stored. */
  private wordFor(s: PyStr): usize {
    const mask = this.capacity - 1;
    let k = <u32>str_hash(s) & mask;
    let free: usize = 0;
    while (true) {
      const word = this.table + ((<usize>k) << 2);
      const entry = load<usize>(word);
      if (entry == 0) return free != 0 ? free : word;
      if (entry == GONE) {
        if (free == 0) free = word;
      } else if (str_equal(changetype<PyStr>(entry), s)) return word;
      k = (k + 1) & mask;
    }
  }

  /** Whether a word of the table has a string's address. */
  @inline
  holds(word: usize): bool {
    return load<usize>(word) > GONE;
  }

  /**
   * Makes room for one more string, so that at most two thirds of the words are filled. False if there is no memory.
   */
  private makeRoom(): bool {
    if ((this.filled + 1) * 3 <= this.capacity * 2) return true;
    return this.rebuild(this.fittingCapacity());
  }

  private fittingCapacity(): u32 {
    let capacity = LEAST;
    while (capacity < this.live * 3) capacity <<= 1;
    return capacity;
  }

  /** Shrinks the table to the size that its strings need. Changes nothing if there is no memory for a copy. */
  fit(): void {
    const capacity = this.fittingCapacity();
    if (this.live > 0 && capacity < this.capacity && !this.rebuild(capacity)) clearError();
  }

  /** Moves the strings to a table of `capacity` words. Returns false and changes nothing if there is no memory. */
  private rebuild(capacity: u32): bool {
    const table = newBlock((<usize>capacity) << 2);
    if (table == 0) return false;
    memory.fill(table, 0, (<usize>capacity) << 2);
    const old = this.table;
    const oldCapacity = this.capacity;
    this.table = table;
    this.capacity = capacity;
    this.filled = this.live;
    for (let k: u32 = 0; k < oldCapacity; k++) {
      const entry = load<usize>(old + ((<usize>k) << 2));
      if (entry > GONE) store<usize>(this.wordFor(changetype<PyStr>(entry)), entry);
    }
    if (old != 0) freeBlock(old);
    return true;
  }

  /**
   * The interned string with the text of `s`; it may be `s` itself. Takes over a reference to `s`, and returns one to
   * the interned string. If there is no memory, returns null, and the caller keeps its reference.
   */
  intern(s: PyStr): PyStr | null {
    if (s.isInterned || isImmortal(s)) return s;
    if (!this.makeRoom()) return null;
    const word = this.wordFor(s);
    const entry = load<usize>(word);
    if (entry > GONE) {
      this.hits++;
      const same = incref<PyStr>(changetype<PyStr>(entry));
      decref(s);
      return same;
    }
    if (entry == 0) this.filled++;
    this.live++;
    store<usize>(word, changetype<usize>(s));
    s.state |= STATE_INTERNED;
    return s;
  }

  /** Removes an interned string that is about to be deallocated. */
  forget(s: PyStr): void {
    store<usize>(this.wordFor(s), GONE);
    this.live--;
    if (this.live == 0) this.release();
  }

  private release(): void {
    freeBlock(this.table);
    this.table = 0;
    this.capacity = 0;
    this.filled = 0;
  }

  /** Whether a search finds each string at its place. At least one word of the table must be 0. */
  findsAll(): bool {
    for (let k: u32 = 0; k < this.capacity; k++) {
      const word = this.table + ((<usize>k) << 2);
      if (this.holds(word) && this.wordFor(load<PyStr>(word)) != word) return false;
    }
    return true;
  }

  /** live == strings in the table, each interned; filled == words that are not 0. */
  isValid(): bool {
    let live: u32 = 0;
    let filled: u32 = 0;
    for (let k: u32 = 0; k < this.capacity; k++) {
      const entry = load<usize>(this.table + ((<usize>k) << 2));
      if (entry != 0) filled++;
      if (entry <= GONE) continue;
      live++;
      if (!changetype<PyStr>(entry).isInterned) return false;
    }
    return live == this.live && filled == this.filled;
  }
}

if (offsetof<Interned>() > SHAPES_AT - INTERNED_AT) ERROR("Interned does not fit its region");

@inline
export function interned(): Interned {
  return changetype<Interned>(at(INTERNED_AT));
}

/**
 * PyUnicode_InternInPlace: the one string with this text. Takes over the caller's reference and returns one; null, with that
 * reference released, if there is no memory for the table.
 */
export function str_intern(s: PyStr): PyStr | null {
  if (!hasPolicy(POLICY_INTERNING)) return s;
  const same = interned().intern(s);
  if (!same) decref(s);
  return same;
}

export function str_dealloc(o: PyObject): void {
  const s = changetype<PyStr>(o);
  if (s.isInterned) interned().forget(s);
  str_release(s);
}
