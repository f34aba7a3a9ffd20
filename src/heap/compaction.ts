// Compaction: objects move together, so that the memory above them can be given back. See docs/compaction.md.

import * as C from "../core/constants.gen.js";
import { MOVE } from "../core/reentrancy.js";
import { toAddress } from "../ground/address.js";
import { HeapCorruption, MemoryError } from "../ground/errors.js";
import type { Bridge } from "../objects/bridge/bridge.js";
import type { GarbageCollector } from "../objects/gc.js";
import type { Foundation } from "./foundation.js";

/** What a compaction did, in bytes. */
export interface Compaction {
  /** The bytes that were copied to another place. */
  readonly moved: number;
  /**
   * The bytes of objects that had to stay: other WebAssembly modules refer to them, or they were hashed by their
   * address.
   */
  readonly pinned: number;
  /** The bytes that were given back to the platform. */
  readonly gained: number;
}

export class Compactor {
  readonly #foundation: Foundation;
  readonly #bridge: Bridge;
  readonly #gc: GarbageCollector;

  constructor(foundation: Foundation, bridge: Bridge, gc: GarbageCollector) {
    this.#foundation = foundation;
    this.#bridge = bridge;
    this.#gc = gc;
  }

  /**
   * Collects garbage and moves the remaining objects. Throws MemoryError if there is no memory for a list of all
   * objects.
   */
  compact(): Compaction {
    this.#foundation.states.must(MOVE, "compact the heap");
    const [before, begun] = [this.#foundation.reserved, performance.now()];
    // If no object was allocated since the last full collection, there is hardly any garbage. Moving finds out whether
    // there is some.
    const isCollected = this.#gc.count.some((count) => count !== 0);
    if (isCollected) this.#gc.collect();
    const first = this.#moveTogether();
    const again = !isCollected && first.unrooted > 0 && this.#gc.collect() > 0 ? this.#moveTogether() : undefined;
    return this.#compacted(first.moved + (again?.moved ?? 0), (again ?? first).pinned, before, begun);
  }

  /** The measure `compact`: it does not collect garbage first, because a policy decides whether to do that. */
  measure(): void {
    const [before, begun] = [this.#foundation.reserved, performance.now()];
    const { moved, pinned } = this.#moveTogether();
    this.#compacted(moved, pinned, before, begun);
  }

  #compacted(moved: number, pinned: number, before: number, begun: number): Compaction {
    const done = { moved, pinned, gained: before - this.#foundation.reserved };
    this.#foundation.events.emit("compact", { ...done, ms: performance.now() - begun });
    return done;
  }

  /** Throws the error that the core raised: there is no memory for the list of all objects. Nothing has moved. */
  #refuse(): never {
    try {
      this.#bridge.raise();
    } catch (error) {
      if (!(error instanceof MemoryError)) throw error;
      const { requested } = error;
      const message = `Cannot compact the heap: no room is left within the limit for a list of its objects (${requested} bytes)`;
      throw new MemoryError(requested, "", message);
    }
  }

  #moveTogether(): { readonly moved: number; readonly pinned: number; readonly unrooted: number } {
    const { f } = this.#bridge;
    this.#foundation.release();
    const answer = this.#foundation.states.uninterrupted(() => f.compact_objects());
    if (answer === C.BUSY) throw new Error("Cannot compact the heap: an operation is under way");
    if (answer === C.BROKEN) throw new HeapCorruption("the reference count of an object", toAddress(f.broken_object()));
    if (answer !== C.COMPACTED) this.#refuse();
    this.#foundation.release();
    return {
      moved: f.moved_bytes() >>> 0,
      pinned: f.pinned_bytes() >>> 0,
      unrooted: f.unrooted_objects() >>> 0,
    };
  }
}
