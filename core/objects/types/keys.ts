// A dict's keys: a hash table whose slots hold entry numbers, and the entries in the order of their insertion.
//
//   refcnt | log2 size, log2 bytes of the indices, kind | mark | usable | count | indices ... | entries ...
//
//   indices   2^log2size numbers of 1, 2 or 4 bytes: an entry's number, EMPTY or DUMMY (an entry was deleted)
//   entries   kind GENERAL  hash, key, value        any keys
//             kind STRINGS  key, value              all keys are strings (which know their hashes)
//             kind SHARED   key, 0                  the keys of all dicts of one shape; each dict has its own values
//
// Invariants (isValid):
//   usable + count <= 2/3 of the size; entries from 0 to count - 1 were written, those deleted have key 0
//   each entry with a key is found from its hash; there are as many indices >= 0 as entries with a key
//
// Probing is CPython's: i = 5 i + perturb + 1, perturb shifted by 5 at each step (Objects/dictobject.c explains why).

import { DEBUG, MAX_REQUEST } from "../../ground/config";
import { DICT, STR } from "../model/kinds.gen";
import { freeBlock, newBlock } from "../model/memory";
import { decref } from "../model/refcount";
import { hasPolicy, POLICY_FREE_LISTS } from "../model/settings";
import { at, EMPTY_KEYS_AT, SPARE_KEYS_AT } from "../model/state";
import { isA, isKind, PyObject, typeOf } from "../model/type";
import { PyStr, sameBytes, str_equal, str_hash } from "../text/str";

export const GENERAL: u8 = 0;
export const STRINGS: u8 = 1;
export const SHARED: u8 = 2;

export const EMPTY: i32 = -1;
const DUMMY: i32 = -2;
/** The result of a lookup that failed with an error. */
export const FAILED: i32 = -3;

export const LEAST_LOG_SIZE: u32 = 3;
export const KEYS_HEADER: usize = 20;
/** The size of an entry: hash, key and value, or key and value alone. */
export const GENERAL_ENTRY: usize = 12;
export const PLAIN_ENTRY: usize = 8;
export const PERTURB_SHIFT: u32 = 5;

@unmanaged
export class Keys {
  refcnt: u32;
  logSize: u8;
  logIndexBytes: u8;
  kind: u8;
  /** A mark of compaction (census.ts, relocate.ts); 0 outside of it. */
  mark: u32;
  /** The number of entries that can still be added. */
  usable: u32;
  /** The number of entries that were added, including deleted ones. */
  count: u32;

  @inline
  get size(): u32 {
    return (<u32>1) << this.logSize;
  }

  @inline
  get areStrings(): bool {
    return this.kind != GENERAL;
  }

  @inline
  get entries(): usize {
    return changetype<usize>(this) + KEYS_HEADER + ((<usize>1) << this.logIndexBytes);
  }

  @inline
  get bytes(): usize {
    return bytesFor(this.logSize, this.kind);
  }

  @inline
  indexAt(slot: u32): i32 {
    const indices = changetype<usize>(this) + KEYS_HEADER;
    if (this.logIndexBytes == this.logSize) return load<i8>(indices + slot);
    if (this.logIndexBytes == this.logSize + 1) return load<i16>(indices + ((<usize>slot) << 1));
    return load<i32>(indices + ((<usize>slot) << 2));
  }

  @inline
  setIndexAt(slot: u32, index: i32): void {
    const indices = changetype<usize>(this) + KEYS_HEADER;
    if (this.logIndexBytes == this.logSize) store<i8>(indices + slot, <i8>index);
    else if (this.logIndexBytes == this.logSize + 1) store<i16>(indices + ((<usize>slot) << 1), <i16>index);
    else store<i32>(indices + ((<usize>slot) << 2), index);
  }

  /** The address of an entry's key; its value is in the next word. */
  @inline
  entryAt(index: u32): usize {
    return this.kind == GENERAL
      ? this.entries + <usize>index * GENERAL_ENTRY + 4
      : this.entries + <usize>index * PLAIN_ENTRY;
  }

  /** An entry's key; null if the entry was deleted. */
  @inline
  keyAt(index: u32): PyObject | null {
    return load<PyObject | null>(this.entryAt(index));
  }

  @inline
  valueAt(index: u32): PyObject | null {
    return load<PyObject | null>(this.entryAt(index), 4);
  }

  @inline
  hashAt(index: u32): i32 {
    const entry = this.entryAt(index);
    return this.kind == GENERAL ? load<i32>(entry - 4) : str_hash(load<PyObject>(entry));
  }

