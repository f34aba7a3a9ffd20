// The graph of the objects of a heap in its own memory: from the roots and the handles that JavaScript has, from what
// the heap itself refers to, and from the collector's lists. Everything is read from memory, or shown by the traverse
// functions of types in C. Nothing is allocated in the heap, and no object changes.

import type { HeapStats, Walked } from "../../alloc/stats.js";
import * as C from "../../core/constants.gen.js";
import { LOOK } from "../../core/reentrancy.js";
import type { WholeCore } from "../../core/whole-core.js";
import { Addresses } from "../../snapshot/addresses.js";
import { GraphBuilder } from "../../snapshot/builder.js";
import { EDGE, FLAG, NODE, type ObjectGraph } from "../../snapshot/graph.js";
import { LooseOwners } from "../../snapshot/loose.js";
import { groupByHolder } from "../../snapshot/reach.js";
import type { Bridge } from "../bridge/bridge.js";
import type { TypeLayout } from "../handles/type-layout.js";
import { HeapBlocks } from "./blocks.js";
import { HeapLoose } from "./loose.js";
import { GraphReferences, type Visitor } from "./references.js";
import { GraphTypes, type TypeInfo } from "./types.js";
import { GraphValues } from "./values.js";

/** The parts of a heap that a walk needs. */
export interface WalkedHeap {
  readonly heap: Walked;
  readonly core: WholeCore;
  readonly bridge: Bridge;
  readonly visitor: Visitor;
  /** Names of the roots, each with the number of its handle. */
  readonly roots: readonly (readonly [name: string, handle: number])[];
  layoutOf(hostId: number): TypeLayout | undefined;
}

const GROUPS = ["(roots)", "(handles)", "(heap)", "(held by C)", "(garbage)", "(memory)"] as const;
type Group = (typeof GROUPS)[number];
/** Bytes of a shape, and where in it its keys are. */
const SHAPE = { bytes: 8, keys: 4 } as const;
/** The bits of a str's state that are not 0 if it is interned. */
const STR_INTERNED = 0xffff;

class HeapWalk {
  readonly #from: WalkedHeap;
  readonly #graph = new GraphBuilder();
  readonly #addresses = new Addresses();
  /** The keys that dicts share. They are nodes, but not objects. */
  readonly #sharedKeys = new Set<number>();
  readonly #blocks: HeapBlocks;
  readonly #types: GraphTypes;
  readonly #values: GraphValues;
  readonly #references: GraphReferences;
  readonly #loose: HeapLoose;
  readonly #groups = new Map<Group, number>();
  /** Bytes that the debug hooks add in front of a block. */
  readonly #hookBytes: number;

  constructor(from: WalkedHeap) {
    const { heap, core, bridge, visitor } = from;
    const { reader } = bridge;
    reader.refresh();
    this.#from = from;
    this.#blocks = new HeapBlocks(heap, core.memory.buffer.byteLength);
    this.#types = new GraphTypes(reader, this.#graph.strings, (hostId) => from.layoutOf(hostId));
    this.#values = new GraphValues(reader);
    this.#references = new GraphReferences(reader, this.#values, visitor, this.#graph.strings, core.control);
    this.#hookBytes = this.#state(C.HOOKS_INSTALLED_AT) !== 0 ? C.DEBUG_HEADER : 0;
    const nodeAt = (address: number) => this.#addresses.get(address) ?? -1;
    this.#loose = new HeapLoose(this.#graph, this.#blocks, reader, this.#hookBytes, nodeAt);
  }

