// Writes the rows of a graph. core/graph/rows.ts makes their text, a few hundred rows at a time.

import { lazyModule } from "../core/base64.js";
import { ROWS_BASE64 } from "../core/rows.generated.js";
import type { ObjectGraph, Sizes } from "./graph.js";
import { EDGE_TYPE_OF, NODE_TYPE_OF } from "./heapsnapshot.js";

/** What core/graph/rows.ts exports: its columns are addresses. */
interface RowsModule extends Readonly<Record<NodeColumn | EdgeColumn | "nodeTypes" | "edgeTypes" | "text", number>> {
  readonly memory: WebAssembly.Memory;
  readonly ROWS: number;
  rows_nodes(count: number): number;
  rows_edges(count: number): number;
  rows_buffers(count: number): number;
}

type NodeColumn = "kinds" | "types" | "values" | "sizes" | "ids" | "flags" | "firstEdge" | "stacks";
type EdgeColumn = "kinds" | "names" | "targets";
type Numbers = Uint8Array | Sizes;

const compiledRows = lazyModule(ROWS_BASE64);

function rowsModule(): RowsModule {
  const { exports } = new WebAssembly.Instance(compiledRows(), {});
  const values = Object.entries(exports).map(([name, value]) => [
    name,
    value instanceof WebAssembly.Global ? (value.value as number) : value,
  ]);
  return Object.fromEntries(values) as unknown as RowsModule;
}

export class Rows {
  readonly #module = rowsModule();
  readonly #bytes = new Uint8Array(this.#module.memory.buffer);
  readonly #words = new Uint32Array(this.#module.memory.buffer);

  constructor() {
    const set = (at: number, types: Readonly<Record<number, number>>) => {
      for (const [kind, type] of Object.entries(types)) this.#bytes[at + Number(kind)] = type;
    };
    set(this.#module.nodeTypes, NODE_TYPE_OF);
    set(this.#module.edgeTypes, EDGE_TYPE_OF);
  }

  nodes(graph: ObjectGraph, write: (text: Uint8Array) => void): void {
    const { kinds, types, values, sizes, ids, flags, firstEdge } = graph;
    const { ROWS } = this.#module;
    for (let from = 0; from < graph.nodeCount; from += ROWS) {
      const count = Math.min(ROWS, graph.nodeCount - from);
      const copy = (name: NodeColumn, column: Numbers, more = 0) => this.#copy(name, column, from, count + more);
      copy("kinds", kinds);
      copy("types", types);
      copy("values", values);
      copy("sizes", sizes);
      copy("ids", ids);
      copy("flags", flags);
      copy("firstEdge", firstEdge, 1);
      if (graph.stacks) copy("stacks", graph.stacks.nodes);
      this.#write(from, this.#module.rows_nodes(count), write);
    }
  }

  edges({ edgeCount, edgeKinds, edgeNames, targets }: ObjectGraph, write: (text: Uint8Array) => void): void {
    const { ROWS } = this.#module;
    for (let from = 0; from < edgeCount; from += ROWS) {
      const count = Math.min(ROWS, edgeCount - from);
      this.#copy("kinds", edgeKinds, from, count);
      this.#copy("names", edgeNames, from, count);
      this.#copy("targets", targets, from, count);
      this.#write(from, this.#module.rows_edges(count), write);
    }
  }

  buffers({ bufferOwners, bufferAddresses }: ObjectGraph, write: (text: Uint8Array) => void): void {
    const { ROWS } = this.#module;
    for (let from = 0; from < bufferOwners.length; from += ROWS) {
      const count = Math.min(ROWS, bufferOwners.length - from);
      this.#copy("targets", bufferOwners, from, count);
      this.#copy("names", bufferAddresses, from, count);
      this.#write(from, this.#module.rows_buffers(count), write);
    }
  }

  #copy(name: NodeColumn | EdgeColumn, column: Numbers, from: number, count: number): void {
    const at = this.#module[name];
    const part = column.subarray(from, from + count);
    if (part instanceof Uint8Array) this.#bytes.set(part, at);
    else this.#words.set(part, at >>> 2);
  }

  /** Passes the text on, without the comma before the first number of all. */
  #write(from: number, length: number, write: (text: Uint8Array) => void): void {
    const { text } = this.#module;
    write(this.#bytes.subarray(text + (from === 0 ? 1 : 0), text + length));
  }
}
