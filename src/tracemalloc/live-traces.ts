// The live blocks, each with its stack, from the events of a running recording.

import { BLOCK_DOMAINS } from "../core/catalogue.gen.js";
import { type EventConsumer, EventDecoder } from "../trace/decoder.js";
import { TAG, type TraceFunction } from "../trace/format.js";
import type { BlockStacks } from "../trace/live-stacks.js";
import { LiveTable } from "../trace/live-table.js";
import type { StackPlace } from "../trace/recorder.js";
import { StackTree } from "../trace/tree.js";
import type { TraceOutput } from "../trace/writer.js";
import type { Trace } from "./snapshot.js";
import { type Frame, Traceback, UNKNOWN } from "./traceback.js";

/**
 * The most bytes between the start of a block and its object: the collector's header, and two words for weak references
 * and attributes.
 */
const MOST_HEADER = 16;
/** The size of every object and of every collector's header is a multiple of this. */
const HEADER_STEP = 4;

/** A block that was not allocated from the heap. */
interface Tracked {
  readonly domain: number;
  readonly size: number;
  readonly traceback: Traceback;
}

/** The approximate number of bytes that a tracked block takes here. */
const TRACKED_BYTES = 200;

export class LiveTraces implements TraceOutput, EventConsumer, BlockStacks {
  readonly #decoder = new EventDecoder();
  readonly tree = new StackTree();
  /** The table's columns are used in another way here: `account` holds the node of a block's stack, `birth` its domain. */
  #live = new LiveTable();
  /** Tracked blocks, by domain and address. */
  readonly #tracked = new Map<string, Tracked>();
  readonly #tracebacks = new Map<number, Traceback>();
  readonly #nframe: number;
  current = 0;
  peak = 0;

  constructor(nframe: number) {
    this.#nframe = nframe;
  }

  functions(list: readonly TraceFunction[]): void {
    for (const f of list) this.tree.addFunction(f);
  }

  events(encoded: Uint8Array): void {
    this.#decoder.decode(encoded, this);
  }

  base(): void {}
  collections(): void {}
  end(): void {}

  node(parent: number, functionNumber: number, line: number): void {
    this.tree.addNode(parent, functionNumber, line);
  }

  allocate(address: number, size: number, tag: number, node: number): void {
    this.free(address);
    this.#live.add(address, node, size, tag & TAG.domain);
    this.#grow(size);
  }

  #grow(size: number): void {
    this.current += size;
    if (this.current > this.peak) this.peak = this.current;
  }

  /**
   * Adds a block that was not allocated from the heap, with its stack; `frames` from the outermost to the innermost.
   */
  track(domain: number, block: number, size: number, frames: readonly StackPlace[]): void {
    this.untrack(domain, block);
    const shown = frames.slice(-this.#nframe).map(({ name, file, line }) => ({ filename: file, lineno: line, name }));
    const traceback = new Traceback(shown.length === 0 ? [UNKNOWN] : shown, Math.max(frames.length, 1));
    this.#tracked.set(`${domain} ${block}`, { domain, size, traceback });
    this.#grow(size);
  }

  untrack(domain: number, block: number): void {
    const key = `${domain} ${block}`;
    this.current -= this.#tracked.get(key)?.size ?? 0;
    this.#tracked.delete(key);
  }

  free(address: number): void {
    if (this.#live.remove(address)) this.current -= this.#live.size;
  }

  resize(before: number, address: number, size: number, tag: number, node: number): void {
    this.free(before);
    this.allocate(address, size, tag, node);
  }

  // Events that are not needed here. The first three are in sampled recordings only.
  outgrown(): void {}
  others(): void {}
  liveNow(): void {}
  time(): void {}
  reserved(): void {}
  program(): void {}

  /** Forgets all blocks. */
  clear(): void {
    this.#live = new LiveTable();
    this.#tracked.clear();
    this.current = 0;
    this.peak = 0;
  }

  /** The approximate number of bytes that all of this takes. */
  get bytes(): number {
    const texts = this.tree.functions.reduce((sum, { name, file }) => sum + 2 * (name.length + file.length), 0);
    return this.#live.bytes + this.tree.bytes + texts + TRACKED_BYTES * this.#tracked.size;
  }

  /** The live blocks: those of the heap with the same size, domain and stack are one trace, and each tracked block is one. */
  traces(): Trace[] {
    const sums = new Map<string, { node: number; domain: number; size: number; count: number }>();
    this.#live.forEach((node, size, domain) => {
      const key = `${node} ${size} ${domain}`;
      const sum = sums.get(key);
      if (!sum) sums.set(key, { node, domain, size, count: 1 });
      else {
        sum.size += size;
        sum.count++;
      }
    });
    const given = [...sums.values()].map(({ node, domain, size, count }) => ({
      domain: BLOCK_DOMAINS[domain] ?? "raw",
      size,
      count,
      traceback: this.#traceback(node),
    }));
    return [...given, ...[...this.#tracked.values()].map((tracked) => ({ ...tracked, count: 1 }))];
  }

  stackOf(block: number): number {
    return this.#live.find(block) ? this.#live.account : 0;
  }

  /** Where the block of an object was allocated; undefined if the block is not known. */
  tracebackOf(object: number): Traceback | undefined {
    for (let header = 0; header <= MOST_HEADER; header += HEADER_STEP) {
      if (!this.#live.find(object - header)) continue;
      return this.#live.size > header || header === 0 ? this.#traceback(this.#live.account) : undefined;
    }
    return undefined;
  }

  #traceback(node: number): Traceback {
    const known = this.#tracebacks.get(node);
    if (known) return known;
    const frames: Frame[] = [];
    let depth = 0;
    for (let at = node; at !== 0; at = this.tree.parent(at)) {
      if (++depth > this.#nframe) continue;
      const { function: f, line } = this.tree.frame(at);
      frames.push({ filename: f.file, lineno: line, name: f.name });
    }
    const made = new Traceback(frames.length === 0 ? [UNKNOWN] : frames.reverse(), Math.max(depth, 1));
    this.#tracebacks.set(node, made);
    return made;
  }
}
