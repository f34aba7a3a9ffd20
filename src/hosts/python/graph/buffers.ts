// The blocks that an object alone uses besides its own, of the types that are known exactly. loose.ts finds those of other types.

import type { ObjectLayout } from "../versions/layout.js";
import type { Dicts } from "./dicts.js";
import { DEQUE, DICT, LIST, ORDERED, SET, TYPE } from "./layout.js";
import type { ObjectMemory } from "./memory.js";
import type { TypeInfo, Types } from "./types.js";

export class Buffers {
  readonly #memory: ObjectMemory;
  readonly #layout: ObjectLayout;
  readonly #types: Types;
  readonly #dicts: Dicts;

  constructor(memory: ObjectMemory, layout: ObjectLayout, types: Types, dicts: Dicts) {
    this.#memory = memory;
    this.#layout = layout;
    this.#types = types;
    this.#dicts = dicts;
  }

  /** The addresses of an object's buffers; some can be 0. */
  of(object: number, type: TypeInfo): Iterable<number> {
    const memory = this.#memory;
    switch (type.kind) {
      case "str":
        return memory.buffersOfText(object);
      case "list":
        return [memory.word(object + LIST.items)];
      case "dict":
        return type.isOrdered ? this.#ofOrdered(object) : this.#dicts.buffers(object);
      case "set":
      case "frozenset": {
        const table = memory.word(object + SET.table);
        return table === object + SET.smallTable ? [] : [table];
      }
      case "bytearray":
        return [memory.word(object + this.#layout.bytearrayBlock)];
      case "deque":
        return this.#ofDeque(object);
      case "type": {
        const heap = TYPE.heap;
        const { cachedKeys, isHeapType } = this.#types.at(object);
        if (!isHeapType) return [];
        return [cachedKeys, memory.word(object + TYPE.doc), memory.word(object + this.#layout.typeBytes + heap.cName)];
      }
      default:
        return type.hasManagedDict ? [this.#dicts.ownValues(object, type)] : [];
    }
  }

  /** An OrderedDict has a dict's buffers, a table, and a node for each key. */
  *#ofOrdered(object: number): Generator<number> {
    const memory = this.#memory;
    yield* this.#dicts.buffers(object);
    yield memory.word(object + ORDERED.table);
    let node = memory.word(object + ORDERED.first);
    for (let left = memory.word(object + DICT.used); node !== 0 && left > 0; left--) {
      yield node;
      node = memory.word(node + ORDERED.next);
    }
  }

  /** A deque has blocks of items, each with the address of the next one, and keeps some free ones. */
  *#ofDeque(object: number): Generator<number> {
    const memory = this.#memory;
    yield* dequeBlocks(memory, object);
    const free = Math.min(memory.word(object + DEQUE.freeCount), DEQUE.mostFree);
    for (let k = 0; k < free; k++) yield memory.word(object + DEQUE.free + 4 * k);
  }
}

/** The blocks of a deque that have its items. */
function* dequeBlocks(memory: ObjectMemory, deque: number): Generator<number> {
  const right = memory.word(deque + DEQUE.right);
  let block = memory.word(deque + DEQUE.left);
  for (let left = memory.sizeOf(deque) / DEQUE.blockItems + 2; block !== 0 && left > 0; left--) {
    yield block;
    if (block === right) return;
    block = memory.word(block + DEQUE.next);
  }
}

/** The items of a deque, in their order. */
export function* dequeItems(memory: ObjectMemory, deque: number): Generator<number> {
  let place = memory.word(deque + DEQUE.leftIndex);
  let left = memory.sizeOf(deque);
  for (const block of dequeBlocks(memory, deque)) {
    for (; place < DEQUE.blockItems && left > 0; place++, left--) yield memory.word(block + DEQUE.items + 4 * place);
    place = 0;
  }
}
