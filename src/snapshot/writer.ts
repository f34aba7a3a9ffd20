// Writes a graph as a `.heapsnapshot`, in pieces, so it needs no more memory than one piece.

import { NODE, type ObjectGraph } from "./graph.js";
import { EDGE_TYPE_OF, META, NODE_FIELDS, NODE_TYPE_OF } from "./heapsnapshot.js";
import { StackRows } from "./stack-rows.js";

/** Takes the next bytes of a snapshot. They are only valid during the call. */
export type SnapshotSink = (bytes: Uint8Array) => void;

const PIECE = 65_536;
/** The most bytes of a number in a row, with its comma. */
const MOST_DIGITS = 17;
/** Strings that are made JSON at a time. */
const STRINGS_AT_ONCE = 256;
const ENCODER = new TextEncoder();
const ZERO = 48;
const COMMA = 44;
const NEWLINE = 10;

/** Writes numbers and texts as UTF-8, and passes a piece on when it is full. */
class Pieces {
  readonly #sink: SnapshotSink;
  readonly #bytes = new Uint8Array(PIECE);
  #length = 0;

  constructor(sink: SnapshotSink) {
    this.#sink = sink;
  }

  flush(): void {
    if (this.#length > 0) this.#sink(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
  }

  text(text: string): void {
    const bytes = ENCODER.encode(text);
    for (let at = 0; at < bytes.length; ) {
      if (this.#length === PIECE) this.flush();
      const part = bytes.subarray(at, at + PIECE - this.#length);
      this.#bytes.set(part, this.#length);
      this.#length += part.length;
      at += part.length;
    }
  }

  /** Makes room for a row of so many numbers. */
  room(numbers: number): void {
    if (this.#length > PIECE - MOST_DIGITS * numbers) this.flush();
  }

  /** Writes a whole number, and a comma before it unless it is the first one. There must be room. */
  number(value: number, isFirst = false): void {
    const bytes = this.#bytes;
    if (!isFirst) bytes[this.#length++] = COMMA;
    let digits = 1;
    for (let least = 10; value >= least; least *= 10) digits++;
    this.#length += digits;
    let rest = value;
    for (let k = 1; k <= digits; k++) {
      const tenth = Math.floor(rest / 10);
      bytes[this.#length - k] = ZERO + (rest - 10 * tenth);
      rest = tenth;
    }
  }

  endRow(): void {
    this.#bytes[this.#length++] = NEWLINE;
  }
}

/** Texts as JSON, with commas between them. JSON escapes half a surrogate pair, which has no UTF-8. */
const quoted = (texts: readonly string[]) => JSON.stringify(texts).slice(1, -1);

/** The trace node of a graph's node: 0 if nothing is known of its allocation. */
function traceNodeOf({ stacks }: ObjectGraph, node: number): number {
  const stack = stacks?.nodes[node] ?? 0;
  return stack === 0 ? 0 : stack + 1;
}

/** Writes the stacks. Returns the strings of their functions; the first one has the number `firstString`. */
function writeStacks(out: Pieces, stacks: StackRows | undefined, firstString: number): string[] {
  const numbers = new Map<string, number>();
  const files = new Map<string, number>();
  const numberIn = (texts: Map<string, number>, text: string): number => {
    const number = texts.get(text) ?? texts.size + 1;
    texts.set(text, number);
    return number;
  };
  out.text('],\n"trace_function_infos":[');
  stacks?.places.forEach(({ function: { name, file }, line }, k) => {
    const [nameAt, fileAt] = [name, file].map((text) => firstString + numberIn(numbers, text) - 1);
    out.room(6);
    out.number(k, k === 0);
    for (const value of [nameAt, fileAt, numberIn(files, file), line, 0]) out.number(value as number);
    out.endRow();
  });
  out.text('],\n"trace_tree":[');
  stacks?.writeTree((text) => out.text(text));
  return [...numbers.keys()];
}

/** Writes the whole graph. */
export function writeHeapSnapshot(graph: ObjectGraph, sink: SnapshotSink): void {
  const out = new Pieces(sink);
  const { nodeCount, edgeCount } = graph;
  const stacks = graph.stacks && new StackRows(graph.stacks, graph.sizes);
  const traces = stacks ? stacks.places.length : 0;
  const counts = { node_count: nodeCount, edge_count: edgeCount, trace_function_count: traces, extra_native_bytes: 0 };
  out.text(`{"snapshot":${JSON.stringify({ meta: META, ...counts })},\n"nodes":[`);
  const { kinds, types, values, sizes, ids, flags, firstEdge } = graph;
  for (let k = 0; k < nodeCount; k++) {
    const kind = kinds[k] as number;
    const value = values[k] as number;
    // V8 shows the name of a string node as its value.
    const name = kind === NODE.string ? value : (types[k] as number);
    const edges = (firstEdge[k + 1] as number) - (firstEdge[k] as number);
    const own = kind === NODE.string ? (types[k] as number) : value;
    out.room(9);
    out.number(NODE_TYPE_OF[kind] as number, k === 0);
    out.number(name);
    out.number(ids[k] as number);
    out.number(sizes[k] as number);
    out.number(edges);
    out.number(traceNodeOf(graph, k));
    out.number(0);
    out.number(own);
    out.number(flags[k] as number);
    out.endRow();
  }
  out.text('],\n"edges":[');
  const { edgeKinds, edgeNames, targets } = graph;
  for (let k = 0; k < edgeCount; k++) {
    out.room(3);
    out.number(EDGE_TYPE_OF[edgeKinds[k] as number] as number, k === 0);
    out.number(edgeNames[k] as number);
    out.number((targets[k] as number) * NODE_FIELDS.length);
    out.endRow();
  }
  const more = writeStacks(out, stacks, graph.strings.length);
  out.text('],\n"samples":[],\n"locations":[],\n"strings":[');
  const { strings } = graph;
  for (let k = 0; k < strings.length; k += STRINGS_AT_ONCE) {
    out.text(`${k === 0 ? "" : ",\n"}${quoted(strings.slice(k, k + STRINGS_AT_ONCE))}`);
  }
  if (more.length > 0) out.text(`,\n${quoted(more)}`);
  out.text("]}\n");
  out.flush();
}
