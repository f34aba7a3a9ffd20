// Accounts: bytes and count of the blocks of one stack, domain and size class, for each view. An account is a row of
// 12 numbers.
//
//   end     what is live now               leaks                   what is live now and was allocated in the span
//   peak    what was live at the peak      allocated, temporary    sums over the span
//
// An account's peak is written late: `stamp` is the number of the peak for which `peak` holds. When an account is about
// to change, or is read, and its stamp is older than the newest peak's number, then it has not changed since that peak;
// so its live figures are those of the peak. Thus a new peak costs only a new number.

import { TAG } from "./format.js";
import { GrowingU32 } from "./growing.js";
import { sizeClassOf } from "./size-class.js";

const FIRST_LENGTH = 1 << 10;
/** Domain and size class are in one word; the size class begins at this bit. */
const CLASS_SHIFT = 2;

export interface Measure {
  readonly bytes: number;
  readonly count: number;
}

/** The views of an account. */
export const VIEWS = ["peak", "end", "leaks", "allocated", "temporary"] as const;
export type View = (typeof VIEWS)[number];
/** What the interpreter allocated before the program began, for each view. */
export type StartMeasures = Readonly<Record<View, Measure>>;

/** The length of an account's row; the place of each view's bytes in it, after which its count comes; and the stamp's place. */
const WIDTH = 2 * VIEWS.length + 2;
const AT: Readonly<Record<View, number>> = { end: 0, leaks: 2, allocated: 4, peak: 6, temporary: 8 };
const STAMP_AT = 2 * VIEWS.length;
/** Words of an entry of the table: the account's number + 1, or 0; its node; its kind; one that is not used. */
const ENTRY = 4;

export class Accounts {
  readonly nodes = new GrowingU32();
  readonly #kinds = new GrowingU32();
  #sums = new Float64Array(FIRST_LENGTH * WIDTH);
  #table = new Uint32Array(FIRST_LENGTH * ENTRY);
  #stamp = 1;

  get length(): number {
    return this.nodes.length;
  }

  /** The number of the account of a stack, a domain and a size; a new one if there is none. */
  of(node: number, tag: number, size: number): number {
    return this.ofClass(node, tag & TAG.domain, sizeClassOf(size));
  }

  /** Like `of`, by domain and size class. */
  ofClass(node: number, domain: number, sizeClass: number): number {
    const kind = (sizeClass << CLASS_SHIFT) | domain;
    const table = this.#table;
    let at = this.#home(node, kind);
    for (;;) {
      const account = table[at] as number;
      if (account === 0) break;
      if (table[at + 1] === node && table[at + 2] === kind) return account - 1;
      at = (at + ENTRY) & (table.length - ENTRY);
    }
    return this.#open(node, kind, at);
  }

  #home(node: number, kind: number): number {
    const h = Math.imul(node, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b);
    return ((h ^ (h >>> 15)) * ENTRY) & (this.#table.length - ENTRY);
  }

  #open(node: number, kind: number, at: number): number {
    const account = this.nodes.length;
    this.nodes.push(node);
    this.#kinds.push(kind);
    if (this.length * WIDTH > this.#sums.length) {
      const grown = new Float64Array(this.#sums.length * 2);
      grown.set(this.#sums);
      this.#sums = grown;
    }
    this.#sums[account * WIDTH + STAMP_AT] = this.#stamp;
    this.#enter(account, at);
    if (this.length * 2 * ENTRY > this.#table.length) this.#grow();
    return account;
  }

  #enter(account: number, at: number): void {
    this.#table[at] = account + 1;
    this.#table[at + 1] = this.nodes.at(account);
    this.#table[at + 2] = this.#kinds.at(account);
  }

  #grow(): void {
    this.#table = new Uint32Array(this.#table.length * 2);
    for (let account = 0; account < this.length; account++) {
      let at = this.#home(this.nodes.at(account), this.#kinds.at(account));
      while (this.#table[at] !== 0) at = (at + ENTRY) & (this.#table.length - ENTRY);
      this.#enter(account, at);
    }
  }

  domain(account: number): number {
    return this.#kinds.at(account) & TAG.domain;
  }

  sizeClass(account: number): number {
    return this.#kinds.at(account) >>> CLASS_SHIFT;
  }

  #add(at: number, bytes: number, count: number): void {
    const sums = this.#sums;
    sums[at] = (sums[at] as number) + bytes;
    sums[at + 1] = (sums[at + 1] as number) + count;
  }

  #put(view: View, account: number, bytes: number, count: number): void {
    const at = account * WIDTH + AT[view];
    this.#sums[at] = bytes;
    this.#sums[at + 1] = count;
  }

  /** Adds `count` blocks of `bytes` in total to what is live; negative numbers subtract. */
  live(account: number, bytes: number, count: number): void {
    this.#settle(account);
    this.#add(account * WIDTH + AT.end, bytes, count);
  }

  /** Adds blocks that came to life in the span: they are live, allocated, and leaks if they stay. */
  born(account: number, bytes: number, count: number): void {
    this.#settle(account);
    const at = account * WIDTH;
    this.#add(at + AT.end, bytes, count);
    this.#add(at + AT.leaks, bytes, count);
    this.#add(at + AT.allocated, bytes, count);
  }

  add(view: Exclude<View, "peak" | "end">, account: number, bytes: number, count: number): void {
    this.#add(account * WIDTH + AT[view], bytes, count);
  }

  /** Notes that what is live now is the peak. */
  notePeak(): void {
    this.#stamp++;
  }

  /** Adds sums that were made elsewhere. */
  include(account: number, measures: Readonly<Record<View, Measure>>): void {
    this.#settle(account);
    for (const view of VIEWS) this.#add(account * WIDTH + AT[view], measures[view].bytes, measures[view].count);
  }

  /** Sets a view to 0 in all accounts. */
  clear(view: View): void {
    for (let account = 0; account < this.length; account++) this.#put(view, account, 0, 0);
  }

  /** The sum of a view over all accounts. */
  sum(view: View): { bytes: number; count: number } {
    let [bytes, count] = [0, 0];
    for (let account = 0; account < this.length; account++) {
      const own = this.read(view, account);
      bytes += own.bytes;
      count += own.count;
    }
    return { bytes, count };
  }

  #settle(account: number): void {
    const sums = this.#sums;
    const at = account * WIDTH;
    if (sums[at + STAMP_AT] === this.#stamp) return;
    sums[at + AT.peak] = sums[at + AT.end] as number;
    sums[at + AT.peak + 1] = sums[at + AT.end + 1] as number;
    sums[at + STAMP_AT] = this.#stamp;
  }

  read(view: View, account: number): Measure {
    if (view === "peak") this.#settle(account);
    const at = account * WIDTH + AT[view];
    return { bytes: this.#sums[at] as number, count: this.#sums[at + 1] as number };
  }
}
