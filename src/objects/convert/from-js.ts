// Converts whole JavaScript values to objects on the heap.
//
//   number, bigint, string, boolean      int or float, int, str, bool         null, undefined     None
//   Array -> list    Map, plain object -> dict    Set -> set    Uint8Array -> bytes    a handle: its object
//
// Normally children are made before their container, which is then made with its final size. An object, or a short
// text, that occurs again becomes the same object on the heap. This order fails for two kinds of values: a value that
// contains itself; and a value with a Map or Set whose members differ in JavaScript but are equal in Python (1 and
// true), because some members are then dropped and can't be referred to again. For these, containers are made first,
// and filled afterwards; a list keeps all of them alive until the end.
//
// No collection runs meanwhile: addresses stay valid, and no code can see an incomplete container.

import * as C from "../../core/constants.gen.js";
import type { Bridge } from "../bridge/bridge.js";
import { describe } from "../bridge/describe.js";
import { PyException } from "../bridge/exceptions.js";
import { Handle } from "../bridge/handle.js";
import { hashOf } from "../bridge/operations.js";
import { ConversionError, step } from "./conversion-error.js";

/** Thrown if making children first turns out to be impossible. */
const FILL = Symbol("fill");
/** Texts up to this length are shared: each is looked up among the first MOST_TEXTS different ones that occurred. */
const SHORT_TEXT = 16;
const MOST_TEXTS = 1024;
/** An array's items are put into their list in batches of this many, so that the stack stays small. */
const BATCH = 1024;
/** Value in the memo: the container's children are being made. */
const OPEN = 0;

