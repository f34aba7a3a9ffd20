// The journal of a shared heap's objects, as the host uses it: begun and ended with the lock, and read by whoever takes the lock over from a
// worker that has ended. core/ground/journal.ts has the entries.
//
//   IDLE -> ACTIVE -> DONE    the blocks that the worker has freed are to be freed
//               \---> UNDONE  the words are as before; the blocks that it has allocated are to be freed
//   LOST                      there was no memory for entries: what the worker does can't be undone
//
// The change from ACTIVE to another state is one store: until then all is undone, from then on all has happened. Everything that comes
// before and after can be done again, by the next one, if a worker is terminated meanwhile. At most one block is lost then.
//
// Entries that don't fit in the memory of the heap lie in another memory, SPILL, which grows, and which the limit of the heap does not
// count.

import * as C from "../core/constants.gen.js";
import type { Words } from "../core/memory-words.js";
import type { ThreadCore } from "../core/threads.js";

const [IDLE, DONE, UNDONE, LOST] = [0, 2, 3, 4] as const;

// The words of the journal.
const STATE = 0;
const NEXT = 1;
const SPILLED = 2;
const SETTLED = 3;
/** How many blocks were allocated and freed; after it, the last ones that were allocated. */
const BLOCKS = 4;
const WORDS = 13;

const PAIR = 8;
/** The most bytes of entries outside of the heap's memory. */
const MOST_SPILLED = 2 ** 30;

/** Memory for the entries that don't fit into the heap's. */
export function spillMemory(): SharedArrayBuffer {
  return new SharedArrayBuffer(0, { maxByteLength: MOST_SPILLED });
}

/** What all entries say together, from the newest to the oldest. */
interface Visitor {
  word(address: number, value: number): void;
  run(address: number, bytes: Uint8Array): void;
  taken(block: number): void;
  given(block: number, size: number): void;
  dropped(block: number): void;
}

const NOTHING: Visitor = {
  word: () => undefined,
  run: () => undefined,
  taken: () => undefined,
  given: () => undefined,
  dropped: () => undefined,
};

export class Journal {
  readonly #core: ThreadCore;
  readonly #memory: Words;
  readonly #spill: SharedArrayBuffer;
  /** The journal's words. They are in the memory from the beginning on, so this view shows them also after the memory grew. */
  readonly #words: Uint32Array;
  /** Where the entries begin and end. */
  readonly #start: number;
  readonly #end: number;

  constructor(core: ThreadCore, memory: Words, spill: SharedArrayBuffer) {
    this.#core = core;
    this.#memory = memory;
    this.#spill = spill;
    this.#words = new Uint32Array(core.memory.buffer, core.base + C.JOURNAL_AT, WORDS);
    this.#start = core.base + C.ENTRIES_AT;
    this.#end = this.#start + C.ENTRIES_BYTES;
  }

  /** The heap begins. */
  create(): void {
    this.#words[NEXT] = this.#start;
  }

  /** From here on, until `commit`, everything is undone if this worker is terminated. This worker has the lock. */
  begin(): void {
    this.#words[STATE] = C.ACTIVE;
  }

  /** From here on, all has happened. */
  commit(): void {
    const words = this.#words;
    if (words[STATE] !== C.ACTIVE || words[SPILLED] !== 0 || words[BLOCKS] !== 0) {
      this.#settle(DONE);
      return;
    }
    words[STATE] = IDLE;
    words[NEXT] = this.#start;
  }

  /** Sets a word of the heap, and notes what it was. */
  write(address: number, value: number): void {
    this.#write(this.#memory.refresh(), address >>> 2, value);
  }

  /** Copies `count` words, and notes what was there. */
  copy(to: number, from: number, count: number): void {
    const memory = this.#memory.refresh();
    for (let k = 0; k < count; k++) this.#write(memory, (to >>> 2) + k, memory[(from >>> 2) + k] as number);
  }

  /** Sets `count` words to 0, and notes what they were. */
  clear(address: number, count: number): void {
    const memory = this.#memory.refresh();
    for (let k = 0; k < count; k++) this.#write(memory, (address >>> 2) + k, 0);
  }

  #write(memory: Uint32Array, index: number, value: number): void {
    const words = this.#words;
    if (words[NEXT] === this.#end) this.spill();
    const next = words[NEXT] as number;
    memory[next >>> 2] = index * 4;
    memory[(next >>> 2) + 1] = memory[index] as number;
    words[NEXT] = next + PAIR;
    memory[index] = value;
  }

