// What the core keeps for the host: handles; a stack for values that the host passes in or receives; and a buffer for
// text and bytes.
//
//   table   -> word for each handle: an object's address (the handle owns a reference), or next free handle << 1 | 1
//   stack   -> objects on their way in or out, each with a reference
//   buffer  -> bytes that the host writes before a call, or reads after it
//
// The host knows an object by the number of a handle, never by its address, so objects can move. 0 is not a handle.
// The three blocks are the heap's own (INTERNAL) and count as overhead. Invariants (isValid):
//   count == words of the table with an address; stackTop <= stackCapacity

import { base_free, base_malloc, base_realloc } from "../../alloc/base";
import { DEBUG } from "../../ground/config";
import { INTERNAL } from "../../ground/domains.gen";
import { raiseNoMemory } from "./raise";
import { decref } from "./refcount";
import { at, HANDLES_AT, INTERNED_AT } from "./state";
import { PyObject } from "./type";

const LEAST_HANDLES: u32 = 64;
const LEAST_STACK: u32 = 64;
const LEAST_BUFFER: usize = 1024;
/** A buffer of more bytes than this, or a stack of more objects than this, is given back after its use. */
const KEPT_BUFFER: usize = 65536;
const KEPT_STACK: u32 = 4096;

@unmanaged
export class Handles {
  table: usize;
  capacity: u32;
  /** The first free handle; 0 if there is none. */
  free: u32;
  /** Handles in use. */
  count: u32;
  stack: usize;
  stackTop: u32;
  stackCapacity: u32;
  buffer: usize;
  bufferSize: usize;
  /** The object that a check found invalid. */
  broken: usize;

  @inline
  private word(handle: u32): usize {
    return this.table + ((<usize>handle) << 2);
  }

  /** The object of a handle in use. */
  @inline
  at(handle: u32): PyObject {
    if (DEBUG) assert(this.isUsed(handle));
    return load<PyObject>(this.word(handle));
  }

  /** A handle for the object. It takes over the caller's reference. 0, with that reference released, if there is no memory. */
  take(o: PyObject): u32 {
    if (this.free == 0 && !this.grow()) {
      decref(o);
      return 0;
    }
    const handle = this.free;
    this.free = load<u32>(this.word(handle)) >> 1;
    store<PyObject>(this.word(handle), o);
    this.count++;
    return handle;
  }

  /** Makes sure that the next `take` needs no memory. False if there is no memory for that. */
  @inline
  reserve(): bool {
    return this.free != 0 || this.grow();
  }

  private grow(): bool {
    const before = max<u32>(1, this.capacity);
    const capacity = max(LEAST_HANDLES, this.capacity * 2);
    const table = resized(this.table, (<usize>capacity) << 2);
    if (table == 0) return false;
    this.table = table;
    this.capacity = capacity;
    for (let handle = before; handle < capacity; handle++) {
      store<u32>(this.word(handle), ((handle + 1 < capacity ? handle + 1 : 0) << 1) | 1);
    }
    store<u32>(this.table, 1);
    this.free = before;
    return true;
  }

  /** Frees the handle, and releases its reference. */
  release(handle: u32): void {
    const o = this.at(handle);
    store<u32>(this.word(handle), (this.free << 1) | 1);
    this.free = handle;
    this.count--;
    decref(o);
  }

  /** Whether the handle names an object. A freed handle doesn't, and handle 0 never does. */
  @inline
  isUsed(handle: u32): bool {
    return handle != 0 && handle < this.capacity && (load<u32>(this.word(handle)) & 1) == 0;
  }

  /**
   * Puts an object on the stack, which takes over the caller's reference. False if there is no object, because making it failed; or, with
   * the reference released, if there is no memory.
   */
  @inline
  push(o: PyObject | null): bool {
    if (!o) return false;
    if (this.stackTop == this.stackCapacity && !this.growStack()) {
      decref(o);
      return false;
    }
    store<PyObject>(this.stack + ((<usize>this.stackTop) << 2), o);
    this.stackTop++;
    return true;
  }

  private growStack(): bool {
    const capacity = max(LEAST_STACK, this.stackCapacity * 2);
    const stack = resized(this.stack, (<usize>capacity) << 2);
    if (stack == 0) return false;
    this.stack = stack;
    this.stackCapacity = capacity;
    return true;
  }

