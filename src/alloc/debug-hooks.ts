// The host's half of the debug hooks: where in the program a call comes from, and what a fault record says.

import * as C from "../core/constants.gen.js";
import type { Core } from "../core/core.js";
import type { Words } from "../core/memory-words.js";
import { type Address, toAddress } from "../ground/address.js";
import { type BlockOwner, type Fault, type FaultKind, HeapFault, ProtocolError } from "../ground/errors.js";
import { ownerOf } from "./owners.js";

/** A live block that the debug hooks know. */
export interface KnownBlock {
  readonly address: Address;
  readonly size: number;
  readonly domain: BlockOwner;
  /** Where in the program it was allocated. */
  readonly allocatedAt?: string;
}

/** Says where the program is now, in one line; undefined if it can't tell. */
export type Locator = () => string | undefined;

/** What to do about a fault. If the function returns, the faulty call does nothing and the program goes on. */
export type FaultHandler = (fault: Fault) => void;

const KINDS: Readonly<Record<number, FaultKind>> = {
  [C.FAULT_UNDERFLOW]: "underflow",
  [C.FAULT_OVERFLOW]: "overflow",
  [C.FAULT_DOUBLE_FREE]: "double free",
  [C.FAULT_WRITE_AFTER_FREE]: "write after free",
  [C.FAULT_WRONG_DOMAIN]: "wrong domain",
  [C.FAULT_NOT_A_BLOCK]: "not a block",
  [C.FAULT_REALLOC_OF_FREED]: "realloc of freed block",
};

/** The default: the faulty call throws. */
export function throwFault(fault: Fault): never {
  throw new HeapFault(fault);
}

/** Places in the program, each with its number; 0 is "unknown". */
export class Sites {
  readonly #numbers = new Map<string, number>();
  readonly #places: string[] = [""];
  /** The last place. Most calls come from the same place as the one before. */
  #last = "";
  #lastNumber = 0;
  readonly locate: Locator;

  constructor(locate: Locator) {
    this.locate = locate;
  }

  /** The number of the place where the program is now. */
  here(): number {
    const place = this.locate();
    if (place === undefined) return 0;
    if (place === this.#last) return this.#lastNumber;
    let number = this.#numbers.get(place);
    if (number === undefined) {
      number = this.#places.push(place) - 1;
      this.#numbers.set(place, number);
    }
    this.#last = place;
    this.#lastNumber = number;
    return number;
  }

  place(number: number): string | undefined {
    return this.#places[number] || undefined;
  }
}

/**
 * Faults that are caused by the call that finds them. For all other faults, the place that did the damage is not known.
 */
const FOUND_AT_THE_CALL: ReadonlySet<FaultKind> = new Set([
  "double free",
  "wrong domain",
  "not a block",
  "realloc of freed block",
]);

/** Reads the record that the core wrote: `Fault` in core/ground/fault.ts. */
export function readFault(core: Pick<Core, "control">, words: Words, sites: Sites): Fault {
  const field = (at: number) => words.get(core.control + at);
  const domain = field(C.FAULT_DOMAIN_AT);
  const code = field(C.FAULT_KIND_AT);
  const kind = KINDS[code];
  if (!kind) throw new ProtocolError("a fault", code);
  const calledAt = FOUND_AT_THE_CALL.has(kind) ? sites.locate() : undefined;
  const fault: Fault = {
    kind,
    address: toAddress(field(C.FAULT_ADDRESS_AT)),
    ...(calledAt && { calledAt }),
    calledDomain: ownerOf(field(C.FAULT_CALLED_AT)),
  };
  // This number says that the address is not a block.
  if (domain === C.DOMAINS) return fault;
  const allocatedAt = sites.place(field(C.FAULT_SITE_AT));
  const freedAt = sites.place(field(C.FAULT_FREED_AT));
  return {
    ...fault,
    domain: ownerOf(domain),
    size: field(C.FAULT_SIZE_AT),
    serial: field(C.FAULT_SERIAL_AT),
    offset: field(C.FAULT_OFFSET_AT) | 0,
    ...(allocatedAt && { allocatedAt }),
    ...(freedAt && { freedAt }),
  };
}
