// Random object graphs against a model of what can be reached.
//
// For each object, the model knows its references, and whether the program holds a handle. After every step it says
// which objects are alive: those that reference counts keep. After a collection, only those of them are alive to which a
// handle leads. The heap must agree, object by object. Each object reports its death, by its own dealloc function or by
// that of an item inside it. Finalizers and callbacks of weak references run for exactly the objects for which they must.

import { expect } from "vitest";
import type { Heap, PyDict, PyInstance, PyList, PyObject, PyRef, PySet } from "../../src/index.js";
import { randomIntegers } from "../random.js";

export interface GraphOptions {
  readonly seed: number;
  readonly steps: number;
  /** Thresholds at which collections start by themselves; by default none does. */
  readonly thresholds?: readonly [number, number, number];
}

type Kind = "list" | "dict" | "set" | "frozenset" | "tuple" | "plain" | "final" | "row";
const KINDS: readonly Kind[] = ["list", "dict", "set", "frozenset", "tuple", "plain", "final", "row"];

/** An object as the model sees it. */
interface Vertex {
  readonly id: number;
  readonly kind: Kind;
  /** The objects that it refers to, once for each reference. */
  readonly out: Vertex[];
  /** Whether the program holds a handle. */
  held: boolean;
  handle: PyObject | undefined;
  finalized: boolean;
  /** A weak reference with a callback, held by the program, whose callback has not run yet. */
  ref: PyRef | undefined;
  frozen: boolean;
}

/** A program of random steps, and the model with which it is compared. */
class Graphs {
  readonly #heap: Heap;
  readonly #random: (n: number) => number;
  readonly #live = new Set<Vertex>();
  readonly #byId = new Map<number, Vertex>();
  /** The objects whose death the heap has reported since the last step. */
  readonly #died: number[] = [];
  readonly #finalized: number[] = [];
  readonly #called: number[] = [];
  /** Whether finalizers make their object reachable again, by a handle. */
  #resurrects = false;
  readonly #resurrected: Vertex[] = [];
  readonly #types;
  #lastId = 0;

