// Finds all objects of an interpreter from outside: first those to which references lead from the interpreter's own
// roots, then those that only the collector knows, then those that only C code holds. Nothing is allocated in the
// interpreter, no code of the program runs, and no object changes.

import type { HeapItem, HeapStats } from "../../../alloc/stats.js";
import { callerOf } from "../../../core/table-functions.js";
import { GraphBuilder } from "../../../snapshot/builder.js";
import { EDGE, FLAG, NODE, type ObjectGraph, PROXY_TYPE } from "../../../snapshot/graph.js";
import type { HeldProxy } from "../../../snapshot/held-proxy.js";
import { LooseOwners } from "../../../snapshot/loose.js";
import { groupByHolder } from "../../../snapshot/reach.js";
import type { GraphModule } from "../../../snapshot/store.js";
import { literal } from "../../../text/visible.js";
import type { BlockStacks } from "../../../trace/live-stacks.js";
import type { ObjectLayout } from "../versions/layout.js";
import { type BlockModule, Blocks } from "./blocks.js";
import { Buffers } from "./buffers.js";
import { Dicts } from "./dicts.js";
import { findFields } from "./fields.js";
import { Frames } from "./frames.js";
import { FLOAT, FRAME, GENERATOR, IMMORTAL, OWNER, TYPE, TYPE_FLAG } from "./layout.js";
import { LooseBlocks, type Unowned } from "./loose.js";
import { ObjectMemory } from "./memory.js";
import { Reader } from "./reader.js";
import { References, Visitor } from "./references.js";
import { addRest } from "./rest.js";
import { findInStatics, type StaticsModule } from "./statics.js";
import { isInterned } from "./str.js";
import { type TypeInfo, Types } from "./types.js";
import { floatText, Values } from "./values.js";

/** The parts of an interpreter's module that a walk needs. */
export interface WalkedModule extends BlockModule, StaticsModule {
  PyImport_GetModuleDict(): number;
  PyUnstable_GC_VisitObjects(f: number, argument: number): void;
  /** The JavaScript value that a JsProxy holds. */
  JsProxy_Val?(proxy: number): unknown;
}

/** The parts of a heap that a walk needs. */
export interface WalkedPython {
  readonly python: WalkedModule;
  readonly layout: ObjectLayout;
  stats(): HeapStats;
  /** Visits everything in the heap but the blocks of pools. */
  walk(visit: (item: HeapItem) => void): void;
  /** Visits the blocks in use of the pools at these addresses. */
  poolBlocks(pools: ReadonlySet<number>, visit: (address: number, size: number) => void): void;
  /** Addresses among which are those of all blocks of the host's malloc that the heap has for itself. */
  ownBlocks(): ReadonlySet<number>;
  /** The name of a module in C, by the number that its blocks have. */
  moduleName(number: number): string;
  /** Bytes that the debug hooks add in front of a block. */
  readonly hookBytes: number;
  /** The current frame of each thread; 0 if it has none. */
  readonly threads: readonly number[];
  /** The line at which a frame of a Python function is. */
  lineOf(frame: number): number;
  /** The live proxies by which JavaScript holds objects. */
  readonly proxies: Iterable<HeldProxy>;
  /** Where blocks were allocated; undefined unless that is recorded. */
  readonly stacks: BlockStacks | undefined;
}

/** Functions that a walk put into the interpreter's table. The next walk uses them again. */
export class WalkFunctions {
  readonly visitor: Visitor;
  /** Calls a tp_traverse. */
  readonly traverse: WebAssembly.ExportValue;
  /** During a walk, the table has functions of the graph at these indexes: its visitproc, and its gcvisitobjects_t. */
  readonly visitIndex: number;
  readonly findIndex: number;
  readonly #table: WebAssembly.Table;

  constructor(table: WebAssembly.Table) {
    this.#table = table;
    this.visitor = new Visitor(table);
    this.traverse = callerOf(table);
    this.visitIndex = table.grow(1);
    this.findIndex = table.grow(1);
  }

  begin({ refs_visit, refs_find }: Pick<GraphModule, "refs_visit" | "refs_find">): void {
    this.#table.set(this.visitIndex, refs_visit);
    this.#table.set(this.findIndex, refs_find);
  }

  /** The table would otherwise keep the graph's memory alive. */
  end(): void {
    this.#table.set(this.visitIndex, null);
    this.#table.set(this.findIndex, null);
  }
}

