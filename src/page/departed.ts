// Blocks that are dead by now and were live at a moment that the heap map can show (moments.ts): four words each.
//
//   | address | account | size | first moment, last moment << 16 | address | ...
//     settled ........................................ | died since the open bucket's highest moment ....
//
// Until its bucket is closed, a block that died in it was live at the bucket's highest moment only if no higher one comes. So what
// died since the highest moment so far waits behind the settled ones.
//
// Memory is bounded: past MOST blocks, moments between others are given up, and the blocks that only these show.

import { type Joint, newBuckets } from "./joints.js";
import type { Bucket } from "./model.js";
import { bucketOf, endOf, highestOf, momentsAt, placesAmong } from "./moments.js";

const MOST = 1 << 20;
const PLACE = 4;
const MOMENT_BITS = 16;
const MOMENT_MASK = (1 << MOMENT_BITS) - 1;

export type DepartedVisitor = (address: number, account: number, size: number, first: number, last: number) => void;

export class Departed {
  readonly #most: number;
  #words = new Uint32Array(PLACE * 1024);
  #settled = 0;
  /** Moments that can't be shown any more. */
  #given = new Set<number>();
  #limit: number;
  length = 0;

  /** More than `most` blocks are kept only if the highest moment and the end need them. */
  constructor(most = MOST) {
    this.#most = this.#limit = most;
  }

  /** Whether all blocks are here that were live at a moment, of those that are dead by now. */
  knows(moment: number): boolean {
    return !this.#given.has(moment);
  }

  /** A block that was live from the moment `first` on died in the open bucket, whose highest moment so far it saw. */
  add(address: number, account: number, size: number, first: number, bucket: number): void {
    if (this.length * PLACE === this.#words.length) {
      const grown = new Uint32Array(this.#words.length * 2);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#put(this.length++, address, account, size, first, highestOf(bucket));
  }

  #put(place: number, address: number, account: number, size: number, first: number, last: number): void {
    const words = this.#words;
    const at = place * PLACE;
    words[at] = address;
    words[at + 1] = account;
    words[at + 2] = size;
    words[at + 3] = first | (last << MOMENT_BITS);
  }

  /** The open bucket has a higher moment than before: what died in it so far was live at the end of the bucket before at most. */
  settle(bucket: number): void {
    if (this.#settled === this.length) return;
    this.#rewrite(this.#settled, (first) => [first, endOf(bucket - 1)]);
    this.#settled = this.length;
  }

  /** The open bucket is closed: `buckets` are all that are. */
  close(buckets: readonly Bucket[]): void {
    this.#settled = this.length;
    if (this.length <= this.#limit) return;
    const end = highestOf(buckets.length);
    for (let stride = 2; this.length > this.#most / 2 && stride < 2 * buckets.length; stride *= 2) {
      const moments = momentsAt(buckets, stride);
      for (let moment = 0; moment < end; moment++) {
        if (!moments.includes(moment)) this.#given.add(moment);
      }
      const known = moments.filter((moment) => this.knows(moment));
      const places = placesAmong(known, end);
      this.#rewrite(0, (first, last) => (places[first] === places[last + 1] ? undefined : [first, last]));
    }
    this.#settled = this.length;
    this.#limit = Math.max(this.#most, this.length * 2);
  }

  /** Buckets have become fewer. None is open. */
  merge(joints: readonly Joint[]): void {
    const newOf = newBuckets(joints);
    const place = (moment: number) => {
      const bucket = newOf[bucketOf(moment)] as number;
      return { bucket, joint: joints[bucket] as Joint };
    };
    /** The first moment from this one on that there still is, and the last one up to it; they are the same if it is there itself. */
    const from = (moment: number) => {
      const { bucket, joint } = place(moment);
      return moment <= highestOf(joint.higher) ? highestOf(bucket) : endOf(bucket);
    };
    const upTo = (moment: number) => {
      const { bucket, joint } = place(moment);
      if (moment === endOf(joint.last)) return endOf(bucket);
      return moment >= highestOf(joint.higher) ? highestOf(bucket) : endOf(bucket - 1);
    };
    this.#given = new Set([...this.#given].filter((moment) => from(moment) === upTo(moment)).map(from));
    this.#rewrite(0, (first, last) => [from(first), upTo(last)]);
    this.#settled = this.length;
  }

  /** Gives every block from a place on its moments anew; without any it is dropped. */
  #rewrite(from: number, moments: (first: number, last: number) => readonly [number, number] | undefined): void {
    const words = this.#words;
    let to = from;
    for (let place = from; place < this.length; place++) {
      const at = place * PLACE;
      const packed = words[at + 3] as number;
      const span = moments(packed & MOMENT_MASK, packed >>> MOMENT_BITS);
      if (!span || span[0] > span[1]) continue;
      this.#put(to++, words[at] as number, words[at + 1] as number, words[at + 2] as number, ...span);
    }
    this.length = to;
  }

  /** Every block, in the order of their deaths. */
  forEach(visit: DepartedVisitor): void {
    const words = this.#words;
    for (let at = 0; at < this.length * PLACE; at += PLACE) {
      const packed = words[at + 3] as number;
      visit(
        words[at] as number,
        words[at + 1] as number,
        words[at + 2] as number,
        packed & MOMENT_MASK,
        packed >>> MOMENT_BITS,
      );
    }
  }
}