  /** Removes the top of the stack, and returns it. The caller owns the reference. */
  @inline
  pop(): PyObject {
    if (DEBUG) assert(this.stackTop > 0);
    this.stackTop--;
    return load<PyObject>(this.stack + ((<usize>this.stackTop) << 2));
  }

  /** Gives a large stack back, if nothing is on it. */
  @inline
  stackUsed(): void {
    if (this.stackTop == 0 && this.stackCapacity > KEPT_STACK) this.dropStack();
  }

  private dropStack(): void {
    if (this.stack != 0) base_free(INTERNAL, this.stack);
    this.stack = 0;
    this.stackCapacity = 0;
  }

  /** The address of the last `n` objects of the stack. */
  @inline
  last(n: u32): usize {
    return this.stack + ((<usize>(this.stackTop - n)) << 2);
  }

  /** Removes the last `n` objects from the stack, and releases their references. */
  drop(n: u32): void {
    while (n-- > 0) decref(this.pop());
  }

  /** A buffer of at least `n` bytes; 0 if there is no memory. What was in it is lost. */
  room(n: usize): usize {
    if (n <= this.bufferSize) return this.buffer;
    const size = max(LEAST_BUFFER, n);
    const buffer = base_malloc(INTERNAL, size);
    if (buffer == 0) {
      raiseNoMemory(n);
      return 0;
    }
    this.dropBuffer();
    this.buffer = buffer;
    this.bufferSize = size;
    return buffer;
  }

  /** Gives a large buffer back. */
  @inline
  bufferUsed(): void {
    if (this.bufferSize > KEPT_BUFFER) this.dropBuffer();
  }

  dropBuffer(): void {
    if (this.buffer != 0) base_free(INTERNAL, this.buffer);
    this.buffer = 0;
    this.bufferSize = 0;
  }

  /** Moves the table as low as possible, and frees the buffer, which must not be in use. */
  lowerTable(): void {
    this.dropBuffer();
    this.table = lowered(this.table, (<usize>this.capacity) << 2);
  }

  /** Moves the stack as low as possible. */
  lowerStack(): void {
    this.stack = lowered(this.stack, (<usize>this.stackCapacity) << 2);
  }

  /** Releases all handles, empties the stack, and frees the three blocks. */
  end(): void {
    this.drop(this.stackTop);
    for (let handle: u32 = 1; handle < this.capacity; handle++) if (this.isUsed(handle)) this.release(handle);
    this.dropStack();
    this.dropBuffer();
    if (this.table != 0) base_free(INTERNAL, this.table);
    this.table = 0;
    this.capacity = 0;
    this.free = 0;
  }

  /** Whether the list of free handles has an end, and contains every free handle. */
  freeListIsWhole(): bool {
    let left = this.capacity - 1 - this.count;
    for (let handle = this.free; handle != 0; handle = load<u32>(this.word(handle)) >> 1) {
      if (handle >= this.capacity || this.isUsed(handle) || left-- == 0) return false;
    }
    return left == 0;
  }

  isValid(): bool {
    let used: u32 = 0;
    for (let handle: u32 = 1; handle < this.capacity; handle++) if (this.isUsed(handle)) used++;
    return used == this.count && this.stackTop <= this.stackCapacity;
  }
}

if (offsetof<Handles>() > INTERNED_AT - HANDLES_AT) ERROR("Handles does not fit its region");

function resized(block: usize, n: usize): usize {
  const moved = block == 0 ? base_malloc(INTERNAL, n) : base_realloc(INTERNAL, block, n);
  if (moved == 0) raiseNoMemory(n);
  return moved;
}

/** Moves a block of `n` bytes to a lower place, if there is one. Returns where it is now. */
function lowered(block: usize, n: usize): usize {
  if (block == 0) return 0;
  const fresh = base_malloc(INTERNAL, n);
  if (fresh == 0) return block;
  if (fresh < block) memory.copy(fresh, block, n);
  base_free(INTERNAL, fresh < block ? block : fresh);
  return min(fresh, block);
}

@inline
export function handles(): Handles {
  return changetype<Handles>(at(HANDLES_AT));
}
