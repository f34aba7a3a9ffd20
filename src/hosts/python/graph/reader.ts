// Reads the objects of the most frequent kinds, by a module over the interpreter's memory: core/graph/reader.ts.

import { lazyModule } from "../../../core/base64.js";
import { READER_BASE64 } from "../../../core/reader.generated.js";
import type { GraphBuilder } from "../../../snapshot/builder.js";
import { EDGE } from "../../../snapshot/graph.js";
import type { ObjectLayout } from "../versions/layout.js";
import { CELL, FUNCTION } from "./layout.js";
import type { Kind, TypeInfo } from "./types.js";

/** What core/graph/reader.ts exports. */
interface ReaderModule {
  reader_begin(
    tupleItems: number,
    valuesBegin: number,
    tagsValues: boolean,
    hookBytes: number,
    visitor: number,
    end: number,
    keyName: number,
    dictName: number,
  ): void;
  reader_follow(from: number, areWhole: boolean): number;
  reader_finish(from: number): void;
}

/** Numbers that core/graph/reader.ts exports. */
type Constant =
  | "STR"
  | "INT"
  | "FLOAT"
  | "BYTES"
  | "LIST"
  | "TUPLE"
  | "DICT"
  | "SET"
  | "PLAIN"
  | "BEFORE_SHIFT"
  | "MANAGED_DICT"
  | "INLINE_VALUES"
  | "TRAVERSES"
  | "CLOSES";

/** How the module reads objects whose type is built in, and not derived from a built-in one. */
const EXACT: Partial<Record<Kind, Constant>> = {
  ...{ str: "STR", int: "INT", float: "FLOAT", bytes: "BYTES", list: "LIST", tuple: "TUPLE" },
  ...{ dict: "DICT", set: "SET", frozenset: "SET" },
};
/** Kinds of objects for which the module needs no special code: the type tells where all their references are. */
const PLAIN: ReadonlySet<Kind | undefined> = new Set<Kind | undefined>([
  ...[undefined, "function", "cell", "exception", "traceback", "builtin_function_or_method"],
] as const);
/**
 * This many bytes at the end of the memory are not read. Only an object's first 64 bytes are known to be in the memory, and
 * its fields may come later.
 */
const MARGIN = 256;

const readerModule = lazyModule(READER_BASE64);

/** The parts of an interpreter's module that are needed. */
export interface ReadModule {
  readonly memory: WebAssembly.Memory;
}

export interface ReaderOptions {
  readonly layout: ObjectLayout;
  readonly hookBytes: number;
  /** The index in the interpreter's table at which the graph's visitproc is. */
  readonly visitor: number;
  /** Calls a tp_traverse by its index in the table: callerOf. */
  readonly traverse: WebAssembly.ExportValue;
  /** The numbers of the texts for a key, and for an attribute. */
  readonly keyName: (key: number) => number;
  readonly attributeName: (key: number) => number;
}

export class Reader {
  readonly #f: ReaderModule;
  readonly #constants: Readonly<Record<Constant, WebAssembly.Global>>;
  readonly #graph: GraphBuilder;

  constructor(python: ReadModule, graph: GraphBuilder, options: ReaderOptions) {
    const { layout, hookBytes, visitor, traverse, keyName, attributeName } = options;
    const { exports } = new WebAssembly.Instance(readerModule(), {
      env: { memory: python.memory },
      graph: graph.store.f,
      host: { traverse, keyName, attributeName },
    });
    this.#f = exports as unknown as ReaderModule;
    this.#constants = exports as unknown as Record<Constant, WebAssembly.Global>;
    this.#graph = graph;
    const text = (name: string) => graph.strings.number(name);
    graph.store.f.types_begin(text("__class__"), text("(field)"));
    const { tupleItems, valuesBegin, tagsValues } = layout;
    const end = python.memory.buffer.byteLength - MARGIN;
    this.#f.reader_begin(
      ...[tupleItems, valuesBegin],
      tagsValues,
      ...[hookBytes, visitor, end, text("(key)"), text("__dict__")],
    );
  }

  #constant(name: Constant): number {
    return this.#constants[name].value as number;
  }

  /** How the module reads the objects of a type; 0: the host reads them. (A test makes the host read all.) */
  howToRead(type: TypeInfo): number {
    const how = type.isExact ? EXACT[type.kind as Kind] : undefined;
    if (how !== undefined) return this.#constant(how);
    return PLAIN.has(type.kind) && type.isGcIndex === 0 ? this.#constant("PLAIN") : 0;
  }

  /** What the module has to know about a type that it reads as plain. */
  #flagsOf({ hasManagedDict, hasInlineValues, traverseIndex, isCollected }: TypeInfo): number {
    return (
      (hasManagedDict ? this.#constant("MANAGED_DICT") : 0) |
      (hasInlineValues ? this.#constant("INLINE_VALUES") : 0) |
      (traverseIndex !== 0 && isCollected ? this.#constant("TRAVERSES") : 0)
    );
  }

  /** Adds the references that objects of a type have at known offsets. Returns how many there are. */
  #addFields(type: TypeInfo): number {
    const { store, strings } = this.#graph;
    let count = 0;
    const field = (offset: number, kind: number, name: number) => {
      store.f.types_field(offset, kind, name);
      count++;
    };
    for (const { offset, name } of type.fields) field(offset, EDGE.attribute, name);
    if (type.dictOffset > 0) field(type.dictOffset, EDGE.internal, strings.number("__dict__"));
    if (type.kind === "cell") field(CELL.content, EDGE.cell, strings.number("cell_contents"));
    return count;
  }

  /** Adds a type. The module reads the objects of the type itself if it can; otherwise the host reads them. */
  addType(type: TypeInfo): void {
    const { f } = this.#graph.store;
    for (const offset of type.words) f.types_word(offset);
    const how = this.howToRead(type);
    const fields = this.#addFields(type);
    const info =
      how |
      (how === this.#constant("PLAIN") ? this.#flagsOf(type) : 0) |
      (type.kind === "function" ? this.#constant("CLOSES") : 0) |
      (type.before << this.#constant("BEFORE_SHIFT"));
    // The value of a function is its qualified name.
    const valueOffset = type.kind === "function" ? FUNCTION.qualifiedName : 0;
    const { address, nameNumber, traverseIndex, basicSize, cachedKeys } = type;
    f.types_add(
      ...[address, nameNumber, info, traverseIndex, basicSize, cachedKeys, valueOffset],
      ...[fields, type.words.length],
    );
  }

  /**
   * Reads nodes and their references from a node on, and the nodes that the references add, until one has to be read by the host.
   * Returns the number of that node. `areWhole` is false if objects can be half made.
   */
  follow(from: number, areWhole: boolean): number {
    return this.#f.reader_follow(from, areWhole);
  }

  /** Notes the loose blocks to which objects refer, and names the variables of closures; for all nodes from `from` on. */
  finish(from: number): void {
    this.#f.reader_finish(from);
  }
}