  /** The entry with this string as its key; EMPTY if there is none. All keys must be strings. */
  findStr(key: PyStr, hash: i32): i32 {
    const mask = this.size - 1;
    const entries = this.entries;
    let perturb = <u32>hash;
    let slot = perturb & mask;
    while (true) {
      const index = this.indexAt(slot);
      if (index >= 0) {
        const other = load<PyStr>(entries + ((<usize>index) << 3));
        if (other === key || (other.hash == hash && str_equal(other, key))) return index;
      } else if (index == EMPTY) return EMPTY;
      perturb >>= PERTURB_SHIFT;
      slot = (slot * 5 + perturb + 1) & mask;
    }
  }

  /** The entry whose key is the string with these characters and this hash; EMPTY if there is none. */
  findText(data: usize, width: u32, n: u32, hash: i32): i32 {
    const mask = this.size - 1;
    let perturb = <u32>hash;
    let slot = perturb & mask;
    while (true) {
      const index = this.indexAt(slot);
      if (index >= 0) {
        const key = this.keyAt(index)!;
        if (isA(key, STR) && this.hashAt(index) == hash) {
          const other = changetype<PyStr>(key);
          if (other.length == n && other.width == width && sameBytes(other.data, data, <usize>n * width)) return index;
        }
      } else if (index == EMPTY) return EMPTY;
      perturb >>= PERTURB_SHIFT;
      slot = (slot * 5 + perturb + 1) & mask;
    }
  }

  /** The slot that holds the number of entry `index`, whose hash is `hash`. */
  slotOf(index: i32, hash: i32): u32 {
    const mask = this.size - 1;
    let perturb = <u32>hash;
    let slot = perturb & mask;
    while (this.indexAt(slot) != index) {
      perturb >>= PERTURB_SHIFT;
      slot = (slot * 5 + perturb + 1) & mask;
    }
    return slot;
  }

  /** Adds an entry for a key that is not there; usable > 0. Takes over the caller's references. */
  add(key: PyObject, hash: i32, value: PyObject | null): void {
    if (DEBUG) assert(this.usable > 0);
    const mask = this.size - 1;
    let perturb = <u32>hash;
    let slot = perturb & mask;
    while (this.indexAt(slot) >= 0) {
      perturb >>= PERTURB_SHIFT;
      slot = (slot * 5 + perturb + 1) & mask;
    }
    const index = this.count++;
    this.usable--;
    this.setIndexAt(slot, index);
    const entry = this.entryAt(index);
    store<PyObject>(entry, key);
    store<PyObject | null>(entry, value, 4);
    if (this.kind == GENERAL) store<i32>(entry - 4, hash);
    if (DEBUG) assert(this.leadsTo(index));
  }

  /** Removes the entry. The caller now owns its references. */
  remove(index: u32): void {
    if (DEBUG) assert(this.keyAt(index) !== null);
    this.setIndexAt(this.slotOf(index, this.hashAt(index)), DUMMY);
    const entry = this.entryAt(index);
    store<usize>(entry, 0);
    store<usize>(entry, 0, 4);
  }

  /** Adds a reference to keys that several dicts share. */
  @inline
  share(): Keys {
    this.refcnt++;
    return this;
  }

  /** Whether the header has possible values. */
  get isLaidOut(): bool {
    if (
      this.logSize < LEAST_LOG_SIZE ||
      this.logSize > MOST_LOG_SIZE ||
      this.logIndexBytes != logIndexBytesOf(this.logSize)
    )
      return false;
    return (
      this.kind <= SHARED && this.count <= usableOf(this.logSize) && this.usable <= usableOf(this.logSize) - this.count
    );
  }

  /** Whether every search ends, because a slot is empty, and every index is EMPTY, DUMMY or the number of an entry. */
  get hasEmptySlot(): bool {
    let empty = false;
    for (let slot: u32 = 0; slot < this.size; slot++) {
      const index = this.indexAt(slot);
      if (index == EMPTY) empty = true;
      if (index < DUMMY || index >= <i32>this.count) return false;
    }
    return empty;
  }

  isValid(): bool {
    if (this.logSize < LEAST_LOG_SIZE) return this === emptyKeys();
    if (this.usable + this.count > usableOf(this.logSize)) return false;
    let present: u32 = 0;
    for (let index: u32 = 0; index < this.count; index++) {
      const key = this.keyAt(index);
      if (!key) continue;
      present++;
      if (this.areStrings && !isKind(key, STR)) return false;
      if (!this.leadsTo(index)) return false;
    }
    let indexed: u32 = 0;
    for (let slot: u32 = 0; slot < this.size; slot++) if (this.indexAt(slot) >= 0) indexed++;
    return indexed == present;
  }

  private leadsTo(index: i32): bool {
    const mask = this.size - 1;
    let perturb = <u32>this.hashAt(index);
    let slot = perturb & mask;
    let left = this.size + 16;
    while (this.indexAt(slot) != index) {
      if (this.indexAt(slot) == EMPTY || left-- == 0) return false;
      perturb >>= PERTURB_SHIFT;
      slot = (slot * 5 + perturb + 1) & mask;
    }
    return true;
  }
}

