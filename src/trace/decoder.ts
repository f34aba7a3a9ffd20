// Decodes events: the counterpart of core/trace/events.ts, with the same tables.

import * as C from "../core/constants.gen.js";
import { BrokenContent } from "./bytes.js";
import { EVENT, NEAR, OTHER, RESERVED_UNIT, SLOTS } from "./format.js";

/** Takes the events of a trace, in order. Addresses are multiples of 8; sizes are the requested bytes. */
export interface EventConsumer {
  /** A block was allocated. `tag` has the domain, and whether the block was cleared, as TAG says. */
  allocate(address: number, size: number, tag: number, node: number): void;
  free(address: number): void;
  /** The block at `before` was resized; the new block is at `address`. */
  resize(before: number, address: number, size: number, tag: number, node: number): void;
  /** The sampled block at `before` was resized, and the new block is not sampled. */
  outgrown(before: number): void;
  /** This many blocks were allocated that were not sampled. */
  others(count: number): void;
  /**
   * Exactly this many more bytes are live than when the recording began. A sampled trace has this from time to time.
   */
  liveNow(bytes: number): void;
  /** A new node gets the next number; the first is 1. Its parent is 0 or came before. */
  node(parent: number, functionNumber: number, line: number): void;
  /** The time is now this many microseconds after the start. */
  time(microseconds: number): void;
  /** The platform has given this many bytes. */
  reserved(bytes: number): void;
  /** The interpreter has started: what was allocated so far is its own, and what follows is the program's. */
  program(): void;
}

const RECENT = 64;
/** In place of a resize's site: the new block is not sampled. */
const OUTGROWN = 3;
const LIVE_UNIT = 8;

export class EventDecoder {
  readonly #addresses = new Int32Array(SLOTS);
  readonly #recent = new Int32Array(RECENT);
  readonly #siteNodes = new Uint32Array(SLOTS);
  readonly #siteSizes = new Uint32Array(SLOTS);
  readonly #siteTags = new Uint16Array(SLOTS);
  readonly #siteNext = new Uint16Array(SLOTS);
  #bytes: Uint8Array = new Uint8Array(0);
  #at = 0;
  #sequence = 0;
  #lastAddress = 0;
  #lastSite = 0;
  #nodes = 0;
  #time = 0;
  #live = 0;
  /** The number of events decoded so far. */
  events = 0;

  /** The number of nodes so far. */
  get nodes(): number {
    return this.#nodes;
  }

  /** Passes every event in a block's content to `to`. Throws BrokenContent if there is an impossible value. */
  decode(bytes: Uint8Array, to: EventConsumer): void {
    this.#bytes = bytes;
    this.#at = 0;
    while (this.#at < bytes.length) {
      const head = bytes[this.#at++] as number;
      const kind = head >>> 6;
      if (kind === EVENT.other) {
        this.#other(head, to);
        continue;
      }
      if (kind === EVENT.free) {
        const address = this.#freeAddress(head);
        this.#checkEnd();
        to.free(address);
      } else if (kind === EVENT.allocate) {
        const address = this.#allocateAddress(head & 15);
        const site = this.#site((head >>> 4) & 3);
        to.allocate(
          address,
          this.#siteSizes[site] as number,
          this.#siteTags[site] as number,
          this.#siteNodes[site] as number,
        );
      } else {
        const before = this.#freeAddress(this.#byte());
        const form = (head >>> 4) & 3;
        this.events++;
        if (form === OUTGROWN) {
          this.#checkEnd();
          to.outgrown(before);
          continue;
        }
        const address = this.#freeAddress(this.#byte());
        const site = this.#site(form);
        to.resize(
          before,
          address,
          this.#siteSizes[site] as number,
          this.#siteTags[site] as number,
          this.#siteNodes[site] as number,
        );
        continue;
      }
      this.events++;
    }
  }

  #checkEnd(): void {
    if (this.#at > this.#bytes.length) throw new BrokenContent("it ends in the middle of an event");
  }

  /** The next byte; 0 past the end, which is noticed at the end of the event. */
  #byte(): number {
    return this.#bytes[this.#at++] ?? 0;
  }

