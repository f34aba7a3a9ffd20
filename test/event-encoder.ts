// Events as the core's tracer encodes them, written one by one, each in its longest form: for traces that no heap could make.

import { ByteWriter } from "../src/trace/bytes.js";
import { EVENT, NEAR, OTHER, RESERVED_UNIT } from "../src/trace/format.js";

/** How a site is written: in full. */
const IN_FULL = 2;
/** In a free and a resize, the value that says that an address is written as a distance. */
const LITERAL = 56;

export class EventEncoder {
  readonly #out = new ByteWriter();
  #bytes: number[] = [];
  #last = 0;
  #nodes = 0;

  /** Returns the events that were written since the last call. */
  take(): Uint8Array {
    const taken = Uint8Array.from(this.#bytes);
    this.#bytes = [];
    return taken;
  }

  #number(value: number): void {
    this.#out.clear();
    this.#out.number(value);
    this.#bytes.push(...this.#out.written);
  }

  #address(to: number): void {
    this.#out.clear();
    this.#out.signed((to - this.#last) / 8);
    this.#bytes.push(...this.#out.written);
    this.#last = to;
  }

  #site(size: number, tag: number, node: number): void {
    this.#bytes.push(tag);
    this.#number(size);
    this.#number(this.#nodes - node);
  }

  /** A new stack below `parent`; its number is the next one, from 1. */
  node(parent: number, functionNumber: number, line: number): void {
    this.#bytes.push(OTHER.node);
    this.#nodes++;
    for (const value of [this.#nodes - parent, functionNumber, line]) this.#number(value);
  }

  /** `passed` microseconds went by since the last record of the time. */
  time(passed: number): void {
    this.#bytes.push(OTHER.time);
    this.#number(passed);
  }

  /** What the platform has given, rounded up to the unit of the record. */
  reserved(bytes: number): void {
    this.#bytes.push(OTHER.reserved);
    this.#number(Math.ceil(bytes / RESERVED_UNIT));
  }

  /** The program begins. */
  program(): void {
    this.#bytes.push(OTHER.program);
  }

  /** `tag` is a domain, and whether the block was cleared; `node` is the innermost node of the stack. */
  allocate(address: number, size: number, tag: number, node: number): void {
    this.#bytes.push((EVENT.allocate << 6) | (IN_FULL << 4) | NEAR.allocate);
    this.#address(address);
    this.#site(size, tag, node);
  }

  free(address: number): void {
    this.#bytes.push((EVENT.free << 6) | LITERAL);
    this.#address(address);
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.#bytes.push((EVENT.resize << 6) | (IN_FULL << 4), LITERAL);
    this.#address(before);
    this.#bytes.push(LITERAL);
    this.#address(address);
    this.#site(size, tag, node);
  }
}