  /** A word of the heap's state. */
  #state(offset: number): number {
    return this.#word(this.#from.core.control + offset);
  }

  #word(address: number): number {
    return this.#from.bridge.reader.word(address);
  }

  run(stats: HeapStats): ObjectGraph {
    const graph = this.#graph;
    const root = graph.group("(root)");
    for (const name of GROUPS) {
      const group = graph.group(name);
      this.#groups.set(name, group);
      graph.groupEdge(root, group, name);
    }
    const first = graph.nodeCount;
    this.#next = first;
    this.#addHandles();
    this.#addState();
    this.#followAll();
    this.#findTracked();
    this.#followAll();
    const end = graph.nodeCount;
    this.#claimLoose();
    const [held, garbage] = [this.#group("(held by C)"), this.#group("(garbage)")];
    const from = (["(roots)", "(handles)", "(heap)"] as const).map((name) => this.#group(name));
    const references = (node: number) => this.#word(graph.id(node) + C.OBJECT_REFCNT);
    groupByHolder(graph, { first, end }, from, references, { held: () => ({ group: held }), garbage });
    this.#blocks.addRest(graph, this.#group("(memory)"), stats);
    return graph.finish();
  }

  #group(name: Group): number {
    return this.#groups.get(name) as number;
  }

  #hold(group: Group, object: number, name: string, kind?: number): void {
    if (object !== 0) this.#graph.groupEdge(this.#group(group), this.#nodeOf(object), name, kind);
  }

  #nodeOf(object: number): number {
    const known = this.#addresses.get(object);
    if (known !== undefined) return known;
    const kind = this.#from.bridge.reader.kind(object) === C.STR ? NODE.string : NODE.object;
    const node = this.#graph.node(kind, this.#types.of(object).name, object);
    this.#addresses.set(object, node);
    return node;
  }

  #nodeOfKeys(keys: number): number {
    const known = this.#addresses.get(keys);
    if (known !== undefined) return known;
    const node = this.#graph.node(NODE.memory, this.#graph.strings.number("(shared keys of dicts)"), keys);
    this.#addresses.set(keys, node);
    this.#sharedKeys.add(keys);
    return node;
  }

  #addHandles(): void {
    const { f } = this.#from.bridge;
    const names = new Map(this.#from.roots.map(([name, handle]) => [handle, name]));
    for (let handle = f.next_handle(0); handle !== 0; handle = f.next_handle(handle)) {
      const object = f.handle_address(handle) >>> 0;
      const name = names.get(handle);
      if (name !== undefined) this.#hold("(roots)", object, name, EDGE.attribute);
      else this.#hold("(handles)", object, `handle ${handle}`);
    }
  }

  /** What the heap itself refers to. */
  #addState(): void {
    const hold = (name: string, object: number) => this.#hold("(heap)", object, name);
    for (const at of [C.ERROR_A_AT, C.ERROR_B_AT, C.ERROR_C_AT]) hold("(error)", this.#state(at));
    hold("(text of a result)", this.#state(C.HELD_TEXT_AT));
    hold("gc.garbage", this.#state(C.GARBAGE_AT));
    const stack = this.#state(C.STACK_AT);
    for (let k = 0; k < this.#state(C.STACK_TOP_AT); k++) hold("(value of an operation)", this.#word(stack + 4 * k));
    for (let k = 0; k < C.API_TYPES; k++) hold("(Python/C API)", this.#state(C.API_TYPES_AT + 4 * k));
    const shapes = this.#state(C.SHAPES_AT);
    for (let k = 0; shapes !== 0 && k < C.SHAPES_CAPACITY; k++) {
      const keys = this.#word(shapes + SHAPE.bytes * k + SHAPE.keys);
      if (keys !== 0) this.#graph.groupEdge(this.#group("(heap)"), this.#nodeOfKeys(keys), "(shape of dicts)");
    }
  }

  /** The next node whose references are not known yet. */
  #next = 0;

  #followAll(): void {
    const graph = this.#graph;
    const refer = (kind: number, name: number, target: number) => graph.edge(kind, name, this.#nodeOf(target));
    const keysEdge = graph.strings.number("(shared keys)");
    for (; this.#next < graph.nodeCount; this.#next++) {
      const node = this.#next;
      const object = graph.id(node);
      graph.begin(node);
      if (this.#sharedKeys.has(object)) {
        graph.describe(node, this.#blocks.claim(object - this.#hookBytes), 0);
        this.#references.ofKeys(object, refer);
        continue;
      }
      const type = this.#types.of(object);
      this.#describe(node, object, type);
      for (const offset of type.words) this.#loose.refer(node, this.#word(object + offset));
      this.#references.of(object, type, refer, (keys) => graph.edge(EDGE.internal, keysEdge, this.#nodeOfKeys(keys)));
    }
  }

  #describe(node: number, object: number, type: TypeInfo): void {
    const graph = this.#graph;
    const own = this.#blocks.claim(object - type.before - this.#hookBytes);
    let bytes = own;
    for (const part of this.#parts(object)) {
      const more = part === 0 ? 0 : this.#blocks.claim(part - this.#hookBytes);
      if (more === 0) continue;
      bytes += more;
      graph.buffer(node, part);
    }
    graph.describe(node, bytes, graph.strings.number(this.#values.of(object)));
    const isImmortal = this.#word(object + C.OBJECT_REFCNT) >= C.IMMORTAL_MINIMUM;
    const isStatic = isImmortal && own === 0;
    const isShared = this.#isShared(object, isStatic);
    graph.flag(node, (isImmortal ? FLAG.immortal : 0) | (isStatic ? FLAG.static : 0) | (isShared ? FLAG.shared : 0));
  }

  /** Whether this object is the only one with its value, and everything that uses the value shares it (FLAG.shared). */
  #isShared(object: number, isStatic: boolean): boolean {
    const kind = this.#from.bridge.reader.kind(object);
    if (kind === C.STR) return isStatic || (this.#word(object + C.STR_STATE) & STR_INTERNED) !== 0;
    return isStatic && (kind === C.INT || kind === C.BYTES || kind === C.TUPLE);
  }

  /** Gives blocks that are no objects to the objects in C that refer to them. */
  #claimLoose(): void {
    this.#loose.begin();
    const owners = new LooseOwners(this.#graph, this.#loose);
    owners.claim();
    this.#graph.insertEdges(owners.edges);
  }

  /** The other blocks that only this object uses. */
  #parts(object: number): readonly number[] {
    const { reader } = this.#from.bridge;
    switch (reader.layout(object)) {
      case C.LIST:
        return [reader.word(object + C.LIST_ITEMS)];
      case C.DICT: {
        const keys = reader.word(object + C.DICT_KEYS);
        const isOwn = reader.bytes[keys + C.KEYS_KIND] !== C.KEYS_SHARED;
        return [isOwn ? keys : 0, reader.word(object + C.DICT_VALUES)];
      }
      case C.SET:
      case C.FROZENSET: {
        const table = reader.word(object + C.SET_TABLE);
        return table === object + C.SET_SMALL ? [] : [table];
      }
      case C.STR: {
        const state = reader.word(object + C.STR_STATE);
        const isOwned = (state & C.STR_IS_COMPACT) === 0 && reader.word(object + C.STR_LENGTH) !== 0;
        return [
          (state & C.STR_IS_ASCII) !== 0 ? 0 : reader.word(object + C.STR_UTF8),
          isOwned ? reader.word(object + C.STR_WIDE_DATA) : 0,
        ];
      }
      case C.TYPE:
        return [reader.word(object + C.TYPE_OWN)];
      case C.USER:
        return reader.type(object) === reader.typeOfKind(C.MODULE) ? [reader.word(object + C.MODULE_STATE)] : [];
      default:
        return [];
    }
  }

  /** Finds objects to which only the collector's lists lead. */
  #findTracked(): void {
    for (let k = 0; k < C.TRACKED_LISTS; k++) {
      const list = this.#from.core.control + C.TRACKED_AT + k * C.TRACKED_LIST_BYTES;
      for (let at = this.#word(list); at !== list; at = this.#word(at)) this.#nodeOf(at + C.GC_BYTES);
    }
  }
}

/**
 * The graph of a heap's objects and memory. Throws in the middle of a collection or a compaction, when the collector's
 * lists are out of order, and while a value is being converted, when objects can be incomplete.
 */
export function walkHeap(from: WalkedHeap): ObjectGraph {
  const { bridge, core, heap } = from;
  const what = "take a snapshot";
  bridge.states.must(LOOK, what);
  bridge.reader.refresh();
  for (const [at, why] of [
    [C.COLLECTING_AT, "a collection is under way"],
    [C.COMPACTING_AT, "a compaction is under way"],
  ] as const) {
    if (bridge.reader.word(core.control + at) !== 0) throw new Error(`Cannot ${what}: ${why}`);
  }
  const stats = heap.stats();
  return new HeapWalk(from).run(stats);
}
