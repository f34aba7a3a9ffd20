// Writes a graph as a `.heapsnapshot`, in pieces, so that writing needs little memory.

import type { ObjectGraph } from "./graph.js";
import { META } from "./heapsnapshot.js";
import { Rows } from "./rows.js";
import { StackRows } from "./stack-rows.js";

/** Takes the next bytes of a snapshot. They are only valid during the call. */
export type SnapshotSink = (bytes: Uint8Array) => void;

const PIECE = 65_536;
/** The number of strings that are converted to JSON at a time. */
const STRINGS_AT_ONCE = 256;
const ENCODER = new TextEncoder();

/** Writes texts as UTF-8, and passes a piece on when it is full. */
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
}

/** Texts as JSON, with commas between them. JSON escapes half a surrogate pair, which has no UTF-8. */
const quoted = (texts: readonly string[]) => JSON.stringify(texts).slice(1, -1);

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
    out.text(`${k === 0 ? "" : ","}${[k, nameAt, fileAt, numberIn(files, file), line, 0].join(",")}\n`);
  });
  out.text('],\n"trace_tree":[');
  stacks?.writeTree((text) => out.text(text));
  return [...numbers.keys()];
}

function writeStrings(out: Pieces, strings: readonly string[]): void {
  for (let k = 0; k < strings.length; k += STRINGS_AT_ONCE) {
    out.text(`${k === 0 ? "" : ",\n"}${quoted(strings.slice(k, k + STRINGS_AT_ONCE))}`);
  }
}

/** Writes the whole graph. */
export function writeHeapSnapshot(graph: ObjectGraph, sink: SnapshotSink): void {
  const out = new Pieces(sink);
  const { nodeCount, edgeCount } = graph;
  const stacks = graph.stacks && new StackRows(graph.stacks, graph.sizes);
  const traces = stacks ? stacks.places.length : 0;
  const counts = { node_count: nodeCount, edge_count: edgeCount, trace_function_count: traces, extra_native_bytes: 0 };
  out.text(`{"snapshot":${JSON.stringify({ meta: META, ...counts })},\n"nodes":[`);
  out.flush();
  const rows = new Rows();
  rows.nodes(graph, sink);
  out.text('],\n"edges":[');
  out.flush();
  rows.edges(graph, sink);
  const more = writeStacks(out, stacks, graph.texts?.count ?? graph.strings.length);
  out.text('],\n"samples":[],\n"locations":[],\n"buffers":[');
  out.flush();
  rows.buffers(graph, sink);
  out.text('],\n"strings":[');
  if (graph.texts) {
    out.flush();
    graph.texts.write(sink);
  } else writeStrings(out, graph.strings);
  if (more.length > 0) out.text(`,\n${quoted(more)}`);
  out.text("]}\n");
  out.flush();
}
