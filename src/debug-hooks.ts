// The host's half of the debug hooks: where in the program a call comes from, and what a fault record says.

import { toAddress } from "./address.js";
import type { Core } from "./core.js";
import { type BlockOwner, type Fault, type FaultKind, HeapFault } from "./errors.js";
import type { Words } from "./words.js";

/** Says where the program is now, in one line; undefined if it can't tell. */
export type Locator = () => string | undefined;

/** What is done about a fault. If it returns, the faulty call does nothing and the program goes on. */
export type FaultHandler = (fault: Fault) => void;

/** In the order of the numbers in core/ground/fault.ts, from 1. */
const KINDS: readonly FaultKind[] = [
  "underflow",
  "overflow",
  "double free",
  "write after free",
  "wrong domain",
  "not a block",
  "realloc of freed block",
];

export const BLOCK_OWNERS: readonly BlockOwner[] = ["raw", "mem", "object", "libc"];

/** The default: the faulty call throws. */
export function throwFault(fault: Fault): never {
  throw new HeapFault(fault);
}

/** Places in the program, each with a number of its own; 0 is "unknown". */
export class Sites {
  readonly #numbers = new Map<string, number>();
  readonly #places: string[] = [""];
  readonly locate: Locator;

  constructor(locate: Locator) {
    this.locate = locate;
  }

  /** The number of the place where the program is now. */
  here(): number {
    const place = this.locate();
    if (place === undefined) return 0;
    let number = this.#numbers.get(place);
    if (number === undefined) {
      number = this.#places.push(place) - 1;
      this.#numbers.set(place, number);
    }
    return number;
  }

  place(number: number): string | undefined {
    return this.#places[number] || undefined;
  }
}

/** Faults that are the call's that finds them; of others, the place that did the damage is not known. */
const FOUND_AT_THE_CALL: ReadonlySet<FaultKind> = new Set([
  "double free",
  "wrong domain",
  "not a block",
  "realloc of freed block",
]);

/** Reads the record that the core left at FAULT_AT; the fields are those of `Fault` in core/ground/fault.ts. */
export function readFault(core: Core, words: Words, sites: Sites): Fault {
  const at = core.control + core.constants.FAULT_AT;
  const field = (k: number) => words.get(at + 4 * k);
  const domain = BLOCK_OWNERS[field(4)];
  const kind = KINDS[field(0) - 1] ?? "not a block";
  const calledAt = FOUND_AT_THE_CALL.has(kind) ? sites.locate() : undefined;
  const fault: Fault = {
    kind,
    address: toAddress(field(1)),
    ...(calledAt && { calledAt }),
    calledDomain: BLOCK_OWNERS[field(5)] ?? "raw",
  };
  if (domain === undefined) return fault;
  const allocatedAt = sites.place(field(6));
  const freedAt = sites.place(field(7));
  return {
    ...fault,
    domain,
    size: field(2),
    serial: field(3),
    offset: field(8) | 0,
    ...(allocatedAt && { allocatedAt }),
    ...(freedAt && { freedAt }),
  };
}
