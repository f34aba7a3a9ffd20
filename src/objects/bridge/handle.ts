// A handle: how JavaScript refers to an object on the heap. It owns one reference.
//
// Release it with `release()`, `using`, or a scope. JavaScript's garbage collector releases forgotten handles at some
// later time.

import type { Bridge } from "./bridge.js";

/** The number of a handle in the core. Throws if the value is no handle, was released, or belongs to another heap than `bridge`. */
export let indexOf: (handle: Handle, bridge: Bridge) => number;

export abstract class Handle {
  /** The type's name, for errors. */
  abstract readonly typeName: string;
  readonly #bridge: Bridge;
  #index: number;

  static {
    indexOf = (handle, bridge) => {
      if (!(#index in Object(handle)))
        throw new TypeError(`Cannot use a value of type ${typeof handle} here: it is not an object of the heap`);
      if (handle.#index === 0) throw new ReferenceError(`Cannot use this ${handle.typeName}: it was released`);
      if (handle.#bridge !== bridge) {
        throw new TypeError(`Cannot use this ${handle.typeName} here: it belongs to another heap`);
      }
      return handle.#index;
    };
  }

  constructor(bridge: Bridge, index: number) {
    this.#bridge = bridge;
    this.#index = index;
    bridge.adopt(this, index);
  }

  /** @internal Throws if the handle was released, so that no operation begins that needs its number. */
  protected get bridge(): Bridge {
    this.#beUsable();
    return this.#bridge;
  }

  /** @internal The handle's number. Throws if it was released. */
  protected get index(): number {
    this.#beUsable();
    return this.#index;
  }

  /**
   * Like index, after values were pushed, which may have run code of the program. If it throws, the values are removed.
   */
  protected indexAfter(values: number): number {
    if (this.#index === 0) this.#bridge.f.drop_values(values);
    return this.index;
  }

  #beUsable(): void {
    if (this.#index === 0) throw new ReferenceError(`Cannot use this ${this.typeName}: it was released`);
  }

  /** Whether the handle was released. */
  get released(): boolean {
    return this.#index === 0;
  }

  /** Gives the handle's reference back. Further calls do nothing. */
  release(): void {
    const index = this.#index;
    if (index === 0) return;
    this.#index = 0;
    this.#bridge.disown(this, index);
  }

  [Symbol.dispose](): void {
    this.release();
  }
}
