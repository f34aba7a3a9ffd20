// Dead blocks that were live at a moment that the heap map can show (phases.ts): six words each.
//
//   | address | account | size | birth, two words | first moment, last moment << 16 | address | ...
//     settled ................................................ | died since the open phase's highest moment ....
//
// As long as a phase is open, a higher moment can follow, and blocks that died before that moment do not belong to it.
// So blocks that died since the highest moment so far wait after the settled ones.
//
// Memory is bounded: if there are more than MOST blocks, some moments can't be shown any more, and the blocks that only
// these moments show are dropped.

import { endOf, highestOf, momentsAt, type Phase, phaseOf, placesAmong } from "./moments.js";
import type { Joint } from "./stretches.js";

const MOST = 1 << 20;
const PLACE = 6;
const MOMENTS = 5;
const WORD = 2 ** 32;
const MOMENT_BITS = 16;
const MOMENT_MASK = (1 << MOMENT_BITS) - 1;
/** In place of a block's moments: no moment shows it. */
const NONE = -1;

/** The first and the last moment of a block in one word; NONE if the last is before the first. */
const pack = (first: number, last: number): number => (first > last ? NONE : first | (last << MOMENT_BITS));

export type DepartedVisitor = (
  address: number,
  account: number,
  size: number,
  birth: number,
  first: number,
  last: number,
) => void;

export class Departed {
  readonly #most: number;
  #words = new Uint32Array(PLACE * 1024);
  #settled = 0;
  /** The moments that can't be shown any more. */
  #given = new Set<number>();
  #limit: number;
  length = 0;

  /** More than `most` blocks are kept only if they are needed for the highest moment and the end. */
  constructor(most = MOST) {
    this.#most = this.#limit = most;
  }

  /** Whether all dead blocks that were live at a moment are still kept. */
  knows(moment: number): boolean {
    return !this.#given.has(moment);
  }

  /**
   * Adds a block that died in the open phase. It was live from the moment `first` on, also at the phase's highest
   * moment so far.
   */
  add(address: number, account: number, size: number, birth: number, first: number, phase: number): void {
    if (this.length * PLACE === this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    const at = this.length++ * PLACE;
    const words = this.#words;
    words[at] = address;
    words[at + 1] = account;
    words[at + 2] = size;
    words[at + 3] = birth;
    words[at + 4] = Math.floor(birth / WORD);
    words[at + MOMENTS] = pack(first, highestOf(phase));
  }

  /**
   * Settles the waiting blocks after the open phase has reached a new highest moment: they were live at most until the
   * end of the phase before.
   */
  settle(phase: number): void {
    if (this.#settled === this.length) return;
    this.#rewrite(this.#settled, (first) => pack(first, endOf(phase - 1)));
    this.#settled = this.length;
  }

  /** Closes the open phase; `phases` are all closed phases. */
  close(phases: readonly Phase[]): void {
    this.#settled = this.length;
    if (this.length <= this.#limit) return;
    const end = highestOf(phases.length);
    for (let stride = 2; this.length > this.#most / 2 && stride < 2 * phases.length; stride *= 2) {
      const moments = momentsAt(phases, stride);
      const kept = new Set(moments);
      for (let moment = 0; moment < end; moment++) if (!kept.has(moment)) this.#given.add(moment);
      const known = moments.filter((moment) => this.knows(moment));
      const places = placesAmong(known, end);
      this.#rewrite(0, (first, last) => (places[first] === places[last + 1] ? NONE : pack(first, last)));
    }
    this.#settled = this.length;
    this.#limit = Math.max(this.#most, this.length * 2);
  }

  /**
   * Renumbers the moments after phases were joined. No phase is open. `higher` has for each joint the phase with the
   * highest moment, `newOf` the new number of each phase.
   */
  merge(joints: readonly Joint[], higher: readonly number[], newOf: Uint16Array): void {
    const place = (moment: number) => {
      const phase = newOf[phaseOf(moment)] as number;
      return { phase, peak: highestOf(higher[phase] as number), end: endOf(joints[phase]?.last as number) };
    };
    /**
     * The first remaining moment not before this one, and the last not after it. They are equal if the moment itself
     * remains.
     */
    const from = (moment: number) => {
      const { phase, peak } = place(moment);
      return moment <= peak ? highestOf(phase) : endOf(phase);
    };
    const upTo = (moment: number) => {
      const { phase, peak, end } = place(moment);
      if (moment === end) return endOf(phase);
      return moment >= peak ? highestOf(phase) : endOf(phase - 1);
    };
    this.#given = new Set([...this.#given].filter((moment) => from(moment) === upTo(moment)).map(from));
    const [firsts, lasts] = [from, upTo].map((of) => Int32Array.from({ length: 2 * newOf.length }, (_, k) => of(k)));
    this.#rewrite(0, (first, last) => pack(firsts?.[first] ?? 0, lasts?.[last] ?? 0));
    this.#settled = this.length;
  }

  /** Replaces the moments of every block from a place on. A block without moments is dropped. */
  #rewrite(from: number, moments: (first: number, last: number) => number): void {
    const words = this.#words;
    let to = from * PLACE;
    for (let at = from * PLACE; at < this.length * PLACE; at += PLACE) {
      const packed = words[at + MOMENTS] as number;
      const now = moments(packed & MOMENT_MASK, packed >>> MOMENT_BITS);
      if (now === NONE) continue;
      for (let k = 0; k < MOMENTS; k++) words[to + k] = words[at + k] as number;
      words[to + MOMENTS] = now;
      to += PLACE;
    }
    this.length = to / PLACE;
  }

  /** Shows every block, in the order of their deaths. */
  forEach(visit: DepartedVisitor): void {
    const words = this.#words;
    for (let at = 0; at < this.length * PLACE; at += PLACE) {
      const word = (k: number) => words[at + k] as number;
      visit(
        word(0),
        word(1),
        word(2),
        word(3) + word(4) * WORD,
        word(MOMENTS) & MOMENT_MASK,
        word(MOMENTS) >>> MOMENT_BITS,
      );
    }
  }
}
