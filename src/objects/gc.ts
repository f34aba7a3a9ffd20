// The cycle collector, as Python's gc module.

import * as C from "../core/constants.gen.js";
import { COLLECT, LOOK } from "../core/reentrancy.js";
import { formatAddress, toAddress } from "../ground/address.js";
import type { CollectionEvent } from "../pressure/events.js";
import type { Bridge } from "./bridge/bridge.js";
import { pushIterated } from "./bridge/operations.js";
import type { PyList } from "./handles/list.js";
import type { PyObject } from "./handles/object.js";

/** What `callbacks` receive. */
export interface CollectionInfo {
  readonly generation: number;
  /** Unreachable objects that were found; 0 at the start. */
  readonly collected: number;
  readonly uncollectable: number;
}

export type CollectionCallback = (phase: "start" | "stop", info: CollectionInfo) => void;

export interface GenerationStats {
  readonly collections: number;
  readonly collected: number;
  readonly uncollectable: number;
}

/** Debug flags, by the numbers of Python's gc module. */
export const DEBUG_STATS = 1;
export const DEBUG_COLLECTABLE = C.DEBUG_COLLECTABLE;
export const DEBUG_UNCOLLECTABLE = 4;
export const DEBUG_SAVEALL = C.DEBUG_SAVEALL;
export const DEBUG_LEAK = DEBUG_COLLECTABLE | DEBUG_UNCOLLECTABLE | DEBUG_SAVEALL;

export type Generation = 0 | 1 | 2;
const GENERATIONS = [0, 1, 2] as const;
/** The highest threshold: counts are i32. */
const MOST = 0x7fff_ffff;

function generationNumber(generation: number, what: string): Generation {
  if (generation === 0 || generation === 1 || generation === 2) return generation;
  throw new RangeError(`Cannot ${what} generation ${generation}: the generations are 0, 1 and 2`);
}

/** Runs code of the program. An exception is reported. */
type Guard = (run: () => void) => void;

/** Finds unreachable objects that refer to each other. Reference counts free all others at once. */
export class GarbageCollector {
  readonly #bridge: Bridge;
  readonly #guard: Guard;
  readonly #ended: (event: CollectionEvent) => void;
  #begun = 0;
  /** Called before and after each collection. An exception of a callback is reported, and changes nothing. */
  readonly callbacks: CollectionCallback[] = [];
  /**
   * DEBUG_STATS writes a line here at the start and at the end of a collection, and DEBUG_COLLECTABLE a line for each
   * object found.
   */
  log: (line: string) => void = (line) => console.error(line);

  /** `ended` is called after each collection. */
  constructor(bridge: Bridge, guard: Guard, ended: (event: CollectionEvent) => void) {
    this.#bridge = bridge;
    this.#guard = guard;
    this.#ended = ended;
  }

  /** Collects a generation and the younger ones. Returns the number of unreachable objects. */
  collect(generation: number = 2): number {
    const k = generationNumber(generation, "collect");
    const { states, f } = this.#bridge;
    states.must(COLLECT, "collect garbage");
    return states.uninterrupted(() => f.gc_collect(k) >>> 0);
  }

  /** Lets collections start by themselves from now on; this is the default. */
  enable(): void {
    this.#bridge.f.gc_set_enabled(1);
  }

  disable(): void {
    this.#bridge.f.gc_set_enabled(0);
  }

  get isEnabled(): boolean {
    return this.#bridge.f.gc_enabled() === 1;
  }

  /**
   * For each generation, the count above which it is collected; 0: never by itself. The oldest one must also have grown by a quarter. If
   * the first is 0, there are no automatic collections.
   */
  get threshold(): readonly [number, number, number] {
    const { f } = this.#bridge;
    return [f.gc_threshold(0) >>> 0, f.gc_threshold(1) >>> 0, f.gc_threshold(2) >>> 0];
  }

  set threshold(thresholds: readonly number[]) {
    for (const [k, threshold] of thresholds.entries()) {
      generationNumber(k, "set a threshold of");
      if (!Number.isInteger(threshold) || threshold < 0 || threshold > MOST) {
        throw new RangeError(`Cannot set threshold ${k} to ${threshold}: not a whole number from 0 to ${MOST}`);
      }
    }
    for (const [k, threshold] of thresholds.entries()) this.#bridge.f.gc_set_threshold(k, threshold);
  }