  /** The entries in the heap's memory are full: they go elsewhere. */
  spill(): void {
    const words = this.#words;
    const [from, to, before] = [this.#start, words[NEXT] as number, words[SPILLED] as number];
    const after = before + (to - from);
    if (words[STATE] === C.ACTIVE && this.#roomFor(after)) {
      new Uint8Array(this.#spill).set(new Uint8Array(this.#core.memory.buffer, from, to - from), before);
      words[SPILLED] = after;
    } else if (words[STATE] === C.ACTIVE) {
      this.#settle(DONE);
      words[STATE] = LOST;
    }
    words[NEXT] = from;
  }

  #roomFor(bytes: number): boolean {
    if (bytes <= this.#spill.byteLength) return true;
    try {
      this.#spill.grow(Math.min(MOST_SPILLED, Math.max(bytes, 2 * this.#spill.byteLength)));
      return bytes <= this.#spill.byteLength;
    } catch {
      return false;
    }
  }

  /**
   * Undoes, or finishes, what a worker has left that had the lock when it ended. The caller has the lock. Returns false if that is not possible.
   */
  recover(): boolean {
    const words = this.#words;
    if (words[STATE] === LOST) return false;
    if (words[STATE] === C.ACTIVE) {
      this.#undo();
      this.#settle(UNDONE);
    } else if (words[STATE] !== IDLE) {
      this.#settle(words[STATE] as number);
    }
    words[NEXT] = this.#start;
    return true;
  }

  /** Writes the words back. */
  #undo(): void {
    const { buffer } = this.#core.memory;
    const bytes = new Uint8Array(buffer);
    const view = new DataView(buffer);
    // Blocks that others may have by now.
    const gone = new Map<number, number>();
    const isGone = (address: number) => {
      for (const [block, size] of gone) if (address >= block && address < block + size) return true;
      return false;
    };
    this.#visit({
      ...NOTHING,
      word: (address, value) => isGone(address) || view.setUint32(address, value, true),
      run: (address, content) => isGone(address) || bytes.set(content, address),
      taken: (block) => gone.delete(block),
      given: (block, size) => gone.set(block, size),
    });
  }

  /** The blocks that are to be freed, the first one first. */
  #blocksToFree(state: number): number[] {
    const blocks: number[] = [];
    const given = new Set<number>();
    this.#visit(
      state === DONE
        ? { ...NOTHING, dropped: (block) => blocks.push(block) }
        : {
            ...NOTHING,
            taken: (block) => given.delete(block) || blocks.push(block),
            given: (block) => given.add(block),
          },
    );
    return blocks.reverse();
  }

  /** Frees blocks, and makes the journal empty. */
  #settle(state: number): void {
    const words = this.#words;
    if (words[STATE] !== LOST) {
      words[STATE] = state;
      const blocks = words[BLOCKS] === 0 ? [] : this.#blocksToFree(state);
      for (let k = words[SETTLED] as number; k < blocks.length; k++) {
        words[SETTLED] = k + 1;
        this.#core.functions.guest_free(blocks[k] as number);
      }
    }
    words[NEXT] = this.#start;
    words[SPILLED] = 0;
    words.fill(0, BLOCKS, WORDS);
    words[SETTLED] = 0;
    words[STATE] = IDLE;
  }

  /** Calls the visitor with all entries, from the newest to the oldest. */
  #visit(visitor: Visitor): void {
    const { buffer } = this.#core.memory;
    const inHeap = (this.#words[NEXT] as number) - this.#start;
    visitPart(new Uint8Array(buffer, this.#start, inHeap), visitor);
    visitPart(new Uint8Array(this.#spill, 0, this.#words[SPILLED]), visitor);
  }
}

function visitPart(bytes: Uint8Array, visitor: Visitor): void {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
  let at = bytes.length;
  const pair = (): [number, number] => {
    at -= PAIR;
    return [view.getUint32(at, true), view.getUint32(at + 4, true)];
  };
  while (at > 0) {
    const [first, second] = pair();
    if (first === C.RUN) {
      const [address, length] = pair();
      at -= length;
      visitor.run(address, bytes.subarray(at, at + length));
    } else if (first === C.GIVEN) {
      visitor.given(second, pair()[1]);
    } else if (first === C.TAKEN) {
      visitor.taken(second);
    } else if (first === C.DROPPED) {
      visitor.dropped(second);
    } else {
      visitor.word(first, second);
    }
  }
}