/**
 * If the word of a reference count is larger than this, and below IMMORTAL, it is an address, and there is no object.
 */
const MOST_REFERENCES = 2 ** 20;
/** The domains whose small blocks are in pools. */
const POOLED = ["mem", "object"] as const;
/** The offsets in a block at which an object may begin, after the words in front of it. */
const FRONTS = [0, 8, 16];

class Walk {
  readonly #from: WalkedPython;
  readonly #memory: ObjectMemory;
  readonly #graph: GraphBuilder;
  readonly #f: GraphModule;
  readonly #reader: Reader;
  readonly #blocks: Blocks;
  readonly #types: Types;
  readonly #dicts: Dicts;
  readonly #frames: Frames;
  readonly #values: Values;
  readonly #references: References;
  readonly #buffers: Buffers;
  readonly #functions: WalkFunctions;
  /** Frames are nodes too, with their address as id, though they are not objects. */
  readonly #frameNodes: { readonly node: number; readonly frame: number }[] = [];

  constructor(from: WalkedPython, functions: WalkFunctions) {
    const { python, layout } = from;
    this.#from = from;
    this.#functions = functions;
    const memory = new ObjectMemory(python.memory.buffer);
    this.#memory = memory;
    const blocks = new Blocks(python, (visit) => from.walk(visit), from.ownBlocks());
    this.#blocks = blocks;
    this.#graph = new GraphBuilder(blocks.room, {
      floatText,
      claimLarge: (start) => blocks.claimLarge(start >>> 0),
      isLooseLarge: (start) => blocks.isLooseLarge(start >>> 0),
    });
    const { strings, store } = this.#graph;
    this.#f = store.f;
    functions.begin(store.f);
    blocks.writeTo(store);
    this.#types = new Types(memory, layout, strings);
    this.#dicts = new Dicts(memory, layout);
    this.#buffers = new Buffers(memory, layout, this.#types, this.#dicts);
    this.#frames = new Frames(memory, layout.tupleItems);
    this.#values = new Values(memory, this.#types, this.#dicts, strings, (proxy) => python.JsProxy_Val?.(proxy));
    this.#reader = new Reader(python, this.#graph, {
      ...{ layout, hookBytes: from.hookBytes, visitor: functions.visitIndex },
      traverse: functions.traverse,
      keyName: (key) => this.#references.keyName(key >>> 0),
      attributeName: (key) => this.#references.attributeName(key >>> 0),
    });
    this.#types.onType = (type) => this.#reader.addType(type);
    this.#references = new References(memory, layout, strings, this.#dicts, this.#frames, functions.visitor, (key) =>
      this.#keyText(key),
    );
  }

  run(): ObjectGraph {
    const stats = this.#from.stats();
    const graph = this.#graph;
    const root = graph.group("(root)");
    const group = (name: string): number => {
      const made = graph.group(name);
      graph.groupEdge(root, made, name);
      return made;
    };
    const [modules, threads, javascript] = [group("(modules)"), group("(threads)"), group("(JavaScript)")] as const;
    const [statics, blocks] = [group("(static data of C)"), group("(blocks of C)")] as const;
    const held = group("(held by C or JavaScript)");
    const [garbage, rest] = [group("(garbage)"), group("(memory)")] as const;
    const first = graph.nodeCount;
    this.#beginThreads(threads);
    const proxies = [...this.#from.proxies];
    const firstProxy = graph.nodeCount;
    for (const { stack } of proxies) this.#addProxy(javascript, stack);
    // #walkFrames and #walkProxy add the references of these nodes; #followAll begins after them.
    this.#next = graph.nodeCount;
    const moduleDict = this.#from.python.PyImport_GetModuleDict() >>> 0;
    if (moduleDict !== 0) graph.groupEdge(modules, this.#nodeOf(moduleDict), "sys.modules");
    this.#walkFrames();
    for (const [k, { object, stack }] of proxies.entries()) this.#walkProxy(firstProxy + k, object, stack);
    this.#followAll();
    this.#findTracked();
    this.#followAll();
    this.#findOnStacks();
    this.#followAll();
    this.#findInBlocks();
    this.#followAll();
    const end = graph.nodeCount;
    const references = (node: number) => this.#memory.word(graph.id(node));
    const { loose, owners } = this.#finish();
    const { inStatics, dicts, ofTypes } = findInStatics(
      { graph, memory: this.#memory, types: this.#types, blocks: this.#blocks },
      this.#from.python,
      end,
    );
    for (const dict of dicts) this.#weakenInterned(dict);
    const words = { onStacks: this.#onStacks, inBlocks: owners.others };
    graph.insertEdges([...findFields(graph, words, references), ...owners.edges, ...ofTypes]);
    let unowned: Unowned | undefined;
    const { moduleName } = this.#from;
    groupByHolder(graph, { first, end }, [modules, threads, javascript], references, {
      held: (node) => {
        if (inStatics.has(node) || !this.#blocks.isDynamic(graph.id(node))) return { group: statics };
        unowned ??= loose.objectsInUnowned(end);
        if (!unowned.objects.has(node)) return { group: held };
        const module = unowned.modules.get(node);
        return { group: blocks, ...(module !== undefined && { by: moduleName(module) }) };
      },
      garbage,
    });
    addRest(graph, rest, this.#blocks, stats, moduleName);
    const { stacks } = this.#from;
    return graph.finish(stacks && ((made) => ({ tree: stacks.tree, nodes: this.#stacksOf(made, stacks) })));
  }

  /**
   * Makes the references of CPython's table of interned texts weak, except to those that are never freed: it does not own them, and a text
   * leaves the table when nothing else has it.
   */
  #weakenInterned(node: number): void {
    const graph = this.#graph;
    const memory = this.#memory;
    const table = graph.id(node);
    let isOfInterned = true;
    this.#dicts.entries(table, (key, value) => {
      isOfInterned &&= key === value && this.#typeOf(key).kind === "str" && isInterned(memory, key);
    });
    if (isOfInterned) graph.weaken([node], (target) => memory.word(graph.id(target)) >= IMMORTAL);
  }

  /** The stack of each node. A block begins with what precedes the object in it. */
  #stacksOf({ nodeCount, kinds, ids }: ObjectGraph, stacks: BlockStacks): Uint32Array {
    const found = new Uint32Array(nodeCount);
    for (let node = 0; node < nodeCount; node++) {
      if (kinds[node] !== NODE.object && kinds[node] !== NODE.string) continue;
      const object = ids[node] as number;
      found[node] = stacks.stackOf(object - this.#typeOf(object).before);
    }
    return found;
  }

  #typeOf(object: number): TypeInfo {
    return this.#types.at(this.#memory.typeOf(object));
  }

  /** The node of an object. #followAll finds out what the object is. */
  #nodeOf(object: number): number {
    return this.#f.nodes_of(object);
  }

  /** Makes nodes of the frames of all threads, before any object. */
  #beginThreads(group: number): void {
    const graph = this.#graph;
    const type = graph.strings.number("(frame)");
    for (const [k, current] of this.#from.threads.entries()) {
      for (const frame of this.#frames.chain(current)) {
        const node = graph.node(NODE.frame, type, frame);
        this.#frameNodes.push({ node, frame });
        graph.groupEdge(group, node, `thread ${k + 1}: ${this.#place(frame)}`);
      }
    }
  }

  /** A function that runs, and the line where it is. */
  #place(frame: number): string {
    return this.#values.code(this.#frames.codeOf(frame), this.#from.lineOf(frame));
  }

  /** Makes a node of a proxy. Its id is odd, because no object has an odd id. */
  #addProxy(group: number, stack: string): void {
    const graph = this.#graph;
    const node = graph.node(NODE.synthetic, graph.strings.number(PROXY_TYPE), 2 * graph.nodeCount + 1);
    const [place = ""] = stack.split("\n");
    graph.groupEdge(group, node, place === "" ? "PyProxy" : `PyProxy from ${place}`);
  }

  #walkProxy(node: number, object: number, stack: string): void {
    const graph = this.#graph;
    graph.begin(node);
    graph.describe(node, 0, graph.strings.number(stack));
    graph.edge(EDGE.internal, graph.strings.number("(object)"), this.#nodeOf(object));
  }

  /** Adds the references of the functions that run. */
  #walkFrames(): void {
    const memory = this.#memory;
    const graph = this.#graph;
    const number = (text: string) => graph.strings.number(text);
    for (const { node, frame } of this.#frameNodes) {
      graph.begin(node);
      const internal = (name: string, object: number) => {
        if (object !== 0) graph.edge(EDGE.internal, number(name), this.#nodeOf(object));
      };
      const code = this.#frames.codeOf(frame);
      graph.describe(node, 0, number(this.#place(frame)));
      this.#frames.variables(frame, (name, value, isCell) => {
        graph.edge(isCell ? EDGE.cell : EDGE.local, number(memory.text(name, 200)), this.#nodeOf(value));
      });
      internal("(function)", memory.word(frame + FRAME.function));
      internal("(code)", code);
      internal("(globals)", memory.word(frame + FRAME.globals));
      internal("(locals)", memory.word(frame + FRAME.locals));
      internal("(frame object)", memory.word(frame + FRAME.object));
      if (memory.byte(frame + FRAME.owner) === OWNER.generator) internal("(generator)", frame - GENERATOR.frame);
    }
  }

  /** Pairs of nodes: a function that runs, and an object whose address is on the function's stack. */
  readonly #onStacks: number[] = [];

  /**
   * Finds objects that functions which run have on their stacks, and in no variable: the iterator of a loop, the items of a list under
   * construction. All types are known by now, so an object can be told from a number.
   */
  #findOnStacks(): void {
    for (const { node, frame } of this.#frameNodes) {
      this.#frames.stack(frame, (value) => {
        if (this.#isObject(value) && this.#memory.word(value) < IMMORTAL)
          this.#onStacks.push(node, this.#nodeOf(value));
      });
    }
  }

  /** Nodes that nothing led to, and that the collector does not know. */
  readonly #guesses = new Set<number>();
  /** The next node whose references are not known yet. */
  #next = 0;

  #followAll(): void {
    const graph = this.#graph;
    const refer = (kind: number, name: number, target: number) => graph.edge(kind, name, this.#nodeOf(target));
    for (;;) {
      this.#next = this.#reader.follow(this.#next, this.#guesses.size === 0);
      if (this.#next >= graph.nodeCount) return;
      const object = graph.id(this.#next);
      const type = this.#typeOf(object);
      graph.setType(this.#next, type.kind === "str" ? NODE.string : NODE.object, type.nameNumber);
      graph.begin(this.#next);
      this.#describe(this.#next, object, type);
      this.#references.of(object, type, !this.#guesses.has(this.#next), refer);
      if (type.kind === "type") this.#sharedNames(object);
      this.#next++;
    }
  }

  /** Adds the names of attributes that the instances of a class share: the class owns them. */
  #sharedNames(object: number): void {
    const name = this.#graph.strings.number("(attribute name)");
    this.#dicts.sharedNames(this.#types.at(object), (key) => this.#graph.edge(EDGE.internal, name, this.#nodeOf(key)));
  }

  #describe(node: number, object: number, type: TypeInfo): void {
    const graph = this.#graph;
    graph.describe(node, this.#ownBytes(node, object, type), this.#values.numberOf(object, type));
    const isStatic = !this.#blocks.isDynamic(object);
    const isImmortal = this.#memory.word(object) >= IMMORTAL;
    const isShared = this.#isShared(object, type, isStatic);
    graph.flag(node, (isStatic ? FLAG.static : 0) | (isImmortal ? FLAG.immortal : 0) | (isShared ? FLAG.shared : 0));
  }

  /** Whether this object is the only one with its value, and everything that uses the value shares it (FLAG.shared). */
  #isShared(object: number, { kind }: TypeInfo, isStatic: boolean): boolean {
    if (kind === "str") return isInterned(this.#memory, object);
    if (kind === "tuple") return isStatic && this.#memory.sizeOf(object) === 0;
    return isStatic && (kind === "int" || kind === "bytes");
  }

  /** The bytes of the object's block, and of the blocks that only it uses. */
  #ownBytes(node: number, object: number, type: TypeInfo): number {
    const { hookBytes } = this.#from;
    let bytes = this.#f.blocks_claim(object, type.before + hookBytes) >>> 0;
    if (type.kind === "int" || type.kind === "float" || type.kind === "tuple") return bytes;
    for (const buffer of this.#buffers.of(object, type)) {
      if (buffer !== 0) bytes += this.#f.blocks_claim_buffer(node, buffer, hookBytes) >>> 0;
    }
    return bytes;
  }

  /** Finds objects that the collector knows and nothing led to. */
  #findTracked(): void {
    this.#from.python.PyUnstable_GC_VisitObjects(this.#functions.findIndex, 0);
    this.#f.refs_found();
  }

  /**
   * Finds objects that the collector does not know and only C code holds: blocks that nobody claimed, whose contents
   * have a known type.
   */
  #findInBlocks(): void {
    const { hookBytes } = this.#from;
    this.#from.poolBlocks(this.#blocks.poolsWithUnclaimed(this.#graph.store, "object"), (address, size) => {
      if (this.#f.blocks_is_claimed(address) === 0) this.#findInBlock(address + hookBytes, size);
    });
  }

  /** Gives blocks that are no objects to the objects that refer to them, and names the variables of closures. */
  #finish(): { readonly loose: LooseBlocks; readonly owners: LooseOwners } {
    const graph = this.#graph;
    const loose = new LooseBlocks(this.#memory, graph, this.#blocks, this.#from.hookBytes);
    const { hookBytes } = this.#from;
    for (const domain of POOLED) {
      this.#from.poolBlocks(this.#blocks.poolsWithUnclaimed(graph.store, domain), (address, size) => {
        if (this.#f.blocks_is_claimed(address) !== 0) return;
        const object = address + hookBytes;
        const isKept = this.#isKept(object, size) || (domain === "object" && this.#isKeptFloat(object, size));
        if (!isKept) loose.mark(address);
      });
    }
    this.#reader.finish(graph.groupCount);
    const owners = new LooseOwners(graph, loose);
    owners.claim();
    return { loose, owners };
  }

  #findInBlock(start: number, size: number): void {
    // What a freed object has left in its block may look like another object further on.
    if (this.#isKept(start, size)) return;
    for (const front of FRONTS) {
      const object = start + front;
      if (!this.#isObject(object) || !this.#fits(object, front, size)) continue;
      const { isCollected, kind } = this.#typeOf(object);
      // The collector knows all objects of the other types that it supports. While it collects, what it is about to free
      // is in a list of its own, which is not known.
      if (isCollected && kind !== "tuple" && kind !== "dict" && !this.#memory.isTracked(object)) continue;
      this.#guesses.add(this.#nodeOf(object));
      return;
    }
  }

  /** Whether a block of `size` bytes has room for an object of the type that the object has, with `front` bytes in front of it. */
  #fits(object: number, front: number, size: number): boolean {
    const { before, basicSize, kind } = this.#typeOf(object);
    const items = kind === "tuple" ? this.#memory.sizeOf(object) : 0;
    return before === front && front + basicSize + 4 * items <= size;
  }

  /** Whether CPython keeps a block for the next object of a type: a freed object is in it. */
  #isKept(start: number, size: number): boolean {
    return FRONTS.some((front) => {
      const object = start + front;
      return this.#hasType(object) && !this.#isCounted(object) && this.#fits(object, front, size);
    });
  }

  /** Whether a block has a freed float that has the address of the next one in place of its type; the last one has 0. */
  #isKeptFloat(float: number, size: number): boolean {
    const memory = this.#memory;
    if (!this.#from.layout.linksFloats || size >= 2 * FLOAT.bytes + 2 * this.#from.hookBytes) return false;
    const next = memory.typeOf(float);
    return memory.word(float) === 0 && (next === 0 || (this.#blocks.isDynamic(next) && memory.word(next) === 0));
  }

  /**
   * Whether there is an object at an address, as far as memory tells. A freed object that is kept for reuse does not
   * count.
   */
  #isObject(object: number): boolean {
    return this.#hasType(object) && this.#isCounted(object);
  }

  /** Whether the word of the type that an object at this address would have is the address of a type. */
  #hasType(object: number): boolean {
    const memory = this.#memory;
    const type = memory.typeOf(object);
    if ((object & 3) !== 0 || (type & 3) !== 0 || this.#f.nodes_find(type) < 0) return false;
    return (memory.word(memory.typeOf(type) + TYPE.flags) & TYPE_FLAG.type) !== 0;
  }

  /** Whether an object has references. In a freed one that is kept for reuse, this word is 0, or the address of the next such object. */
  #isCounted(object: number): boolean {
    const references = this.#memory.word(object);
    return references !== 0 && (references <= MOST_REFERENCES || references >= IMMORTAL);
  }

  /** How Python would write a key. */
  #keyText(key: number): string {
    const type = this.#typeOf(key);
    const text = this.#values.of(key, type);
    if (type.kind === "str") return literal(text);
    return text === "" || /^\d+ items?$/.test(text) ? `<${type.name}>` : text;
  }
}

/** The graph of an interpreter's objects and memory. */
export function walkPython(from: WalkedPython, functions: WalkFunctions): ObjectGraph {
  try {
    return new Walk(from, functions).run();
  } finally {
    functions.end();
  }
}
