// The collector's header: two words in front of every object of a type that has HAS_GC, which link it into a ring of its generation.
//
//   next   the next header; 0: not tracked       bit 0: a collection has not found the object reachable
//   prev   the header before it                  bits 0 to 2: GC_FINALIZED, GC_COLLECTING, GC_HASHED
//
// Invariant: gc.next == 0  iff  the object is not tracked by the collector. See docs/collector.md.

import { at, COLLECTOR_AT } from "./state";
import { GC_BYTES, PyObject } from "./type";

// The bits of `prev`. The rest of `prev` is the address of a header, a multiple of 8.
export const GC_FINALIZED: usize = 1;
export const GC_COLLECTING: usize = 2;
/** The object was hashed by its address, so it must not move. */
export const GC_HASHED: usize = 4;
/** Flags that a collection does not change. */
export const GC_LASTING: usize = GC_FINALIZED | GC_HASHED;
/** The bit of `next` that is set while a collection has not found the object reachable. */
export const GC_UNREACHABLE: usize = 1;
export const GC_FLAGS: usize = 7;

@unmanaged
export class GCHead {
  next: usize;
  prev: usize;

  @inline
  get object(): PyObject {
    return changetype<PyObject>(changetype<usize>(this) + GC_BYTES);
  }

  @inline
  get flags(): usize {
    return this.prev & GC_FLAGS;
  }

  @inline
  get prevHead(): GCHead {
    return changetype<GCHead>(this.prev & ~GC_FLAGS);
  }

  @inline
  setPrev(head: GCHead): void {
    this.prev = (this.prev & GC_FLAGS) | changetype<usize>(head);
  }

  /** Makes an empty list with this head: a ring of the head alone. */
  @inline
  becomeEmpty(): void {
    this.next = changetype<usize>(this);
    this.prev = changetype<usize>(this);
  }

  /** Whether the list with this head is empty. */
  @inline
  get isEmpty(): bool {
    return this.next == changetype<usize>(this);
  }

  /** Appends `node` to the list with this head. */
  @inline
  append(node: GCHead): void {
    const last = this.prevHead;
    node.setPrev(last);
    last.next = changetype<usize>(node);
    node.next = changetype<usize>(this);
    this.setPrev(node);
  }

  /** Removes the header from its list. The flags stay. */
  @inline
  unlink(): void {
    const next = changetype<GCHead>(this.next);
    const prev = this.prevHead;
    prev.next = this.next;
    next.setPrev(prev);
    this.next = 0;
  }
}

@inline
export function gcHead(o: PyObject): GCHead {
  return changetype<GCHead>(changetype<usize>(o) - GC_BYTES);
}

/** One generation: the head of a ring of tracked objects, and when it is collected. */
@unmanaged
export class Generation {
  next: usize;
  prev: usize;
  threshold: u32;
  /**
   * For the youngest generation: the number of objects allocated minus those freed, since its last collection. For
   * older ones: the number of collections of the next younger generation.
   */
  count: i32;

  @inline
  get head(): GCHead {
    return changetype<GCHead>(this);
  }
}

@inline
export function generation(k: u32): Generation {
  return changetype<Generation>(at(COLLECTOR_AT) + <usize>k * offsetof<Generation>());
}

@inline
export function isTracked(o: PyObject): bool {
  return gcHead(o).next != 0;
}

/** PyObject_GC_Track. The object's fields must be valid before, because the collector reads them from now on. */
@inline
export function track(o: PyObject): void {
  generation(0).head.append(gcHead(o));
}

/** PyObject_GC_UnTrack. Does nothing if the object is not tracked. */
@inline
export function untrack(o: PyObject): void {
  const head = gcHead(o);
  if (head.next != 0) head.unlink();
}