  /** The counts that are compared with the thresholds. */
  get count(): readonly [number, number, number] {
    const { f } = this.#bridge;
    return [f.gc_count(0), f.gc_count(1), f.gc_count(2)];
  }

  /** For each generation, what its collections have done so far. */
  get stats(): readonly GenerationStats[] {
    const { f } = this.#bridge;
    return GENERATIONS.map((k) => ({
      collections: f.gc_stat(k, C.STAT_COLLECTIONS) >>> 0,
      collected: f.gc_stat(k, C.STAT_COLLECTED) >>> 0,
      uncollectable: f.gc_stat(k, C.STAT_UNCOLLECTABLE) >>> 0,
    }));
  }

  /** gc.get_objects: the tracked objects of a generation, or of all but the permanent one. Each item is a handle. */
  getObjects(generation?: number): PyList<PyObject> {
    this.#bridge.states.must(LOOK, "look at the heap's objects");
    const k = generation === undefined ? -1 : generationNumber(generation, "find the objects of");
    return this.#bridge.trying(() => this.#bridge.value(this.#bridge.f.gc_objects(k)) as PyList<PyObject>);
  }

  /** gc.get_referrers: the tracked objects that refer to one of these, without those of the permanent generation. */
  getReferrers(...objects: PyObject[]): PyList<PyObject> {
    this.#bridge.states.must(LOOK, "look at the heap's objects");
    return this.#bridge.trying(() => {
      pushIterated(this.#bridge, objects);
      return this.#bridge.value(this.#bridge.f.gc_referrers()) as PyList<PyObject>;
    });
  }

  /** gc.get_referents: what these objects refer to. */
  getReferents(...objects: PyObject[]): PyList {
    return this.#bridge.trying(() => {
      pushIterated(this.#bridge, objects);
      return this.#bridge.value(this.#bridge.f.gc_referents()) as PyList;
    });
  }

  /** gc.freeze: the collector ignores all objects that are tracked now. */
  freeze(): void {
    this.#bridge.f.gc_freeze();
  }

  unfreeze(): void {
    this.#bridge.f.gc_unfreeze();
  }

  /** How many objects are frozen. */
  get frozen(): number {
    return this.#bridge.f.gc_frozen() >>> 0;
  }

  /**
   * Debug flags: DEBUG_STATS, DEBUG_SAVEALL, and so on. DEBUG_UNCOLLECTABLE has no effect, because every object on this
   * heap can be collected.
   */
  get debug(): number {
    return this.#bridge.f.gc_debug() >>> 0;
  }

  set debug(flags: number) {
    this.#bridge.f.gc_set_debug(flags);
  }

  /** gc.garbage: what DEBUG_SAVEALL kept. */
  get garbage(): PyList<PyObject> {
    return this.#bridge.value(this.#bridge.f.gc_garbage()) as PyList<PyObject>;
  }

  /**
   * Lines about the objects that a collection found. They are written when it has ended, because no code of the program
   * may run before.
   */
  readonly #found: string[] = [];

  /** @internal For DEBUG_COLLECTABLE: the object at this address is unreachable. */
  found(address: number): void {
    const { reader } = this.#bridge;
    reader.refresh();
    const type = reader.typeName(address);
    this.#found.push(`gc: collectable <${type} ${formatAddress(toAddress(address))}>`);
  }

  /** @internal Called before and after each collection, before the callbacks: for recordings. */
  watch: ((isEnd: boolean, info: CollectionInfo) => void) | undefined;

  /** @internal Called when a collection begins. */
  begins(generation: number): void {
    this.#begun = performance.now();
    this.#tell(false, { generation, collected: 0, uncollectable: 0 });
  }

  /** @internal Called when a collection has ended. There is never an object that it could not collect. */
  ended(generation: number, collected: number): void {
    const info = { generation, collected, uncollectable: 0 };
    this.#ended({ ...info, ms: performance.now() - this.#begun });
    this.#tell(true, info);
  }

  #tell(isEnd: boolean, info: CollectionInfo): void {
    for (const line of this.#found.splice(0)) this.#guard(() => this.log(line));
    this.watch?.(isEnd, info);
    if (this.debug & DEBUG_STATS) {
      const { generation, collected, uncollectable } = info;
      const line = isEnd
        ? `gc: done, ${collected} unreachable, ${uncollectable} uncollectable`
        : `gc: collecting generation ${generation}...`;
      this.#guard(() => this.log(line));
    }
    for (const callback of [...this.callbacks]) this.#guard(() => callback(isEnd ? "stop" : "start", info));
  }
}
