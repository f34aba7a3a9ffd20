// The memory of a graph that is being made, and what works on it: core/graph/, a module with its own memory.

import { lazyModule } from "../core/base64.js";
import { GRAPH_BASE64 } from "../core/graph.generated.js";

/** What the module exports. Texts, nodes and edges are numbers. */
export interface GraphModule extends Readonly<Record<string, WebAssembly.ExportValue>> {
  readonly memory: WebAssembly.Memory;
  store_begin(nodes: number, edges: number): void;
  store_column(column: number): number;
  store_shift(edges: number, nodes: number): void;
  nodes_count(): number;
  nodes_add(kind: number, type: number, id: number): number;
  nodes_type(node: number): number;
  nodes_id(node: number): number;
  nodes_become(node: number, kind: number, type: number): void;
  nodes_begin(): number;
  nodes_describe(node: number, size: number, value: number, flags: number): void;
  nodes_grow(node: number, bytes: number): void;
  nodes_flag(node: number, flags: number): void;
  nodes_find(address: number): number;
  nodes_of(address: number): number;
  edges_count(): number;
  edges_end(begun: number): number;
  edges_rename(node: number, first: number, k: number, kind: number, name: number): void;
  edges_room(count: number): number;
  edges_insert(first: number, rows: number, count: number): void;
  edges_add(kind: number, name: number, target: number): void;
  buffers_count(): number;
  buffers_add(node: number, address: number): void;
  pools_begin(pools: number, blocks: number, begin: number, end: number): void;
  pools_grains(): number;
  pools_rows(): number;
  blocks_claim(address: number, before: number): number;
  blocks_claim_buffer(node: number, address: number, before: number): number;
  blocks_is_claimed(address: number): number;
  loose_mark(start: number): void;
  loose_own(start: number): number;
  loose_bytes(start: number): number;
  loose_is_at(start: number): number;
  loose_count(): number;
  loose_references(): number;
  loose_fields(): number;
  loose_field_rows(): number;
  texts_count(): number;
  texts_room(bytes: number): number;
  texts_number(at: number, length: number, isNew: boolean): number;
  texts_seal(): number;
  texts_json(from: number): number;
  texts_json_length(): number;
  types_begin(className: number, fieldName: number): void;
  types_field(offset: number, kind: number, name: number): void;
  types_add(
    address: number,
    name: number,
    info: number,
    traverse: number,
    basicSize: number,
    sharedKeys: number,
    valueOffset: number,
    fields: number,
    words: number,
  ): void;
  types_word(offset: number): void;
  readonly refs_visit: WebAssembly.ExportValue;
  readonly refs_find: WebAssembly.ExportValue;
  refs_found(): void;
  reach_begin(firstNode: number): void;
  reach_from(node: number): void;
  reach_count(): void;
  reach_known(node: number): number;
  reach_next(from: number): number;
}

/** What the module asks of its host. */
export interface GraphHost {
  /** The text of a float. */
  readonly floatText: (value: number) => string;
  /**
   * Claims a block that is in no pool. Returns its bytes; 0 if there is no such block, or if it was claimed already.
   */
  readonly claimLarge: (start: number) => number;
  /** Whether there is a block in no pool at this address that nobody has claimed. */
  readonly isLooseLarge: (start: number) => boolean;
}

/** The columns, by their number in the module. */
export const COLUMN = {
  ...{ kinds: 0, types: 1, values: 2, sizes: 3, ids: 4, flags: 5, firstEdge: 6 },
  ...{ edgeKinds: 7, edgeNames: 8, targets: 9, bufferAddresses: 10, bufferOwners: 11 },
} as const;

const ENCODER = new TextEncoder();
const DECODER = new TextDecoder();
/** The most bytes of a UTF-16 unit in UTF-8. */
const MOST_BYTES = 3;
/** Up to this length, a text is copied character by character. */
const SHORT = 100;
const HALF_PAIR = /[\ud800-\udfff]/u;

const graphModule = lazyModule(GRAPH_BASE64);

