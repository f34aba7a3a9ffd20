// The host's half of the debug hooks: where in the program a call comes from, and what a fault record says.

import { toAddress } from "./address.js";
import type { Core } from "./core.js";
import { type DomainName, type Fault, type FaultKind, HeapFault } from "./errors.js";
import type { Words } from "./words.js";

/** Says where the program is now, in one line; undefined if it can't tell. */
export type Locator = () => string | undefined;

/** What is done about a fault. If it returns, the faulty call does nothing and the program goes on. */
export type FaultHandler = (fault: Fault) => void;

/** In the order of the numbers in core/debug.ts, from 1. */
const KINDS: readonly FaultKind[] = [
  "underflow",
  "overflow",
  "double free",
  "write after free",
  "wrong domain",
  "not a block",
  "realloc of freed block",
];

const DOMAIN_NAMES: readonly DomainName[] = ["raw", "mem", "object"];

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

/** The JavaScript function, file and line that called into the heap. */
export function javaScriptLocator(): string | undefined {
  const frames = new Error().stack?.split("\n").slice(1) ?? [];
  const caller = frames.find((frame) => !INSIDE.test(frame) && !frame.includes("wasm"));
  return caller?.trim().replace(/^at (async )?/, "");
}

/** Frames of this library: they stand between the program and the heap. */
const INSIDE = /(debug-hooks|domain|heap|core|hooks|typed-block)\.(js|ts):|<anonymous>$/;

/** Reads the record that the core left at FAULT_AT; the fields are those of `Fault` in core/debug.ts. */
export function readFault(core: Core, words: Words, sites: Sites): Fault {
  const at = core.control + core.constants.FAULT_AT;
  const field = (k: number) => words.get(at + 4 * k);
  const domain = DOMAIN_NAMES[field(4)];
  const fault: Fault = {
    kind: KINDS[field(0) - 1] ?? "not a block",
    address: toAddress(field(1)),
    calledDomain: DOMAIN_NAMES[field(5)] ?? "raw",
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
