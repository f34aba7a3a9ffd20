// Accounts: what is known of the blocks of one stack, domain and size class, as columns.
//
//   live       what is live now            began   of that, what was allocated in the span
//   peak       what was live at the peak   allocated, temporary   sums over the span
//
// What an account held at the peak is written down late: `stamp` is the number of the peak for which `peak` holds. When
// an account is about to change, or is read, and its stamp is older than the newest peak's number, then it has not
// changed since that peak, so its live figures are those of the peak. So a new peak costs nothing but a number.

import { TAG } from "./format.js";
import { GrowingF64, GrowingU32 } from "./growing.js";
import { sizeClassOf } from "./size-class.js";

const FIRST_LENGTH = 1 << 10;
/** Domain and size class in one word. */
const CLASS_SHIFT = 2;

export interface Measure {
  readonly bytes: number;
  readonly count: number;
}

/** What can be asked of an account. */
export const VIEWS = ["peak", "end", "leaks", "allocated", "temporary"] as const;
export type View = (typeof VIEWS)[number];
/** What of each view the interpreter allocated before the program began. */
export type StartMeasures = Readonly<Record<View, Measure>>;

interface Column {
  readonly bytes: GrowingF64;
  readonly count: GrowingF64;
}

const column = (): Column => ({ bytes: new GrowingF64(), count: new GrowingF64() });

export class Accounts {
  readonly nodes = new GrowingU32();
  readonly #kinds = new GrowingU32();
  readonly #stamps = new GrowingU32();
  readonly #columns: Readonly<Record<View, Column>> = {
    peak: column(),
    end: column(),
    leaks: column(),
    allocated: column(),
    temporary: column(),
  };
  #table = new Uint32Array(FIRST_LENGTH);
  #stamp = 1;

  get length(): number {
    return this.nodes.length;
  }

  /** The number of the account of a stack, a domain and a size; a new one if there is none. */
  of(node: number, tag: number, size: number): number {
    return this.ofClass(node, tag & TAG.domain, sizeClassOf(size));
  }

  /** As `of`, by domain and size class. */
  ofClass(node: number, domain: number, sizeClass: number): number {
    const kind = (sizeClass << CLASS_SHIFT) | domain;
    const mask = this.#table.length - 1;
    let index = this.#home(node, kind);
    for (;;) {
      const account = (this.#table[index] as number) - 1;
      if (account < 0) break;
      if (this.nodes.at(account) === node && this.#kinds.at(account) === kind) return account;
      index = (index + 1) & mask;
    }
    return this.#open(node, kind, index);
  }

  #home(node: number, kind: number): number {
    const h = Math.imul(node, 0x9e3779b1) ^ Math.imul(kind, 0x85ebca6b);
    return (h ^ (h >>> 15)) & (this.#table.length - 1);
  }

  #open(node: number, kind: number, index: number): number {
    const account = this.nodes.length;
    this.nodes.push(node);
    this.#kinds.push(kind);
    this.#stamps.push(this.#stamp);
    for (const { bytes, count } of Object.values(this.#columns)) {
      bytes.push(0);
      count.push(0);
    }
    this.#table[index] = account + 1;
    if (this.length * 2 > this.#table.length) this.#grow();
    return account;
  }

  #grow(): void {
    this.#table = new Uint32Array(this.#table.length * 2);
    const mask = this.#table.length - 1;
    for (let account = 0; account < this.length; account++) {
      let index = this.#home(this.nodes.at(account), this.#kinds.at(account));
      while (this.#table[index] !== 0) index = (index + 1) & mask;
      this.#table[index] = account + 1;
    }
  }

  domain(account: number): number {
    return this.#kinds.at(account) & TAG.domain;
  }

  sizeClass(account: number): number {
    return this.#kinds.at(account) >>> CLASS_SHIFT;
  }

  /** `count` blocks of `bytes` together are live more; with minus signs, less. */
  live(account: number, bytes: number, count: number): void {
    this.#settle(account);
    this.#columns.end.bytes.add(account, bytes);
    this.#columns.end.count.add(account, count);
  }

  add(view: Exclude<View, "peak" | "end">, account: number, bytes: number, count: number): void {
    const { [view]: of } = this.#columns;
    of.bytes.add(account, bytes);
    of.count.add(account, count);
  }

  /** What is live now is the peak. */
  notePeak(): void {
    this.#stamp++;
  }

  /** The account has these figures, as they were read. */
  restore(account: number, measures: Readonly<Record<View, Measure>>): void {
    for (const view of VIEWS) {
      const { [view]: of } = this.#columns;
      of.bytes.set(account, measures[view].bytes);
      of.count.set(account, measures[view].count);
    }
    this.#stamps.set(account, this.#stamp);
  }

  /** Nothing is in a view. */
  clear(view: View): void {
    const { [view]: of } = this.#columns;
    for (let account = 0; account < this.length; account++) {
      of.bytes.set(account, 0);
      of.count.set(account, 0);
    }
  }

  /** What a view has in all accounts. */
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
    if (this.#stamps.at(account) === this.#stamp) return;
    const { peak, end } = this.#columns;
    peak.bytes.set(account, end.bytes.at(account));
    peak.count.set(account, end.count.at(account));
    this.#stamps.set(account, this.#stamp);
  }

  read(view: View, account: number): Measure {
    if (view === "peak") this.#settle(account);
    const { [view]: of } = this.#columns;
    return { bytes: of.bytes.at(account), count: of.count.at(account) };
  }
}