function isPlain(value: object): boolean {
  const prototype = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** Pushes any value. */
type Push = (value: unknown) => void;

class Conversion {
  readonly #bridge: Bridge;
  /** The addresses of objects that were made. The stack, or the list of kept containers, keeps them alive. */
  readonly #memo = new Map<object, number>();
  readonly #keys = new Map<string, number>();
  readonly #texts = new Map<string, number>();
  /** Whether equal short texts become one object. */
  #sharesTexts: boolean;
  /** The number of values on the stack since the conversion began. */
  #depth = 0;
  /** The address of the list of all containers, if they are made first; 0 otherwise. */
  #kept = 0;

  constructor(bridge: Bridge) {
    this.#bridge = bridge;
    this.#sharesTexts = bridge.f.has_policy(C.POLICY_INTERNING) === 1;
  }

  /** Pushes the value. If that fails, nothing remains on the stack. */
  run(value: unknown): void {
    this.#bridge.converting(() => {
      if (!this.#attempt(this.#first, value)) this.#runFilling(value);
    });
  }

  /** Pushes the value. Returns false if that is not possible because containers have to be made first. */
  #attempt(push: Push, value: unknown): boolean {
    try {
      push(value);
      return true;
    } catch (error) {
      this.#bridge.f.drop_values(this.#depth);
      if (error !== FILL) throw error;
      return false;
    }
  }

  #runFilling(value: unknown): void {
    const { f } = this.#bridge;
    this.#depth = 0;
    this.#memo.clear();
    this.#sharesTexts = false;
    this.#bridge.succeed(f.build_empty(C.LIST, 0));
    this.#kept = f.pop_handle();
    if (this.#kept === 0) this.#bridge.raise();
    try {
      this.#attempt(this.#filling, value);
    } finally {
      f.handle_release(this.#kept);
    }
  }

  /** Pushes a value; if it is an object, by the function `make`. */
  #push(value: unknown, make: (object: object) => void): void {
    const { f } = this.#bridge;
    if (typeof value === "number") this.#bridge.succeed(f.push_number(value));
    else if (typeof value === "string") this.#pushText(value);
    else if (typeof value === "object" && value !== null && !(value instanceof Handle)) {
      const known = this.#memo.get(value);
      if (known === undefined) {
        make(value);
        return;
      }
      if (known === OPEN) throw FILL;
      this.#bridge.succeed(f.push_address(known));
    } else this.#bridge.push(value);
    this.#depth++;
  }

  #pushText(text: string): void {
    if (!this.#sharesTexts || text.length > SHORT_TEXT) {
      this.#bridge.push(text);
      return;
    }
    const known = this.#texts.get(text);
    if (known !== undefined) this.#bridge.succeed(this.#bridge.f.push_address(known));
    else {
      this.#bridge.push(text);
      if (this.#texts.size < MOST_TEXTS) this.#texts.set(text, this.#bridge.f.top_address());
    }
  }

  /** Pushes a key of a plain object: one string for all objects with that key. */
  #pushKey(key: string): void {
    const known = this.#keys.get(key);
    if (known !== undefined) this.#bridge.succeed(this.#bridge.f.push_address(known));
    else {
      this.#bridge.key(key);
      this.#keys.set(key, this.#bridge.f.top_address());
    }
    this.#depth++;
  }

  // ---- children first ----

  readonly #first: Push = (value) => this.#push(value, this.#childrenFirst);

  readonly #childrenFirst = (object: object): void => {
    const { f } = this.#bridge;
    const before = this.#depth;
    if (object instanceof Uint8Array) {
      this.#bridge.pushBytes(object);
      this.#depth++;
    } else {
      this.#memo.set(object, OPEN);
      if (Array.isArray(object)) this.#makeList(object);
      else if (object instanceof Map) {
        let n = 0;
        for (const [key, value] of object) {
          this.#first(key);
          this.#first(value);
          n++;
        }
        this.#built(before, f.build_dict(n));
        if (f.top_size() !== n) throw FILL;
      } else if (object instanceof Set) {
        let n = 0;
        for (const item of object) {
          this.#first(item);
          n++;
        }
        this.#built(before, f.build_set(n, 0));
        if (f.top_size() !== n) throw FILL;
      } else if (isPlain(object)) this.#built(before, f.build_dict(this.#pushProperties(object)));
      else throw new ConversionError("$", describe(object));
    }
    this.#memo.set(object, f.top_address());
  };

  #makeList(array: readonly unknown[]): void {
    const { f } = this.#bridge;
    const before = this.#depth;
    const n = array.length;
    if (n <= BATCH) {
      this.#built(before, f.build_list(this.#pushItems(array, 0, n)));
      return;
    }
    this.#built(before, f.build_empty(C.LIST, n));
    for (let k = 0; k < n; k += BATCH) {
      const count = this.#pushItems(array, k, Math.min(n, k + BATCH));
      this.#depth -= count;
      this.#bridge.succeed(f.fill_list(count));
    }
  }

  /**
   * Returns the number of items that were pushed. They are counted, because getters and proxies may change the length,
   * or report a wrong one.
   */
  #pushItems(array: readonly unknown[], from: number, to: number): number {
    let n = 0;
    for (let k = from; k < to; k++) {
      this.#first(array[k]);
      n++;
    }
    return n;
  }

  /** Returns the number of properties that were pushed. */
  #pushProperties(object: object): number {
    const record = object as Readonly<Record<string, unknown>>;
    let n = 0;
    for (const key in record) {
      this.#pushKey(key);
      this.#first(record[key]);
      n++;
    }
    return n;
  }

  /** Notes that a container took the values pushed since `before`, and is on the stack itself. */
  #built(before: number, done: number): void {
    this.#depth = before;
    this.#bridge.succeed(done);
    this.#depth++;
  }

  // ---- containers first ----

  readonly #filling: Push = (value) => this.#push(value, this.#containerFirst);

  readonly #containerFirst = (object: object): void => {
    const { f } = this.#bridge;
    if (Array.isArray(object)) {
      this.#begin(object, C.LIST, object.length);
      for (const item of object) this.#fill(() => f.fill_list(1), item);
    } else if (object instanceof Map) {
      this.#begin(object, C.DICT, 0);
      for (const [key, value] of object) this.#fill(f.fill_dict, key, value);
    } else if (object instanceof Set) {
      this.#begin(object, C.SET, 0);
      for (const item of object) this.#fill(f.fill_set, item);
    } else if (!(object instanceof Uint8Array) && isPlain(object)) {
      this.#begin(object, C.DICT, 0);
      for (const [key, value] of Object.entries(object)) this.#fill(f.fill_dict, key, value);
    } else {
      this.#childrenFirst(object);
      this.#keepTop();
    }
  };

  #begin(object: object, kind: number, room: number): void {
    this.#bridge.succeed(this.#bridge.f.build_empty(kind, room));
    this.#depth++;
    this.#memo.set(object, this.#bridge.f.top_address());
    this.#keepTop();
  }

  #keepTop(): void {
    const { f } = this.#bridge;
    this.#bridge.succeed(f.push_address(f.top_address()));
    this.#bridge.succeed(f.list_push(this.#kept));
  }

  #fill(fill: () => number, ...values: unknown[]): void {
    for (const value of values) this.#filling(value);
    this.#depth -= values.length;
    this.#bridge.succeed(fill());
  }
}