  #number(): number {
    let byte = this.#byte();
    if (byte < 128) return byte;
    let value = byte & 127;
    for (let shift = 7; byte >= 128; shift += 7) {
      if (shift > 28) throw new BrokenContent("a number is too long");
      byte = this.#byte();
      value |= (byte & 127) << shift;
    }
    return value >>> 0;
  }

  /** Decodes an address of a free or a resize, from six bits and the bytes after them. */
  #freeAddress(code: number): number {
    const v = code & 63;
    if (v < NEAR.free) return this.#ago(v);
    return v < 56 ? this.#inSlot(v & 7) : this.#literal();
  }

  #allocateAddress(a: number): number {
    if (a < NEAR.allocate) return this.#ago(a);
    return a >= 8 ? this.#inSlot(a & 7) : this.#literal();
  }

  #ago(events: number): number {
    return this.#touch(this.#recent[(this.#sequence - events) & (RECENT - 1)] as number);
  }

  #inSlot(low: number): number {
    return this.#touch(this.#addresses[(this.#byte() << 3) | low] as number);
  }

  #literal(): number {
    return this.#touch(((this.#lastAddress >> 3) + this.#signed()) << 3);
  }

  #signed(): number {
    const zigzag = this.#number();
    return (zigzag >>> 1) ^ -(zigzag & 1);
  }

  /** Notes the address of the event that is being decoded. */
  #touch(address: number): number {
    this.#addresses[Math.imul(address >>> 3, C.TRACE_HASH_ADDRESS) >>> C.TRACE_SLOT_SHIFT] = address;
    this.#recent[++this.#sequence & (RECENT - 1)] = address;
    this.#lastAddress = address;
    return address >>> 0;
  }

  /** Decodes a site, which is the end of an event. Returns the site's slot. */
  #site(form: number): number {
    const before = this.#lastSite;
    let slot: number;
    if (form === 0) {
      slot = this.#siteNext[before] as number;
    } else if (form === 1) {
      slot = this.#byte() | (this.#byte() << 8);
      if (slot >= SLOTS) throw new BrokenContent("a site is in no slot");
    } else if (form === 2) {
      const tag = this.#byte();
      const size = this.#number();
      const node = this.#nodes - this.#number();
      if (node < 0) throw new BrokenContent("an event has a stack that is not there");
      slot = siteSlot(node, size, tag);
      this.#siteNodes[slot] = node;
      this.#siteSizes[slot] = size;
      this.#siteTags[slot] = tag;
    } else {
      throw new BrokenContent("a site is told in no known way");
    }
    this.#checkEnd();
    this.#siteNext[before] = slot;
    this.#lastSite = slot;
    return slot;
  }

  #other(head: number, to: EventConsumer): void {
    if (head === OTHER.time) {
      this.#time += this.#number();
      this.#checkEnd();
      to.time(this.#time);
    } else if (head === OTHER.node) {
      const parent = this.#nodes + 1 - this.#number();
      const functionNumber = this.#number();
      const line = this.#number();
      this.#checkEnd();
      if (parent < 0 || parent > this.#nodes) throw new BrokenContent("a stack has a caller that is not there");
      this.#nodes++;
      to.node(parent, functionNumber, line);
    } else if (head === OTHER.reserved) {
      const units = this.#number();
      this.#checkEnd();
      to.reserved(units * RESERVED_UNIT);
    } else if (head === OTHER.others) {
      const count = this.#number();
      this.#checkEnd();
      to.others(count);
    } else if (head === OTHER.live) {
      this.#live += LIVE_UNIT * this.#signed();
      this.#checkEnd();
      to.liveNow(this.#live);
    } else if (head === OTHER.program) {
      to.program();
    } else {
      throw new BrokenContent(`an event begins with 0x${head.toString(16)}`);
    }
  }
}

function siteSlot(node: number, size: number, tag: number): number {
  const h = Math.imul(node, C.TRACE_HASH_ADDRESS) ^ Math.imul(size, C.TRACE_HASH_SIZE) ^ (tag << 13);
  return Math.imul(h ^ (h >>> 15), C.TRACE_HASH_MIX) >>> C.TRACE_SLOT_SHIFT;
}
