// Reads a `.heapsnapshot`, ours or V8's, into the columns of a graph. It reads in pieces, because a file can be longer
// than the longest string.

import { type Column, words } from "./columns.js";
import { EDGE, NODE, type ObjectGraph } from "./graph.js";
import { BUFFER_FIELDS } from "./heapsnapshot.js";

/** The file is not a heap snapshot, or it is broken. */
export class BrokenSnapshot extends Error {
  override readonly name = "BrokenSnapshot";

  /** What is wrong with a file of this name. */
  about(file: string): string {
    return `${file} is not a heap snapshot, or is broken: ${this.message}`;
  }
}

/** The ending of the name of a snapshot's file. Reports leave it out. */
export const SNAPSHOT_ENDING = /\.heapsnapshot$/;

const QUOTE = 34;
const BACKSLASH = 92;
const COMMA = 44;
const OPEN = 91;
const CLOSE = 93;
const DEEPER = [OPEN, 123];
const UP = [CLOSE, 125];
const DECODER = new TextDecoder();

/** Collects the bytes of one value. */
class Scratch {
  #bytes = new Uint8Array(256);
  #length = 0;

  push(byte: number): void {
    if (this.#length === this.#bytes.length) {
      const grown = new Uint8Array(this.#length * 2);
      grown.set(this.#bytes);
      this.#bytes = grown;
    }
    this.#bytes[this.#length++] = byte;
  }

  /** The value of the collected bytes, which must be JSON. Collecting then starts again. */
  parse(): unknown {
    const text = DECODER.decode(this.#bytes.subarray(0, this.#length));
    this.#length = 0;
    try {
      return JSON.parse(text);
    } catch {
      throw new BrokenSnapshot(`${text.slice(0, 40)} is not JSON`);
    }
  }
}

/** The bytes of a file. */
class Input {
  readonly #pieces: Iterator<Uint8Array>;
  #piece: Uint8Array = new Uint8Array(0);
  #at = 0;
  offset = 0;
  /** The value that is being read. A reader that fails in the middle of a value leaves nothing to the next one. */
  readonly scratch = new Scratch();

  constructor(pieces: Iterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.iterator]();
  }

  /** The next byte, without moving on; -1 at the end. */
  peek(): number {
    while (this.#at === this.#piece.length) {
      const { done, value } = this.#pieces.next();
      if (done) return -1;
      this.#piece = value;
      this.#at = 0;
    }
    return this.#piece[this.#at] as number;
  }

  take(): number {
    const byte = this.peek();
    if (byte < 0) throw new BrokenSnapshot("it ends in the middle");
    this.#at++;
    this.offset++;
    return byte;
  }

  /** Moves to the next byte that is not white space, and returns it without moving past it. */
  token(): number {
    for (;;) {
      const byte = this.peek();
      if (byte !== 32 && byte !== 10 && byte !== 13 && byte !== 9) return byte;
      this.take();
    }
  }

  expect(byte: number): void {
    if (this.token() !== byte) {
      throw new BrokenSnapshot(`there is no "${String.fromCharCode(byte)}" at byte ${this.offset}`);
    }
    this.take();
  }

  /** Moves past the next token if it is this byte. Returns whether it was. */
  skip(byte: number): boolean {
    if (this.token() !== byte) return false;
    this.take();
    return true;
  }
}

function readString(input: Input): string {
  input.expect(QUOTE);
  input.scratch.push(QUOTE);
  for (;;) {
    const byte = input.take();
    input.scratch.push(byte);
    if (byte === BACKSLASH) input.scratch.push(input.take());
    else if (byte === QUOTE) return input.scratch.parse() as string;
  }
}

/** Reads any value. */
function readValue(input: Input): unknown {
  if (input.token() === QUOTE) return readString(input);
  let depth = 0;
  let isText = false;
  for (;;) {
    const next = isText ? input.peek() : input.token();
    if (depth === 0 && !isText && (next === COMMA || UP.includes(next) || next < 0)) return input.scratch.parse();
    const byte = input.take();
    input.scratch.push(byte);
    if (isText) {
      if (byte === BACKSLASH) input.scratch.push(input.take());
      else isText = byte !== QUOTE;
    } else if (byte === QUOTE) isText = true;
    else if (DEEPER.includes(byte)) depth++;
    else if (UP.includes(byte)) depth--;
  }
}

const MOST = 2 ** 32 - 1;

/**
 * Reads a list of whole numbers. A number above 2^32 - 1 is stored as 2^32 - 1, and its true value in `larger`, by its index; without
 * `larger` it is not valid.
 */
function readNumbers(input: Input, larger?: Map<number, number>): Uint32Array {
  const column: Column<Uint32Array> = words();
  input.expect(OPEN);
  if (input.skip(CLOSE)) return column.view;
  for (;;) {
    let byte = input.token();
    let value = 0;
    let digits = 0;
    for (; byte >= 48 && byte <= 57; byte = input.peek(), digits++) {
      value = value * 10 + (byte - 48);
      input.take();
    }
    if (digits === 0 || value > (larger ? Number.MAX_SAFE_INTEGER : MOST))
      throw new BrokenSnapshot(`there is no valid number at byte ${input.offset}`);
    if (value > MOST) larger?.set(column.length, value);
    column.push(Math.min(value, MOST));
    if (input.skip(CLOSE)) return column.view;
    input.expect(COMMA);
  }
}

function readStrings(input: Input): string[] {
  const list: string[] = [];
  input.expect(OPEN);
  if (input.skip(CLOSE)) return list;
  for (;;) {
    list.push(readString(input));
    if (input.skip(CLOSE)) return list;
    input.expect(COMMA);
  }
}

interface Meta {
  readonly node_fields: readonly string[];
  readonly node_types: readonly unknown[];
  readonly edge_fields: readonly string[];
  readonly edge_types: readonly unknown[];
  /** undefined in V8's own files. */
  readonly buffer_fields?: unknown;
}

interface Parts {
  meta?: Meta;
  nodes?: Uint32Array;
  /** The numbers of `nodes` that do not fit 32 bits, by index. */
  readonly larger: Map<number, number>;
  edges?: Uint32Array;
  strings?: string[];
  buffers?: Uint32Array;
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === "string");

function metaOf(snapshot: unknown): Meta {
  const { meta } = (snapshot ?? {}) as { meta?: Partial<Meta> };
  if (!meta || !isTexts(meta.node_fields) || !isTexts(meta.edge_fields)) {
    throw new BrokenSnapshot("it does not say what its numbers mean");
  }
  if (!isTexts(meta.node_types?.[0]) || !isTexts(meta.edge_types?.[0])) {
    throw new BrokenSnapshot("it does not name the types of nodes and edges");
  }
  return meta as Meta;
}

function readParts(input: Input): Parts {
  const parts: Parts = { larger: new Map() };
  input.expect(123);
  do {
    const name = readString(input);
    input.expect(58);
    if (name === "snapshot") parts.meta = metaOf(readValue(input));
    else if (name === "nodes") parts.nodes = readNumbers(input, parts.larger);
    else if (name === "edges") parts.edges = readNumbers(input);
    else if (name === "buffers" && parts.meta?.buffer_fields) parts.buffers = readNumbers(input);
    else if (name === "strings") parts.strings = readStrings(input);
    else readValue(input);
  } while (input.skip(COMMA));
  input.expect(125);
  if (input.token() >= 0) throw new BrokenSnapshot(`something follows its end, at byte ${input.offset}`);
  return parts;
}

const KINDS: Readonly<Record<string, number>> = {
  string: NODE.string,
  "concatenated string": NODE.string,
  "sliced string": NODE.string,
  native: NODE.memory,
  synthetic: NODE.synthetic,
};

const EDGE_KINDS: Readonly<Record<string, number>> = {
  element: EDGE.index,
  hidden: EDGE.index,
  weak: EDGE.weak,
  property: EDGE.attribute,
  context: EDGE.local,
};

/** Reads a snapshot. Throws BrokenSnapshot if it is not one, or if it is not complete. */
export function readHeapSnapshot(pieces: Iterable<Uint8Array>): ObjectGraph {
  const { meta, nodes, larger, edges, strings, buffers } = readParts(new Input(pieces));
  if (!meta || !nodes || !edges || !strings) throw new BrokenSnapshot("it has no nodes, edges and strings");
  const graph = graphOf(meta, nodes, larger, edges, strings);
  return { ...graph, ...buffersOf(buffers ?? new Uint32Array(0), meta.node_fields.length, graph.nodeCount) };
}

function buffersOf(buffers: Uint32Array, width: number, nodeCount: number) {
  const step = BUFFER_FIELDS.length;
  const bufferOwners = new Uint32Array(buffers.length / step);
  const bufferAddresses = new Uint32Array(bufferOwners.length);
  for (let k = 0; k < buffers.length; k += step) {
    const node = (buffers[k] as number) / width;
    if (!(node < nodeCount) || !Number.isInteger(node) || k + 1 === buffers.length)
      throw new BrokenSnapshot(`buffer ${k / step} belongs to no node`);
    bufferOwners[k / step] = node;
    bufferAddresses[k / step] = buffers[k + 1] as number;
  }
  return { bufferAddresses, bufferOwners };
}

function graphOf(
  meta: Meta,
  nodes: Uint32Array,
  larger: ReadonlyMap<number, number>,
  edges: Uint32Array,
  strings: string[],
) {
  const width = meta.node_fields.length;
  const nodeCount = nodes.length / width;
  const field = (name: string): number => meta.node_fields.indexOf(name);
  const [type, name, id, size, edgeCountAt] = ["type", "name", "id", "self_size", "edge_count"].map(field);
  const value = field("value");
  const isOurs = value >= 0;
  const flagsAt = field("flags");
  const typeNames = meta.node_types[0] as string[];
  const edgeCount = edges.length / meta.edge_fields.length;
  const at = (node: number, offset: number | undefined): number => nodes[node * width + (offset ?? -1)] ?? 0;
  if (
    !Number.isInteger(nodeCount) ||
    nodeCount === 0 ||
    [type, name, id, size, edgeCountAt].some((k) => (k ?? -1) < 0)
  ) {
    throw new BrokenSnapshot("its list of nodes is not whole");
  }
  for (const k of larger.keys()) {
    if (k % width !== size) throw new BrokenSnapshot(`node ${Math.floor(k / width)} has a number that is too large`);
  }
  const column = () => new Uint32Array(nodeCount);
  const [types, values, ids] = [column(), column(), column()];
  const sizes = larger.size > 0 ? new Float64Array(nodeCount) : column();
  const [kinds, flags] = [new Uint8Array(nodeCount), new Uint8Array(nodeCount)];
  const firstEdge = new Uint32Array(nodeCount + 1);
  const classOf = isOurs ? undefined : v8Classes(strings);
  const isText = (number: number) => number < strings.length;
  for (let node = 0; node < nodeCount; node++) {
    const v8Type = typeNames[at(node, type)] ?? "";
    const kind = isOurs && v8Type === "code" ? NODE.frame : (KINDS[v8Type] ?? NODE.object);
    const text = at(node, name);
    if (!isText(text)) throw new BrokenSnapshot(`node ${node} has no name`);
    kinds[node] = kind;
    if (classOf) [types[node], values[node]] = classOf(v8Type, text);
    else if (kind === NODE.string) [types[node], values[node]] = [at(node, value), text];
    else [types[node], values[node]] = [text, at(node, value)];
    sizes[node] = larger.get(node * width + (size ?? 0)) ?? at(node, size);
    ids[node] = at(node, id);
    flags[node] = flagsAt < 0 ? 0 : at(node, flagsAt);
    const end = (firstEdge[node] as number) + at(node, edgeCountAt);
    if (end > edgeCount) throw new BrokenSnapshot(`node ${node} has edges that are not there`);
    firstEdge[node + 1] = end;
    if (!isText(types[node] as number) || !isText(values[node] as number))
      throw new BrokenSnapshot(`node ${node} has no type or value`);
  }
  return {
    nodeCount,
    firstEdge,
    kinds,
    types,
    values,
    sizes,
    ids,
    flags,
    strings,
    ...edgesOf(meta, edges, strings, width, firstEdge),
  };
}

/** V8's types of nodes whose name is the class of the object. The name of every other node is its text, or the name of a function. */
const NAMED_BY_CLASS: readonly string[] = ["object", "native", "synthetic"];
/** What DevTools calls the classes of other types that are not the type in parentheses. */
const V8_CLASSES: Readonly<Record<string, string>> = {
  ...{ hidden: "(system)", code: "(compiled code)" },
  ...{ closure: "Function", regexp: "RegExp" },
};
/** The longest value of a node, in UTF-16 units. */
const LONGEST_VALUE = 100;

/**
 * For a snapshot of V8's own: gives the class and the value of a node, as numbers of strings, by its type and the number of its name. The
 * classes are those of DevTools. Adds to `strings`, whose first element becomes the empty text: V8 has a filler there.
 */
function v8Classes(strings: string[]): (v8Type: string, name: number) => readonly [number, number] {
  if (strings[0] === "<dummy>") strings[0] = "";
  const added = new Map<string, number>();
  const add = (text: string): number => {
    const known = added.get(text);
    if (known !== undefined) return known;
    added.set(text, strings.push(text) - 1);
    return strings.length - 1;
  };
  return (v8Type, name) => {
    if (NAMED_BY_CLASS.includes(v8Type)) return [name, 0];
    const text = strings[name] as string;
    const type = V8_CLASSES[v8Type] ?? `(${v8Type})`;
    // V8 does not say what is in a concatenated string: its name is its class.
    if (text === type) return [add(type), 0];
    return [add(type), text.length <= LONGEST_VALUE ? name : add(`${text.slice(0, LONGEST_VALUE)}…`)];
  };
}

function edgesOf(meta: Meta, edges: Uint32Array, strings: string[], width: number, firstEdge: Uint32Array) {
  const nodeCount = firstEdge.length - 1;
  const step = meta.edge_fields.length;
  const edgeCount = edges.length / step;
  const [type = -1, name = -1, to = -1] = ["type", "name_or_index", "to_node"].map((text) =>
    meta.edge_fields.indexOf(text),
  );
  if (edgeCount !== firstEdge[nodeCount] || type < 0 || name < 0 || to < 0) {
    throw new BrokenSnapshot("its list of edges is not whole");
  }
  const typeNames = meta.edge_types[0] as string[];
  const edgeKinds = new Uint8Array(edgeCount);
  const edgeNames = new Uint32Array(edgeCount);
  const targets = new Uint32Array(edgeCount);
  for (let edge = 0; edge < edgeCount; edge++) {
    const kind = EDGE_KINDS[typeNames[edges[edge * step + type] as number] ?? ""] ?? EDGE.internal;
    const text = edges[edge * step + name] as number;
    const target = (edges[edge * step + to] as number) / width;
    if (!(target < nodeCount) || !Number.isInteger(target)) throw new BrokenSnapshot(`edge ${edge} leads to no node`);
    if (kind !== EDGE.index && text >= strings.length) throw new BrokenSnapshot(`edge ${edge} has no name`);
    const isKey = kind === EDGE.attribute && (strings[text] as string).startsWith("[");
    edgeKinds[edge] = isKey ? EDGE.key : kind;
    edgeNames[edge] = text;
    targets[edge] = target;
  }
  return { edgeCount, edgeKinds, edgeNames, targets };
}
