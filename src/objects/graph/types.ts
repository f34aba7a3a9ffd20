// What a graph has to know about the type of an object: its name, the bytes in front of an object, and the names of the
// references in it.

import * as C from "../../core/constants.gen.js";
import type { Strings } from "../../snapshot/builder.js";
import type { Reader } from "../bridge/reader.js";
import type { TypeLayout } from "../handles/type-layout.js";

/** A reference that an object has at an offset; `name` is the number of a string. */
interface Field {
  readonly offset: number;
  readonly name: number;
}

export interface TypeInfo {
  readonly address: number;
  readonly name: number;
  /** Bytes of the block in front of an object: the collector's header. */
  readonly before: number;
  readonly isCollected: boolean;
  /** References in every instance of a type that is not built in. */
  readonly slots: readonly Field[];
  /** Where an instance's items begin, if they are references; 0 if there are none. */
  readonly itemsAt: number;
  /** What C says about its own fields: names of some of them, and a function that shows all. */
  readonly members: readonly Field[];
  readonly traverse: number;
  /** The offsets of the other words of an instance of a type in C: such a word can be the address of a block that the instance uses. */
  readonly words: readonly number[];
}

/** So many bytes of an object are looked at. A broken type can have any size. */
const MOST_KNOWN = 4096;

/** The offsets of an object's words that are no known fields. */
function unknownWords(size: number, fields: readonly Field[]): number[] {
  const known = new Set(fields.map(({ offset }) => offset));
  const words: number[] = [];
  for (let at = OBJECT_HEADER; at + 4 <= Math.min(size, MOST_KNOWN); at += 4) if (!known.has(at)) words.push(at);
  return words;
}

const EXCEPTION = ["__dict__", "args", "__notes__", "__traceback__", "__context__", "__cause__"];
const DESCRIPTOR = ["__name__"];
/** The slots of the API's own types, by their places. */
const FIXED: Readonly<Record<number, readonly string[]>> = {
  [C.BUILTIN]: ["__self__", "__module__", "(defining class)"],
  [C.METHOD_DESCRIPTOR]: DESCRIPTOR,
  [C.MEMBER_DESCRIPTOR]: DESCRIPTOR,
  [C.GETSET_DESCRIPTOR]: DESCRIPTOR,
  [C.MODULE]: ["__dict__"],
};
/** Bytes of an object's reference count and type. */
const OBJECT_HEADER = 8;
/** Types of a member that is a reference: Py_T_OBJECT_EX, and the older one that is None if it is not set. */
const OBJECT_MEMBERS = [6, 16];

export class GraphTypes {
  readonly #reader: Reader;
  readonly #strings: Strings;
  readonly #layoutOf: (hostId: number) => TypeLayout | undefined;
  readonly #known = new Map<number, TypeInfo>();

  /** `layoutOf` returns how the instances of a type of the program are laid out. */
  constructor(reader: Reader, strings: Strings, layoutOf: (hostId: number) => TypeLayout | undefined) {
    this.#reader = reader;
    this.#strings = strings;
    this.#layoutOf = layoutOf;
  }

  of(object: number): TypeInfo {
    const address = this.#reader.type(object);
    const known = this.#known.get(address);
    if (known) return known;
    const info = this.#read(address, this.#reader.typeName(object));
    this.#known.set(address, info);
    return info;
  }

  #read(address: number, name: string): TypeInfo {
    const field = (offset: number) => this.#reader.word(address + offset);
    const flags = field(C.TYPE_FLAGS);
    const isCollected = (flags & C.HAS_GC) !== 0;
    const names = this.#slotNames(address, flags, field(C.TYPE_HOST_ID));
    const slotsAt = field(C.TYPE_SLOTS_AT);
    const slots = Array.from({ length: field(C.TYPE_SLOT_COUNT) }, (_, k) => ({
      offset: slotsAt + 4 * k,
      name: this.#strings.number(names[k] ?? "(field)"),
    }));
    const members = this.#members(field(C.TYPE_MEMBERS), field(C.TYPE_DICT_OFFSET) | 0);
    return {
      address,
      name: this.#strings.number(name),
      before: isCollected ? C.GC_BYTES : 0,
      isCollected,
      slots,
      itemsAt: (flags & C.HAS_OBJECT_ITEMS) !== 0 ? field(C.TYPE_BASIC_SIZE) : 0,
      members,
      words: this.#isInC(address) ? unknownWords(field(C.TYPE_BASIC_SIZE), [...slots, ...members]) : [],
      traverse: field(C.TYPE_TRAVERSE),
    };
  }

  #slotNames(address: number, flags: number, hostId: number): readonly string[] {
    const layout = this.#layoutOf(hostId);
    if (layout) return [...layout.places].filter(([, { type }]) => type === "object").map(([name]) => name);
    if ((flags & C.IS_EXCEPTION) !== 0) return EXCEPTION;
    const place = (address - this.#reader.typeOfKind(0)) / C.TYPE_BYTES;
    return FIXED[place] ?? [];
  }

  /** Whether a type is one of a module in C: it is not built in, and not made by heap.type. */
  #isInC(address: number): boolean {
    const reader = this.#reader;
    const place = address - reader.typeOfKind(0);
    const isBuiltIn = place >= 0 && place < C.EMPTY_KEYS_AT - C.TYPES_AT;
    return !isBuiltIn && this.#layoutOf(reader.word(address + C.TYPE_HOST_ID)) === undefined;
  }

  #members(table: number, dictOffset: number): Field[] {
    const reader = this.#reader;
    const found: Field[] = [];
    for (let at = table; table !== 0 && reader.word(at) !== 0; at += C.MEMBER_BYTES) {
      if (!OBJECT_MEMBERS.includes(reader.word(at + C.MEMBER_TYPE))) continue;
      found.push({
        offset: reader.word(at + C.MEMBER_OFFSET),
        name: this.#strings.number(this.#cText(reader.word(at))),
      });
    }
    if (dictOffset > 0) found.push({ offset: dictOffset, name: this.#strings.number("__dict__") });
    return found;
  }

  /** The text at an address, up to the byte 0. */
  #cText(address: number): string {
    const { bytes } = this.#reader;
    return new TextDecoder().decode(bytes.subarray(address, bytes.indexOf(0, address)));
  }
}