  constructor(heap: Heap, seed: number) {
    this.#heap = heap;
    this.#random = randomIntegers(seed);
    const fields = { id: "int32", a: "object", b: "object" } as const;
    const dealloc = ({ id }: { readonly id: number }) => this.#died.push(id);
    this.#types = {
      plain: heap.type("Plain", { fields, dealloc, weakReferences: true }),
      final: heap.type("Final", {
        fields,
        dealloc,
        weakReferences: true,
        finalize: (o) => this.#finalize(o as unknown as PyInstance),
      }),
      row: heap.type("Row", { fields, items: "object", dealloc, weakReferences: true }),
      /** An item that nothing else refers to: it reports the death of its container. */
      tag: heap.type("Tag", { fields: { id: "int32" }, dealloc }),
    };
  }

  #finalize(o: PyInstance): void {
    const id = o.get("id") as number;
    this.#finalized.push(id);
    const vertex = this.#byId.get(id) as Vertex;
    if (!this.#resurrects || vertex.frozen || this.#random(3) > 0) return;
    vertex.handle = o.clone();
    vertex.held = true;
    this.#resurrected.push(vertex);
  }

  #pick(): Vertex | undefined {
    const held = [...this.#live].filter((vertex) => vertex.held);
    return held[this.#random(held.length || 1)];
  }

  #make(kind: Kind): void {
    const heap = this.#heap;
    const id = ++this.#lastId;
    // Sets hold only hashable objects.
    const parts = [this.#pick(), this.#pick()].filter((part) => part !== undefined);
    const usable = /set/.test(kind) ? parts.filter((part) => isHashable(part)) : parts;
    const out = [...(/set|dict/.test(kind) ? new Set(usable) : usable)];
    const handles = out.map((vertex) => vertex.handle as PyObject);
    const tag = this.#types.tag.new({ id });
    const make: Record<Kind, () => PyObject> = {
      list: () => heap.list([tag, ...handles]),
      tuple: () => heap.tuple([tag, ...handles]),
      set: () => heap.set([tag, ...handles]),
      frozenset: () => heap.frozenset([tag, ...handles]),
      dict: () => heap.dict<unknown, unknown>([["tag", tag], ...handles.map((handle, k) => [k, handle] as const)]),
      plain: () => this.#types.plain.new({ id, a: handles[0], b: handles[1] }),
      final: () => this.#types.final.new({ id, a: handles[0], b: handles[1] }),
      row: () => this.#types.row.new({ id }, handles),
    };
    const isInstance = kind === "plain" || kind === "final" || kind === "row";
    if (isInstance) {
      tag.release();
      this.#died.pop();
    }
    const handle = make[kind]();
    if (!isInstance) tag.release();
    const vertex: Vertex = { id, kind, out, held: true, handle, finalized: false, frozen: false, ref: undefined };
    if (kind !== "list" && kind !== "tuple" && kind !== "dict" && this.#random(2) === 0) {
      vertex.ref = heap.ref(handle, () => this.#called.push(id));
    }
    this.#live.add(vertex);
    this.#byId.set(id, vertex);
  }

  /** Adds a reference from one held object to another, or removes one. */
  #link(): void {
    const from = this.#pick();
    const to = this.#pick();
    if (!from || !to) return;
    const handle = to.handle as PyObject;
    switch (from.kind) {
      case "list":
        (from.handle as PyList).append(handle);
        from.out.push(to);
        break;
      case "dict":
        if (from.out.includes(to)) return;
        (from.handle as PyDict).set(to.id + 1000, handle);
        from.out.push(to);
        break;
      case "set":
        if (from.out.includes(to) || !isHashable(to)) return;
        (from.handle as PySet).add(handle);
        from.out.push(to);
        break;
      case "plain":
      case "final": {
        const instance = from.handle as PyInstance;
        const field = this.#random(2) === 0 ? "a" : "b";
        const before = instance.get(field) as PyObject | null;
        if (before !== null) {
          from.out.splice(
            from.out.findIndex((vertex) => this.#is(vertex, before)),
            1,
          );
          before.release();
        }
        instance.set(field, handle);
        from.out.push(to);
        break;
      }
      case "row": {
        const row = from.handle as PyInstance;
        if (row.length === 0) return;
        const before = row.getItem(0) as PyObject;
        from.out.splice(
          from.out.findIndex((vertex) => this.#is(vertex, before)),
          1,
        );
        before.release();
        row.setItem(0, handle);
        from.out.push(to);
        break;
      }
    }
  }

  /** Whether the handle is for the vertex's object: its tag or field identifies it. */
  #is(vertex: Vertex, o: PyObject): boolean {
    return this.#idOf(o) === vertex.id;
  }

  #idOf(o: PyObject): number {
    return this.#heap.scope(() => {
      const own = (o as PyInstance).typeName;
      if (own === "Plain" || own === "Final" || own === "Row") return (o as PyInstance).get("id") as number;
      const tags: Iterable<unknown> = own === "dict" ? [(o as PyDict).get("tag")] : (o as PyList);
      for (const item of tags)
        if ((item as PyObject).typeName === "Tag") return (item as PyInstance).get("id") as number;
      return 0;
    });
  }

  /** The given objects, and all that they lead to. */
  #reach(from: Iterable<Vertex>): Set<Vertex> {
    const seen = new Set(from);
    for (const vertex of seen) for (const next of vertex.out) seen.add(next);
    return seen;
  }

  /** The objects that reference counts free if only handles refer to them from outside. */
  #freedByCounts(): Set<Vertex> {
    const counts = new Map<Vertex, number>();
    for (const vertex of this.#live) for (const next of vertex.out) counts.set(next, (counts.get(next) ?? 0) + 1);
    const freed = new Set<Vertex>();
    const waiting = [...this.#live].filter((vertex) => !vertex.held && !counts.get(vertex));
    for (let vertex = waiting.pop(); vertex; vertex = waiting.pop()) {
      freed.add(vertex);
      for (const next of vertex.out) {
        const count = (counts.get(next) as number) - 1;
        counts.set(next, count);
        if (count === 0 && !next.held) waiting.push(next);
      }
    }
    return freed;
  }

  #sorted(numbers: Iterable<number>): number[] {
    return [...numbers].sort((x, y) => x - y);
  }

  /** Checks that the callbacks of exactly these objects have run, as far as they have one. */
  #expectCalls(cleared: Iterable<Vertex>): void {
    const watched = [...cleared].filter(({ ref }) => ref !== undefined);
    expect(this.#sorted(this.#called.splice(0))).toEqual(this.#sorted(watched.map(({ id }) => id)));
    for (const vertex of watched) this.#unwatch(vertex);
  }

  #unwatch(vertex: Vertex): void {
    const object = vertex.ref?.deref();
    object?.release();
    expect(object).toBe(undefined);
    vertex.ref?.release();
    vertex.ref = undefined;
  }

  /** Checks that exactly these objects died, and that exactly those with a finalizer were finalized before. */
  #expectDeaths(dead: Set<Vertex>, finalized: Iterable<Vertex>): void {
    expect(this.#sorted(this.#finalized.splice(0))).toEqual(this.#sorted([...finalized].map(({ id }) => id)));
    expect(this.#sorted(this.#died.splice(0))).toEqual(this.#sorted([...dead].map(({ id }) => id)));
    for (const vertex of dead) this.#live.delete(vertex);
  }

  #toFinalize(vertices: Iterable<Vertex>): Vertex[] {
    return [...vertices].filter((vertex) => vertex.kind === "final" && !vertex.finalized);
  }

  /** Releases a handle. Without resurrection, reference counts free at once what they can. */
  #drop(): void {
    const vertex = this.#pick();
    if (!vertex) return;
    vertex.held = false;
    const handle = vertex.handle as PyObject;
    vertex.handle = undefined;
    handle.release();
    this.#settle();
  }

  /** Checks that reference counts have freed exactly what they must. */
  #settle(): void {
    const freed = this.#freedByCounts();
    const finalized = this.#toFinalize(freed);
    for (const vertex of finalized) vertex.finalized = true;
    this.#expectCalls(freed);
    this.#expectDeaths(freed, finalized);
  }

  #collect(): void {
    const garbage = this.#garbage();
    const finalized = this.#toFinalize(garbage);
    this.#resurrects = true;
    const found = this.#heap.gc.collect();
    this.#resurrects = false;
    for (const vertex of finalized) vertex.finalized = true;
    const saved = this.#reach(this.#resurrected.splice(0));
    const dead = new Set([...garbage].filter((vertex) => !saved.has(vertex)));
    expect(found).toBe([...dead].filter(isTracked).length);
    for (const vertex of dead) this.#live.delete(vertex);
    // Frozen objects to which only garbage referred are freed by their reference counts.
    const freed = this.#freedByCounts();
    const more = this.#toFinalize(freed);
    for (const vertex of more) vertex.finalized = true;
    // Also the callbacks of objects that a finalizer made reachable, because weak references are cleared before
    // finalizers run. Not those of untracked objects: the collector does not know them, and they live on unchanged.
    const cleared = [...garbage].filter((vertex) => dead.has(vertex) || isTracked(vertex));
    this.#expectCalls([...cleared, ...freed]);
    this.#expectDeaths(new Set([...dead, ...freed]), [...finalized, ...more]);
  }

  /** The objects to which no handle leads, and no frozen object either, unless `evenFrozen`. */
  #garbage({ evenFrozen = false } = {}): Set<Vertex> {
    const reached = this.#reach([...this.#live].filter((vertex) => vertex.held || (vertex.frozen && !evenFrozen)));
    return new Set([...this.#live].filter((vertex) => !reached.has(vertex)));
  }

  #freeze(): void {
    if ([...this.#live].some(({ frozen }) => frozen)) {
      this.#heap.gc.unfreeze();
      for (const vertex of this.#live) vertex.frozen = false;
    } else {
      this.#heap.gc.freeze();
      for (const vertex of this.#live) vertex.frozen = isTracked(vertex);
    }
  }

  /** Checks what an automatic collection took: nothing that can be reached; and each of its finalizers ran once. */
  #takeAutomatic(): void {
    const garbage = this.#garbage({ evenFrozen: true });
    for (const id of this.#finalized.splice(0)) {
      const vertex = this.#byId.get(id) as Vertex;
      expect([vertex.finalized, garbage.has(vertex)]).toEqual([false, true]);
      vertex.finalized = true;
    }
    for (const id of this.#called.splice(0)) {
      const vertex = this.#byId.get(id) as Vertex;
      expect(garbage.has(vertex)).toBe(true);
      this.#unwatch(vertex);
    }
    for (const id of this.#died.splice(0)) {
      const vertex = this.#byId.get(id) as Vertex;
      expect([garbage.has(vertex), this.#live.delete(vertex), vertex.ref]).toEqual([true, true, undefined]);
    }
  }

  step(automatic: boolean): void {
    const choice = this.#random(100);
    if (choice < 35) this.#make(KINDS[this.#random(KINDS.length)] as Kind);
    else if (choice < 65) this.#link();
    if (automatic) this.#takeAutomatic();
    else this.#settle();
    if (choice >= 65 && choice < 92) this.#drop();
    else if (choice >= 92 && choice < 98) this.#collect();
    else if (choice >= 98) this.#freeze();
    this.#heap.check();
  }

  /** Releases every handle, and collects everything. */
  end(): void {
    this.#heap.gc.unfreeze();
    for (const vertex of this.#live) {
      vertex.frozen = false;
      vertex.handle?.release();
      vertex.held = false;
      vertex.ref?.release();
    }
    this.#heap.gc.collect();
    this.#died.length = 0;
    this.#finalized.length = 0;
    for (const type of Object.values(this.#types)) {
      expect(type.stats.live).toBe(0);
      type.release();
    }
  }
}

function isHashable({ kind }: Vertex): boolean {
  return kind === "plain" || kind === "final" || kind === "row";
}

/**
 * Whether the collector tracks the object: a tuple, dict or set without anything that can be in a cycle is not tracked.
 */
function isTracked({ kind, out }: Vertex): boolean {
  if (kind !== "tuple" && kind !== "dict" && kind !== "set" && kind !== "frozenset") return true;
  return out.some((item) => item.kind !== "tuple" || isTracked(item));
}

/** Runs a random program. Afterwards no object of it remains. */
export function runGraphs(heap: Heap, { seed, steps, thresholds }: GraphOptions): void {
  const graphs = new Graphs(heap, seed);
  if (thresholds) heap.gc.threshold = thresholds;
  else heap.gc.disable();
  for (let k = 0; k < steps; k++) {
    try {
      graphs.step(thresholds !== undefined);
    } catch (error) {
      throw new Error(`step ${k} of seed ${seed}`, { cause: error });
    }
  }
  graphs.end();
}