@inline
export function usableOf(logSize: u32): u32 {
  return ((<u32>2) << logSize) / 3;
}

/** log2 of the smallest size with at least `n` slots. */
export function logSizeFor(n: u32): u32 {
  return n <= 8 ? LEAST_LOG_SIZE : 32 - clz<u32>(n - 1);
}

/** log2 of the smallest size in which `n` entries fit. */
export function logSizeForEntries(n: u32): u32 {
  return logSizeFor((n * 3 + 1) / 2);
}

@inline
function logIndexBytesOf(logSize: u32): u32 {
  return logSize < 8 ? logSize : logSize < 16 ? logSize + 1 : logSize + 2;
}

function bytesFor(logSize: u32, kind: u8): usize {
  const entries = usableOf(logSize) * (kind == GENERAL ? <u32>GENERAL_ENTRY : <u32>PLAIN_ENTRY);
  return KEYS_HEADER + ((<usize>1) << logIndexBytesOf(logSize)) + entries;
}

/** The keys that all new dicts and all cleared dicts share. No entry can be added to them. */
@inline
export function emptyKeys(): Keys {
  return changetype<Keys>(at(EMPTY_KEYS_AT));
}

/** Makes the empty keys: a table of one slot in which nothing is found. */
export function keys_begin(): void {
  const keys = emptyKeys();
  keys.refcnt = 1;
  keys.logSize = 0;
  keys.logIndexBytes = 0;
  keys.kind = STRINGS;
  keys.usable = 0;
  keys.count = 0;
  keys.setIndexAt(0, EMPTY);
}

// ---- memory: at most 80 blocks of the smallest keys for strings are kept for reuse (CPython's bound) ----

const MOST_SPARE: u32 = 80;
/** log2 of the most slots that fit into the largest request. */
const MOST_LOG_SIZE: u32 = 27;

@unmanaged
class Spare {
  first: usize;
  count: u32;
  hits: u32;
}

@inline
function spare(): Spare {
  return changetype<Spare>(at(SPARE_KEYS_AT));
}

/** Keys without entries; null if there is no memory. */
export function newKeys(logSize: u32, kind: u8): Keys | null {
  const bytes = logSize > MOST_LOG_SIZE ? MAX_REQUEST + 1 : bytesFor(logSize, kind);
  const s = spare();
  let block: usize;
  if (logSize == LEAST_LOG_SIZE && kind != GENERAL && s.first != 0) {
    block = s.first;
    s.first = load<usize>(block);
    s.count--;
    s.hits++;
  } else {
    block = newBlock(bytes);
    if (block == 0) return null;
  }
  const keys = changetype<Keys>(block);
  keys.refcnt = 1;
  keys.logSize = <u8>logSize;
  keys.logIndexBytes = <u8>logIndexBytesOf(logSize);
  keys.kind = kind;
  keys.mark = 0;
  keys.usable = usableOf(logSize);
  keys.count = 0;
  memory.fill(block + KEYS_HEADER, 0xff, (<usize>1) << keys.logIndexBytes);
  typeOf(DICT).resized(bytes);
  return keys;
}

/** Frees the block of keys. Their references were taken over or released before. */
export function freeKeys(keys: Keys): void {
  typeOf(DICT).resized(-(<isize>keys.bytes));
  const s = spare();
  if (keys.logSize == LEAST_LOG_SIZE && keys.kind != GENERAL && s.count < MOST_SPARE && hasPolicy(POLICY_FREE_LISTS)) {
    const block = changetype<usize>(keys);
    store<usize>(block, s.first);
    s.first = block;
    s.count++;
  } else freeBlock(changetype<usize>(keys));
}

export function keys_clear_free_list(): u32 {
  const s = spare();
  const count = s.count;
  let block = s.first;
  s.first = 0;
  s.count = 0;
  while (block != 0) {
    const next = load<usize>(block);
    freeBlock(block);
    block = next;
  }
  return count;
}

export function keys_spare(): u32 {
  return spare().count;
}

export function keys_spare_hits(): u32 {
  return spare().hits;
}

export function keys_spare_bytes(): usize {
  return <usize>spare().count * bytesFor(LEAST_LOG_SIZE, STRINGS);
}

/** Releases a reference to the keys. With the last one, the keys and the values in them are released. */
export function releaseKeys(keys: Keys): void {
  if (keys === emptyKeys() || --keys.refcnt > 0) return;
  for (let index: u32 = 0; index < keys.count; index++) {
    const entry = keys.entryAt(index);
    const key = load<PyObject | null>(entry);
    if (!key) continue;
    const value = load<PyObject | null>(entry, 4);
    store<usize>(entry, 0);
    store<usize>(entry, 0, 4);
    decref(key);
    if (value) decref(value);
  }
  freeKeys(keys);
}