/** Pushes a whole value. Throws ConversionError if a part can't be converted, MemoryError if there is no memory. */
export function pushValue(bridge: Bridge, value: unknown): void {
  try {
    new Conversion(bridge).run(value);
  } catch (error) {
    if (error instanceof RangeError && /call stack/i.test(error.message)) {
      throw new RangeError("Cannot convert the value: it is nested too deeply");
    }
    const isOfValue =
      error instanceof TypeError ||
      error instanceof ReferenceError ||
      (error instanceof PyException && error.name === "TypeError");
    throw isOfValue ? locate(bridge, value, error) : error;
  }
}

// ---- finding the part that can't be converted: done only after an error ----

/** A ConversionError for the first part that can't be converted; the original error if there is none. */
function locate(bridge: Bridge, root: unknown, error: Error): Error {
  const seen = new Set<object>();
  const todo: { value: unknown; path: string; isKey: boolean }[] = [{ value: root, path: "$", isKey: false }];
  for (let next = todo.pop(); next; next = todo.pop()) {
    const { value, path, isKey } = next;
    const what = trouble(bridge, value) ?? (isKey ? troubleAsKey(bridge, value) : undefined);
    if (what) return new ConversionError(path, what);
    if (typeof value !== "object" || value === null || value instanceof Handle || seen.has(value)) continue;
    seen.add(value);
    const parts = [...partsOf(value)].map(([key, part, isKey]) => ({ value: part, path: path + step(key), isKey }));
    todo.push(...parts.reverse());
  }
  return error;
}

/** Why a value can't be converted, apart from its parts; undefined if it can. */
function trouble(bridge: Bridge, value: unknown): string | undefined {
  if (typeof value === "function" || typeof value === "symbol") return describe(value);
  if (typeof value !== "object" || value === null) return undefined;
  if (value instanceof Handle) {
    try {
      bridge.push(value);
      bridge.f.drop_values(1);
      return undefined;
    } catch (error) {
      return `a handle: ${(error as Error).message}`;
    }
  }
  if (value instanceof Uint8Array) return hasBytes(value) ? undefined : "a Uint8Array without its bytes";
  const fits = Array.isArray(value) || value instanceof Map || value instanceof Set;
  return fits || isPlain(value) ? undefined : describe(value);
}

/** Whether a Uint8Array has bytes: not if its buffer is detached, or if the object only looks like one. */
function hasBytes(array: Uint8Array): boolean {
  try {
    Uint8Array.prototype.at.call(array, 0);
    return true;
  } catch {
    return false;
  }
}

/** Why a value can't be a key of a dict or an item of a set; undefined if it can. */
function troubleAsKey(bridge: Bridge, value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || value instanceof Uint8Array) return undefined;
  if (!(value instanceof Handle)) return `${describe(value)}, which has no hash`;
  try {
    hashOf(bridge, value);
    return undefined;
  } catch {
    return `a ${value.typeName}, which has no hash`;
  }
}

/** For each part: its place, the part, and whether it must be hashable. */
function* partsOf(value: object): Iterable<readonly [unknown, unknown, boolean]> {
  if (value instanceof Uint8Array) return;
  if (value instanceof Set) for (const item of value) yield [value, item, true];
  else if (value instanceof Map) {
    for (const [key, item] of value) {
      yield [key, key, true];
      yield [key, item, false];
    }
  } else {
    const parts = Array.isArray(value) ? value.entries() : Object.entries(value);
    for (const [key, part] of parts) yield [key, part, false];
  }
}
