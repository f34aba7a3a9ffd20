// Typed blocks: PyMem_New, PyMem_Resize and PyMem_Del. A block has a view, which is made anew after the block was resized, and after the
// memory grew or was replaced.

import type { InMemory } from "../core/memory-words.js";
import { type Address, formatAddress, NULL } from "../ground/address.js";
import { MemoryError } from "../ground/errors.js";
import { MAX_REQUEST } from "./domain.js";

const ELEMENTS = {
  int8: Int8Array,
  uint8: Uint8Array,
  int16: Int16Array,
  uint16: Uint16Array,
  int32: Int32Array,
  uint32: Uint32Array,
  bigint64: BigInt64Array,
  biguint64: BigUint64Array,
  float32: Float32Array,
  float64: Float64Array,
} as const;

export type ElementType = keyof typeof ELEMENTS;
/** The typed array that shows a block of the element type. */
export type ViewOf<T extends ElementType> = InstanceType<(typeof ELEMENTS)[T]>;

/** Py_Malloc, Py_Realloc and Py_Free. The first two throw MemoryError where there is no memory. */
interface Allocator {
  malloc(n: number): Address;
  realloc(block: Address, n: number): Address;
  free(block: Address): void;
}

/**
 * Makes a block forget its view, so that the view does not keep alive a memory that the heap no longer uses. The block
 * makes a new view when it is asked for one.
 */
export let forgetView: (block: TypedBlock<ElementType>) => void;

/** Blocks that have a view. A block that was resized may be among them without one. */
export type Viewers = Set<WeakRef<TypedBlock<ElementType>>>;

/**
 * A block of `length` elements of one type, outside the JavaScript heap. Release it with `delete()` or `using`.
 * A new block is not cleared, and neither are the elements that a resize adds.
 */
export class TypedBlock<T extends ElementType> {
  readonly type: T;
  readonly #allocator: Allocator;
  readonly #in: InMemory;
  #address: Address;
  #length: number;
  #view: ViewOf<T> | undefined;
  readonly #viewers: Viewers;
  readonly #self: WeakRef<TypedBlock<ElementType>> = new WeakRef(this);

  static {
    forgetView = (block) => {
      block.#view = undefined;
    };
  }

  constructor(allocator: Allocator, where: InMemory, viewers: Viewers, type: T, length: number) {
    if (!Object.hasOwn(ELEMENTS, type)) {
      throw new TypeError(`Cannot make a block of ${String(type)}: the types are ${Object.keys(ELEMENTS).join(", ")}`);
    }
    this.type = type;
    this.#allocator = allocator;
    this.#in = where;
    this.#viewers = viewers;
    this.#address = allocator.malloc(this.#bytes(length));
    this.#length = length;
  }

  /** The bytes of this many elements. Throws RangeError if that is no length, and MemoryError if no block is that large. */
  #bytes(length: number): number {
    if (!Number.isInteger(length) || length < 0) {
      throw new RangeError(`Cannot make a block of ${length} elements: not a whole number from 0 up`);
    }
    const bytes = length * ELEMENTS[this.type].BYTES_PER_ELEMENT;
    if (bytes > MAX_REQUEST) throw new MemoryError(bytes, `a block has at most ${MAX_REQUEST} bytes`);
    return bytes;
  }

  get length(): number {
    return this.#length;
  }

  get address(): Address {
    this.#mustBeThere();
    return this.#address;
  }

  /**
   * The elements. Ask for the view again after anything that may allocate or trim, such as `resize`: the memory may have grown or been
   * replaced, and the block may have moved. Throws ReferenceError if the block was deleted.
   */
  get view(): ViewOf<T> {
    this.#mustBeThere();
    const { buffer } = this.#in.memory;
    if (this.#view?.buffer !== buffer) {
      this.#viewers.add(this.#self);
      this.#view = new ELEMENTS[this.type](buffer, this.#address, this.#length) as ViewOf<T>;
    }
    return this.#view as ViewOf<T>;
  }

  /**
   * Changes the length. The elements stay as they were, up to the smaller of both lengths. Throws MemoryError if there is no memory,
   * RangeError if `length` is no length, ReferenceError if the block was deleted. If it throws, nothing has changed.
   */
  resize(length: number): void {
    this.#mustBeThere();
    this.#address = this.#allocator.realloc(this.#address, this.#bytes(length));
    this.#length = length;
    this.#view = undefined;
  }

  /** Releases the block. Doing it again does nothing. */
  delete(): void {
    if (this.#address === NULL) return;
    this.#allocator.free(this.#address);
    this.#address = NULL;
    this.#viewers.delete(this.#self);
    this.#view = undefined;
    this.#length = 0;
  }

  [Symbol.dispose](): void {
    this.delete();
  }

  #mustBeThere(): void {
    if (this.#address === NULL) throw new ReferenceError(`Cannot use this block of ${this.type}: it was deleted`);
  }

  toString(): string {
    return `TypedBlock(${this.type} x ${this.#length} at ${formatAddress(this.#address)})`;
  }
}