export class GraphStore {
  readonly f: GraphModule;
  #bytes = new Uint8Array(0);
  #words = new Uint32Array(0);

  /** Throws if there is no memory. `nodes` and `edges` are guesses of how many there will be. */
  constructor(nodes: number, edges: number, { floatText, claimLarge, isLooseLarge }: GraphHost) {
    const host = {
      ...{ claimLarge, isLooseLarge },
      fail: () => {
        throw new RangeError("Cannot take a snapshot: there is no memory left for its graph");
      },
      floatText: (value: number, at: number) => {
        const text = floatText(value);
        const { bytes } = this;
        for (let k = 0; k < text.length; k++) bytes[(at >>> 0) + k] = text.charCodeAt(k);
        return text.length;
      },
    };
    this.f = new WebAssembly.Instance(graphModule(), { host }).exports as unknown as GraphModule;
    this.f.store_begin(nodes, edges);
  }

  /** The memory, until it grows. */
  get bytes(): Uint8Array {
    this.#refresh();
    return this.#bytes;
  }

  get words(): Uint32Array {
    this.#refresh();
    return this.#words;
  }

  #refresh(): void {
    const { buffer } = this.f.memory;
    if (this.#bytes.buffer === buffer) return;
    this.#bytes = new Uint8Array(buffer);
    this.#words = new Uint32Array(buffer);
  }

  /** A column of words, until the memory grows. */
  column(name: keyof typeof COLUMN, length: number): Uint32Array {
    return new Uint32Array(this.f.memory.buffer, this.f.store_column(COLUMN[name]) >>> 0, length);
  }

  /** A column of bytes, until the memory grows. */
  byteColumn(name: keyof typeof COLUMN, length: number): Uint8Array {
    return new Uint8Array(this.f.memory.buffer, this.f.store_column(COLUMN[name]) >>> 0, length);
  }

  /** The number of a text. If it is probably new, it is not looked for, and may then be there twice. */
  text(text: string, isNew: boolean): number {
    const at = this.f.texts_room(text.length * MOST_BYTES) >>> 0;
    const length = this.#copy(text, at) ?? this.#encode(text, at);
    return this.f.texts_number(at, length, isNew);
  }

  /** Copies a short text of ASCII characters, which is faster than encoding it. undefined if it is another text. */
  #copy(text: string, at: number): number | undefined {
    if (text.length > SHORT) return undefined;
    const { bytes } = this;
    for (let k = 0; k < text.length; k++) {
      const code = text.charCodeAt(k);
      if (code > 0x7f) return undefined;
      bytes[at + k] = code;
    }
    return text.length;
  }

  /** Encodes a text. Half a surrogate pair becomes three bytes, like any other character. */
  #encode(text: string, from: number): number {
    const { bytes } = this;
    if (!HALF_PAIR.test(text)) return ENCODER.encodeInto(text, bytes.subarray(from)).written;
    let at = from;
    for (const character of text) {
      const code = character.codePointAt(0) as number;
      if (code >= 0xd800 && code <= 0xdfff) {
        bytes.set([0xed, 0x80 | ((code >>> 6) & 63), 0x80 | (code & 63)], at);
        at += MOST_BYTES;
      } else at += ENCODER.encodeInto(character, bytes.subarray(at)).written;
    }
    return at - from;
  }

  /** Writes all texts as JSON, through the memory at `at` (the result of texts_seal, which must have been called). */
  writeTexts(at: number, write: (json: Uint8Array) => void): void {
    const count = this.f.texts_count();
    for (let from = 0; from < count; ) {
      from = this.f.texts_json(from);
      write(this.bytes.subarray(at, at + this.f.texts_json_length()));
    }
  }

  /** All texts as strings. */
  texts(at: number): string[] {
    const texts: string[] = [];
    this.writeTexts(at, (json) => {
      const items = DECODER.decode(json).replace(/^,/, "");
      for (const text of JSON.parse(`[${items}]`) as string[]) texts.push(text);
    });
    return texts;
  }
}
